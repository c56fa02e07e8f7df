"""What other readers of event files make of a file, each behind the same two functions.

A Reader's `chunks(path, width, height)` gives what the package itself gives, whole or part by part, and its
`events(chunk, height)` turns that into Events; only the first is ever timed.
"""

import importlib
import importlib.metadata

import numpy

from .events import Events, Summary


class Reader:
    def __init__(self, peer, formats, api, chunks, events, modules=None):
        self.peer, self.formats, self.api, self.chunks, self.events = peer, formats.split(), api, chunks, events
        self.modules = modules or [peer.replace("-", "_")]

    def version(self):
        """The installed version, None if it is not."""
        try:
            return importlib.metadata.version(self.peer)
        except importlib.metadata.PackageNotFoundError:
            return None

    def load(self):
        for module in self.modules:
            importlib.import_module(module)

    def summary(self, path, width, height, hashed=False):
        total = Summary(hashed)
        for chunk in self.chunks(path, width, height):
            total.add(self.events(chunk, height))
        return total.values()


def fields(t, x, y, p):
    return lambda chunk, height: Events(chunk[t], chunk[x], chunk[y], chunk[p])


def on(values):
    return numpy.asarray(values) > 0


def from_the_bottom(chunk, height):
    """Events of a reader of ES that gives y as it is in the file."""
    return Events(chunk["t"], chunk["x"], height - 1 - chunk["y"].astype(numpy.int64), chunk["on"])


def attributes(chunk, height):
    return Events(chunk.t, chunk.x, chunk.y, chunk.p)


def evutils_all(path, width, height):
    from evutils.io import EventReader

    yield EventReader(path).read_all()


def evutils_chunks(path, width, height):
    from evutils.io import EventReader

    return iter(EventReader(path, n_events=262_144))


def evutils_streamer(path, width, height):
    from evutils.io import EventStreamer

    return iter(EventStreamer(path))


def expelliarmus_all(path, width, height):
    from expelliarmus import Wizard

    yield Wizard(encoding=expelliarmus_encoding(path)).read(path)


def expelliarmus_chunks(path, width, height):
    from expelliarmus import Wizard

    return Wizard(encoding=expelliarmus_encoding(path), fpath=path, chunk_size=262_144).read_chunk()


def expelliarmus_encoding(path):
    if path.endswith(".dat"):
        return "dat"
    with open(path, "rb") as file:
        return "evt2" if b"evt 2.0" in file.read(512) else "evt3"


def faery_stream(path, width, height):
    import faery

    return iter(faery.events_stream_from_file(path, dimensions_fallback=(width, height)))


def aestream_load(path, width, height):
    import aestream

    yield aestream.FileInput(path, (width, height)).load()


def evlib_frame(path, width, height):
    import evlib

    yield evlib.load_events(path, sort=False).collect()


def evlib_events(frame, height):
    import polars

    t = frame["t"].cast(polars.Duration("us")).cast(polars.Int64).to_numpy()
    return Events(t, frame["x"].to_numpy(), frame["y"].to_numpy(), on(frame["polarity"].to_numpy()))


def evt3_all(path, width, height):
    import evt3

    yield evt3.decode_file(path)


def evt3_batches(path, width, height):
    import evt3

    return iter(evt3.decode_file_batches(path))


def dv_batches(path, width, height):
    import dv_processing

    recording = dv_processing.io.MonoCameraRecording(path)
    while recording.isRunning("events"):
        batch = recording.getNextEventBatch()
        if batch is not None:
            yield batch.numpy()


def aedat_packets(path, width, height):
    import aedat

    for packet in aedat.Decoder(path):
        if "events" in packet:
            yield packet["events"]


def event_stream_packets(path, width, height):
    import event_stream

    return iter(event_stream.Decoder(path))


def h5py_all(path, width, height):
    import h5py

    with h5py.File(path) as file:
        yield h5py_columns(file, slice(None))


def h5py_chunks(path, width, height):
    import h5py

    with h5py.File(path) as file:
        count = len(file["events/t"] if "events" in file else file["CD/events"])
        for start in range(0, count, 262_144):
            yield h5py_columns(file, slice(start, start + 262_144))


