"""Tiny recordings for the fixtures, and the files of them that others' packages write."""

import datetime

import numpy

from .events import Events


def tiny(seed, width, height, count, start, gap, pause_at=None, pause=0, bursts=0.15):
    """Read-outs of a row: mostly one event, now and then a burst of neighbours; several read-outs share a time."""
    random = numpy.random.default_rng(seed)
    t, rows = start, []
    while len(rows) < count:
        t += int(random.exponential(gap)) if rows else 0
        if pause and len(rows) >= pause_at:
            t, pause = t + pause, 0
        y, p = int(random.integers(height)), int(random.integers(2))
        if random.random() < bursts:
            x0, span = int(random.integers(width)), int(random.integers(8, min(100, width // 2)))
            xs = [x for x in range(x0, min(x0 + span, width)) if random.random() < 0.6]
        else:
            xs = [int(random.integers(width))]
        rows += [(t, x, y, p) for x in xs]
    rows = rows[:count]
    # The corners of the sensor, so that an axis that is swapped, mirrored or cut shows.
    corners = [(0, 0, 0), (width - 1, 0, 1), (0, height - 1, 0), (width - 1, height - 1, 1)]
    rows += [(t + 1 + i, x, y, p) for i, (x, y, p) in enumerate(corners)]
    return Events(*zip(*rows))


def write_faery(path, events, width, height, version=None, compression=None, zero_t0=False):
    import faery

    rows = numpy.empty(len(events), dtype=faery.EVENTS_DTYPE)
    rows["t"], rows["x"], rows["y"], rows["on"] = events.t, events.x, events.y, events.p
    # Two packets, so that AEDAT 4 has more than one.
    half = len(rows) // 2
    compression = compression and (compression, 1)
    faery.file_encoder.events_to_file(
        [rows[:half].copy(), rows[half:].copy()],
        path,
        (width, height),
        version=version,
        compression=compression,
        zero_t0=zero_t0,
    )


def write_evutils(path, events, width, height, kind=None):
    from evutils.io import EventWriter
    from evutils.types import EventArray

    options = {"format": kind} if kind else {}
    date = datetime.datetime(2025, 1, 1)
    with EventWriter(path, width=width, height=height, dt=date, **options) as writer:
        writer.write(EventArray(events.t, events.x, events.y, events.p))


def write_expelliarmus(path, events, width, height, encoding):
    from expelliarmus import Wizard
    from expelliarmus.utils import _DTYPES

    wizard = Wizard(encoding=encoding)
    rows = numpy.empty(len(events), dtype=numpy.dtype([(name, _DTYPES[name]) for name in ("t", "x", "y", "p")]))
    for name in Events.__slots__:
        rows[name] = getattr(events, name)
    wizard.save(fpath=path, arr=rows)


def write_event_stream(path, events, width, height):
    import event_stream

    rows = numpy.empty(len(events), dtype=event_stream.dvs_dtype)
    rows["t"], rows["x"], rows["y"], rows["on"] = events.t, events.x, height - 1 - events.y, events.p
    with event_stream.Encoder(path, "dvs", width, height) as encoder:
        encoder.write(rows)


def write_dv(path, events, width, height, compression, all_streams=False):
    """AEDAT 4 by dv-processing; with all_streams also frames, IMU samples and triggers. Its own thread writes, and the
    file is whole only once the writer is gone."""
    import dv_processing

    config = dv_processing.io.MonoCameraWriter.Config(
        "DAVIS_00000001", getattr(dv_processing.CompressionType, compression)
    )
    if all_streams:
        config.addImuStream()
        config.addFrameStream((width, height))
    config.addEventStream((width, height))
    if all_streams:
        config.addTriggerStream()
    writer = dv_processing.io.MonoCameraWriter(path, config)
    start = int(events.t[0])
    for number, part in enumerate(events.chunks((len(events) + 2) // 3)):
        store = dv_processing.EventStore()
        for row in zip(*(getattr(part, name).tolist() for name in Events.__slots__)):
            store.push_back(row[0], row[1], row[2], bool(row[3]))
        if all_streams:
            image = numpy.add.outer(numpy.arange(height), numpy.arange(width) + 16 * number).astype(numpy.uint8)
            writer.writeFrame(dv_processing.Frame(start + 1000 * number, image))
            samples = [(start + 500 * number + 100 * i, 25, 0.1 * i, 0, 1, 1, 2, 3, 0, 0, 0) for i in range(4)]
            samples = dv_processing.IMUPacket.ImuVector([dv_processing.IMU(*sample) for sample in samples])
            writer.writeImuPacket(dv_processing.IMUPacket(samples))
            kind = dv_processing.TriggerType.EXTERNAL_SIGNAL_RISING_EDGE
            triggers = dv_processing.TriggerPacket.TriggersVector([dv_processing.Trigger(start + 700 * number, kind)])
            writer.writeTriggerPacket(dv_processing.TriggerPacket(triggers))
        writer.writeEvents(store)
    del writer


def write_prophesee_hdf5(path, events, width, height, compression=None, libver=None):
    """CD/events of {x u2, y u2, p i2, t i8} as the SDK writes it, but for its own compression (ECF)."""
    import h5py

    rows = numpy.empty(len(events), dtype=[("x", "<u2"), ("y", "<u2"), ("p", "<i2"), ("t", "<i8")])
    for name in Events.__slots__:
        rows[name] = getattr(events, name)
    with h5py.File(path, "w", libver=libver) as file:
        group = file.create_group("CD")
        group.create_dataset("events", data=rows, chunks=(64,), maxshape=(None,), compression=compression)
        group.create_dataset("indexes", data=numpy.zeros(1, dtype=[("id", "<u8"), ("ts", "<i8")]))
        file.create_group("EXT_TRIGGER")
        file.attrs["format"] = "ECF"
        file.attrs["geometry"] = f"{width}x{height}"
        file.attrs["version"] = "1.0"


def write_dsec_plain(path, events, width, height, libver=None):
    """DSEC without chunks or filters: contiguous columns."""
    import h5py

    offset = int(events.t[0])
    t = events.t - offset
    with h5py.File(path, "w", libver=libver) as file:
        for name, kind, values in (("p", "u1", events.p), ("x", "u2", events.x), ("y", "u2", events.y), ("t", "u4", t)):
            file.create_dataset(f"events/{name}", data=values.astype(kind))
        file["ms_to_idx"] = numpy.searchsorted(t, numpy.arange(t[-1] // 1000 + 1) * 1000).astype(numpy.uint64)
        file["t_offset"] = numpy.int64(offset)