def h5py_columns(file, part):
    if "CD" in file:
        rows = file["CD/events"][part]
        return {name: rows[name] for name in "txyp"}
    columns = {name: file["events"][name][part] for name in "txyp"}
    columns["t"] = columns["t"] + file["t_offset"][()]
    return columns


def polars_csv(path, width, height):
    import polars

    kinds = {"t": polars.Int64, "x": polars.UInt16, "y": polars.UInt16, "p": polars.UInt8}
    yield polars.read_csv(path, schema_overrides=kinds)


def pyarrow_csv(path, width, height):
    import pyarrow.csv

    yield pyarrow.csv.read_csv(path)


def arrow_events(table, height):
    return Events(*(table[name].to_numpy() for name in "txyp"))


def numpy_rows(path, width, height):
    kind = numpy.dtype([("t", "<u4"), ("d", "<u4")])
    with open(path, "rb") as file:
        start = 0
        for line in file:
            if not line.startswith(b"% "):
                break
            start += len(line)
    rows = numpy.memmap(path, dtype=kind, mode="r", offset=start + 2)
    word = rows["d"]
    yield {"t": rows["t"].copy(), "x": word & 0x3FFF, "y": word >> 14 & 0x3FFF, "p": word >> 28 & 1}


EVUTILS = "evt2 evt2.1 evt3 dat aedat2 aedat3.1 aedat4 csv dsec prophesee-hdf5"
AESTREAM = fields("timestamp", "x", "y", "polarity")
TXYP = fields("t", "x", "y", "p")

READERS = [
    Reader("evutils", EVUTILS, "EventReader.read_all", evutils_all, attributes, ["evutils.io"]),
    Reader("evutils", EVUTILS, "EventReader(n_events=262144)", evutils_chunks, attributes, ["evutils.io"]),
    Reader("evutils", EVUTILS, "EventStreamer", evutils_streamer, attributes, ["evutils.io"]),
    Reader("expelliarmus", "evt2 evt3 dat", "Wizard.read", expelliarmus_all, TXYP),
    Reader("expelliarmus", "evt2 evt3 dat", "Wizard.read_chunk", expelliarmus_chunks, TXYP),
    Reader(
        "faery", "evt2 evt3 dat es aedat4 csv", "events_stream_from_file", faery_stream, fields("t", "x", "y", "on")
    ),
    Reader("aestream", "evt3 dat aedat4 csv", "FileInput.load", aestream_load, AESTREAM),
    Reader(
        "evlib",
        "evt2 evt2.1 evt3 aedat2 aedat3.1 aedat4 csv dsec prophesee-hdf5",
        "load_events",
        evlib_frame,
        evlib_events,
    ),
    Reader("evt3", "evt3", "decode_file", evt3_all, attributes),
    Reader("evt3", "evt3", "decode_file_batches", evt3_batches, attributes),
    Reader("dv-processing", "aedat4", "getNextEventBatch", dv_batches, fields("timestamp", "x", "y", "polarity")),
    Reader("aedat", "aedat4", "Decoder", aedat_packets, fields("t", "x", "y", "on")),
    Reader("event-stream", "es", "Decoder", event_stream_packets, from_the_bottom),
    Reader("h5py", "dsec prophesee-hdf5", "whole columns", h5py_all, TXYP, ["h5py", "hdf5plugin"]),
    Reader("h5py", "dsec prophesee-hdf5", "262144 rows", h5py_chunks, TXYP, ["h5py", "hdf5plugin"]),
    Reader("polars", "csv", "read_csv", polars_csv, lambda frame, height: arrow_events(frame, height)),
    Reader("pyarrow", "csv", "csv.read_csv", pyarrow_csv, arrow_events, ["pyarrow.csv"]),
    Reader("numpy", "dat", "memmap and masks", numpy_rows, TXYP),
]


def readers(format, peers=None):
    """The readers of this format that are installed, of these peers or of all."""
    return [r for r in READERS if format in r.formats and (not peers or r.peer in peers) and r.version()]
