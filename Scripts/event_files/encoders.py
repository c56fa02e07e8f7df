"""Writers of event files, one class a format, all with write(events) and close(). Only numpy is needed, but for the
compressions of AEDAT 4 (lz4, zstandard) and for HDF5 (h5py, and hdf5plugin for Blosc).

Words of EVT 3, 16 bits, little-endian (Prophesee, "EVT 3.0 Format"):

    15..12  11  10..0
    0x0     s   y          ADDR_Y: the row of what follows
    0x2     p   x          ADDR_X: one event
    0x3     p   x          VECT_BASE_X: where vectors start
    0x4     12 bits        VECT_12: an event for each bit set, lowest first; the base moves on by 12
    0x5     0000, 8 bits   VECT_8: the same for 8
    0x6     12 bits        TIME_LOW: bits 11..0 of the time
    0x8     12 bits        TIME_HIGH: bits 23..12

Words of EVT 2, 32 bits, and of EVT 2.1, which has 32 bits more for the events at x, x + 1, ..., x + 31:

    31..28  27..22  21..11  10..0
    0, 1    t 5..0  x       y      one event, off or on
    0x8     t 33..6                TIME_HIGH
"""

import struct

import numpy

from .events import Events


class Writer:
    def __init__(self, path, width, height):
        self.width, self.height = width, height
        self.file = open(path, "wb")

    def write(self, events):
        if len(events):
            self.file.write(memoryview(self.encode(events)).cast("B"))

    def close(self):
        self.file.close()


def prophesee_header(version, width, height, more=()):
    lines = [
        "camera_integrator_name Spikeline",
        "date 2025-01-01 00:00:00",
        *more,
        f"evt {version}",
        f"format EVT{version.replace('.0', '').replace('.', '')};height={height};width={width}",
        f"geometry {width}x{height}",
        "end",
    ]
    return "".join(f"% {line}\n" for line in lines).encode()


def changes(values, before):
    """Where a value differs from the one before it; `before` is the one before the first, None if there was none."""
    different = numpy.empty(len(values), dtype=bool)
    different[0] = before is None or values[0] != before
    numpy.not_equal(values[1:], values[:-1], out=different[1:])
    return different


def runs(counts):
    """0, 1, ..., counts[0] - 1, 0, 1, ..., counts[1] - 1, and so on."""
    ends = numpy.cumsum(counts)
    return numpy.arange(ends[-1] if len(ends) else 0) - numpy.repeat(ends - counts, counts)


class TimeHighs:
    """How many TIME_HIGH words come before each event, one every `period` microseconds as sensors send them, and which.

    With `sparse` only the last of those that come before an event is written."""

    def __init__(self, period, sparse=False):
        self.period, self.sparse = period, sparse
        self.tick = None

    def before(self, t):
        ticks = t // self.period
        counts = numpy.diff(ticks, prepend=ticks[0] - 1 if self.tick is None else self.tick)
        assert counts.min() >= 0, "the times decrease"
        self.tick = int(ticks[-1])
        if self.sparse:
            counts = numpy.minimum(counts, 1)
        return counts, numpy.repeat(ticks - counts + 1, counts) + runs(counts)

    def times(self, ticks):
        return ticks * self.period


class Blocks:
    """Events of one row, time and polarity with rising x within 32 aligned columns: what one vector can hold."""

    def __init__(self, events):
        x, t, y, p = events.x, events.t, events.y, events.p
        self.starts_group = changes(t, None) | changes(y, None) | changes(p, None)
        self.starts_group[1:] |= x[1:] <= x[:-1]
        self.column = x >> 5
        self.starts = numpy.flatnonzero(self.starts_group | changes(self.column, None))
        self.counts = numpy.diff(self.starts, append=len(x))
        self.bits = numpy.bitwise_or.reduceat(numpy.uint32(1) << (x & 31).astype(numpy.uint32), self.starts)
        self.starts_group, self.column = self.starts_group[self.starts], self.column[self.starts]


class EVT3(Writer):
    """EVT 3 as sensors and the SDK have it: TIME_HIGH repeated, bases on multiples of 32, vectors only as 12, 12, 8."""

    def __init__(self, path, width, height, period=16, fewest=4, header=None):
        super().__init__(path, width, height)
        self.highs, self.fewest, self.t, self.y = TimeHighs(period), fewest, None, None
        self.file.write(prophesee_header("3.0", width, height) if header is None else header)

    def encode(self, events):
        blocks = Blocks(events)
        starts, bits = blocks.starts, blocks.bits
        t, y, p = events.t[starts], events.y[starts].astype(numpy.uint16), events.p[starts].astype(numpy.uint16) << 11
        high_counts, high_ticks = self.highs.before(t)
        has_low, has_y = changes(t, self.t), changes(y, self.y)
        self.t, self.y = int(t[-1]), int(y[-1])
        base = blocks.column * 32
        vector = (blocks.counts >= self.fewest) & (base + 32 <= self.width)
        goes_on = numpy.zeros(len(starts), dtype=bool)
        goes_on[1:] = ~blocks.starts_group[1:] & vector[:-1] & (blocks.column[1:] == blocks.column[:-1] + 1)
        has_base = vector & ~goes_on

        sizes = high_counts + has_low + has_y + has_base + numpy.where(vector, 3, blocks.counts)
        ends = numpy.cumsum(sizes)
        at = ends - sizes
        words = numpy.empty(ends[-1], dtype="<u2")
        words[numpy.repeat(at, high_counts) + runs(high_counts)] = 0x8000 | (self.highs.times(high_ticks) >> 12) & 0xFFF
        at = at + high_counts
        words[at[has_low]] = 0x6000 | t[has_low] & 0xFFF
        at = at + has_low
        words[at[has_y]] = y[has_y]
        at = at + has_y
        words[at[has_base]] = 0x3000 | p[has_base] | base[has_base]
        at = at + has_base
        vector_at, vector_bits = at[vector], bits[vector]
        words[vector_at] = 0x4000 | vector_bits & 0xFFF
        words[vector_at + 1] = 0x4000 | vector_bits >> 12 & 0xFFF
        words[vector_at + 2] = 0x5000 | vector_bits >> 24
        single = numpy.repeat(~vector, blocks.counts)
        event_at = (numpy.repeat(at, blocks.counts) + runs(blocks.counts))[single]
        words[event_at] = 0x2000 | events.p[single].astype(numpy.uint16) << 11 | events.x[single]
        return words


class EVT2(Writer):
    def __init__(self, path, width, height, period=16, sparse=False, header=None):
        super().__init__(path, width, height)
        assert period <= 64
        self.highs = TimeHighs(period, sparse)
        self.file.write(prophesee_header("2.0", width, height) if header is None else header)

    def encode(self, events):
        high_counts, high_ticks = self.highs.before(events.t)
        at = numpy.cumsum(high_counts + 1) - 1
        words = numpy.empty(at[-1] + 1, dtype="<u4")
        words[numpy.repeat(at - high_counts, high_counts) + runs(high_counts)] = (
            0x8 << 28 | (self.highs.times(high_ticks) >> 6) & 0xFFFFFFF
        )
        words[at] = descriptor(events)
        return words


class EVT21(Writer):
    """EVT 2.1; with `legacy` the 32 bits of time and place come before the 32 bits of which events, else after."""

    def __init__(self, path, width, height, period=64, sparse=False, legacy=True, header=None):
        super().__init__(path, width, height)
        assert period <= 64
        self.highs, self.legacy = TimeHighs(period, sparse), legacy
        endianness = "endianness legacy" if legacy else "endianness little"
        self.file.write(prophesee_header("2.1", width, height, [endianness]) if header is None else header)

    def encode(self, events):
        blocks = Blocks(events)
        first = events[blocks.starts]
        first.x = blocks.column * 32
        high_counts, high_ticks = self.highs.before(first.t)
        at = numpy.cumsum(high_counts + 1) - 1
        words = numpy.zeros((at[-1] + 1, 2), dtype="<u4")
        words[numpy.repeat(at - high_counts, high_counts) + runs(high_counts), 0] = (
            0x8 << 28 | (self.highs.times(high_ticks) >> 6) & 0xFFFFFFF
        )
        words[at, 0] = descriptor(first)
        words[at, 1] = blocks.bits
        return words if self.legacy else numpy.ascontiguousarray(words[:, ::-1])


def descriptor(events):
    """The 32 bits that EVT 2 and EVT 2.1 have for an event."""
    x, y, p = (column.astype(numpy.uint32) for column in (events.x, events.y, events.p))
    return p << 28 | (events.t & 0x3F).astype(numpy.uint32) << 22 | x << 11 | y


class DAT(Writer):
    """DAT: a text header, the bytes event type and event size, then t and p, y, x in 32 bits each.

    version 2: x 13..0, y 27..14, p 28; version 1: x 8..0, y 16..9, p 17; "2d" is the type 0 of older files, laid out
    like version 2. Without a version no size is in the header, as in N-CARS.
    """

    def __init__(self, path, width, height, version=2, kind=0x0C):
        super().__init__(path, width, height)
        self.version = version
        lines = ["Data file containing CD events." if kind == 0x0C else "Data file containing 2D events."]
        if version is not None:
            lines += [f"Version {version}", "Date 2025-01-01 00:00:00", f"Height {height}", f"Width {width}"]
        self.file.write("".join(f"% {line}\n" for line in lines).encode() + bytes([kind, 8]))

    def encode(self, events):
        x, y, p = (column.astype(numpy.uint32) for column in (events.x, events.y, events.p))
        words = numpy.empty((len(events), 2), dtype="<u4")
        words[:, 0] = events.t & 0xFFFFFFFF
        words[:, 1] = p << 17 | y << 9 | x if self.version == 1 else p << 28 | y << 14 | x
        return words


class ES(Writer):
    """Event Stream 2, dvs: (delta t << 1 | p), x, y in 5 bytes; 0xFF before that is 127 us more. The y of the file
    counts from the bottom: here it is written as height - 1 - y."""

    def __init__(self, path, width, height):
        super().__init__(path, width, height)
        self.t = 0
        self.file.write(b"Event Stream" + bytes([2, 0, 0, 1]) + struct.pack("<HH", width, height))

    def encode(self, events):
        steps = numpy.diff(events.t, prepend=self.t)
        assert steps.min() >= 0, "the times decrease"
        self.t = int(events.t[-1])
        overflows = steps // 127
        ends = numpy.cumsum(overflows + 5)
        data = numpy.full(ends[-1], 0xFF, dtype=numpy.uint8)
        at = ends - 5
        y = self.height - 1 - events.y
        data[at] = (steps % 127) << 1 | events.p
        for offset, column in ((1, events.x), (3, y)):
            data[at + offset] = column & 0xFF
            data[at + offset + 1] = column >> 8
        return data


class AEDAT2(Writer):
    """AEDAT 2.0 of a DVS128 as jAER writes it, big-endian: address, then t in 32 bits.

    Address: y in bits 14..8 and x in bits 7..1, both counted from 127 down (the origin of the file is the bottom right),
    bit 0 is 1 for off.
    """

    def __init__(self, path, width, height, header=None):
        super().__init__(path, width, height)
        assert (width, height) == (128, 128)
        lines = [
            "#!AER-DAT2.0",
            "# This is a raw AE data file - do not edit",
            "# AEChip: ch.unizh.ini.jaer.chip.retina.DVS128",
        ]
        lines += ["# Data format is int32 address, int32 timestamp (8 bytes total), repeated for each event"]
        lines += ["# Timestamps tick is 1 us"]
        self.file.write("".join(f"{line}\r\n" for line in lines).encode() if header is None else header)

    def encode(self, events):
        words = numpy.empty((len(events), 2), dtype=">u4")
        x, y, p = (column.astype(numpy.uint32) for column in (events.x, events.y, events.p))
        words[:, 0] = 127 - y << 8 | 127 - x << 1 | 1 - p
        words[:, 1] = events.t & 0xFFFFFFFF
        return words


class AEDAT31(Writer):
    """AEDAT 3.1: packets of polarity events, little-endian; t is 31 bits and an overflow counter in the packet's header.

    Event: bit 0 valid, 1 polarity, 16..2 y, 31..17 x; then t.
    """

    def __init__(self, path, width, height, source=None, packet=4096):
        super().__init__(path, width, height)
        self.packet = packet
        source = source or ("DVS128" if (width, height) == (128, 128) else "Camera")
        lines = ["#!AER-DAT3.1", "#Format: RAW", f"#Source 1: {source}", "#Start-Time: 2025-01-01 00:00:00 (TZ+0000)"]
        self.file.write("".join(f"{line}\r\n" for line in [*lines, "#!END-HEADER"]).encode())

    def write(self, events):
        x, y, p = (column.astype(numpy.uint32) for column in (events.x, events.y, events.p))
        words = numpy.empty((len(events), 2), dtype="<u4")
        words[:, 0] = x << 17 | y << 2 | p << 1 | 1
        words[:, 1] = events.t & 0x7FFFFFFF
        overflows = events.t >> 31
        starts = {*range(0, len(events), self.packet), *numpy.flatnonzero(changes(overflows, None)).tolist()}
        starts = sorted(starts) + [len(events)]
        for start, end in zip(starts, starts[1:]):
            count = end - start
            self.file.write(struct.pack("<hhiiiiii", 1, 1, 8, 4, int(overflows[start]), count, count, count))
            self.file.write(words[start:end].tobytes())


class AEDAT4(Writer):
    """AEDAT 4 with one stream of events: packets of `duration` microseconds, each a FlatBuffer, compressed on its own.

    File: "#!AER-DAT4.0\\r\\n", IOHeader, packets (stream i4, size i4, data), and with `table` a FileDataTable.
    """

    COMPRESSIONS = ("none", "lz4", "lz4_high", "zstd", "zstd_high")
    INFORMATION = """<dv version="2.0">
    <node name="outInfo" path="/mainloop/Recorder/outInfo/">
        <node name="0" path="/mainloop/Recorder/outInfo/0/">
            <attr key="compression" type="string">{compression}</attr>
            <attr key="originalModuleName" type="string">capture</attr>
            <attr key="originalOutputName" type="string">events</attr>
            <attr key="typeDescription" type="string">Array of events (polarity ON/OFF).</attr>
            <attr key="typeIdentifier" type="string">EVTS</attr>
            <node name="info" path="/mainloop/Recorder/outInfo/0/info/">
                <attr key="sizeX" type="int">{width}</attr>
                <attr key="sizeY" type="int">{height}</attr>
                <attr key="source" type="string">Spikeline</attr>
            </node>
        </node>
    </node>
</dv>"""
    EVENT = numpy.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1"), ("pad", "V3")])

    def __init__(self, path, width, height, compression="none", duration=10_000, table=True):
        super().__init__(path, width, height)
        self.compression, self.duration, self.table = compression, duration, table
        self.packets = []
        self.file.write(b"#!AER-DAT4.0\r\n" + self.header(-1))

    def header(self, table_position):
        """IOHeader: a table of compression, the position of the FileDataTable and a text, behind its size."""
        names = {"width": self.width, "height": self.height, "compression": self.compression.upper()}
        text = self.INFORMATION.format(**names).encode()
        text = struct.pack("<I", len(text)) + text + b"\0"
        text += b"\0" * (-len(text) % 8)
        # 4: offset of the table, name; 12: vtable of 10 bytes in 12; 24: the table, whose fields lie at 4, 8 and 16.
        start = struct.pack("<I4s", 20, b"IOHE") + struct.pack("<HHHHHH", 0, 10, 20, 4, 8, 16)
        table = struct.pack("<iiqI", 10, self.COMPRESSIONS.index(self.compression), table_position, 4)
        body = start + table + text
        return struct.pack("<I", len(body)) + body

    def write(self, events):
        edges = numpy.flatnonzero(changes(events.t // self.duration, None)).tolist() + [len(events)]
        for start, end in zip(edges, edges[1:]):
            self.write_packet(events[start:end])

    def write_packet(self, events):
        rows = numpy.zeros(len(events), dtype=self.EVENT)
        for name in Events.__slots__:
            rows[name] = getattr(events, name)
        data = self.compressed(flatbuffer(b"EVTS", struct.pack("<I", len(rows)) + rows.tobytes()))
        self.file.write(struct.pack("<ii", 0, len(data)))
        self.packets.append((self.file.tell(), len(data), len(rows), int(rows["t"][0]), int(rows["t"][-1])))
        self.file.write(data)

    def compressed(self, data):
        if self.compression.startswith("lz4"):
            import lz4.frame

            level = 9 if self.compression.endswith("high") else 0
            return lz4.frame.compress(data, compression_level=level, content_checksum=True, store_size=False)
        if self.compression.startswith("zstd"):
            import zstandard

            level = 12 if self.compression.endswith("high") else 3
            return zstandard.ZstdCompressor(level=level, write_checksum=True).compress(data)
        return data

    def close(self):
        if self.table:
            position = self.file.tell()
            self.file.write(self.compressed(self.data_table()))
            self.file.seek(len(b"#!AER-DAT4.0\r\n"))
            self.file.write(self.header(position))
        super().close()

    def data_table(self):
        """FileDataTable: a vector of offsets to tables of the position of a packet's data (behind its stream and size),
        stream and size, count, first and last time."""
        count = len(self.packets)
        vtable = struct.pack("<HHHHHHH", 14, 44, 12, 4, 20, 28, 36) + b"\0\0"
        # The vector starts at 28 and its tables 16 bytes (the vtable) behind its end, each 48 bytes.
        first = 32 + 4 * count
        first += -(first + 16 + 4) % 8 + 16
        offsets = [first + 48 * i - (32 + 4 * i) for i in range(count)]
        vector = struct.pack(f"<I{count}I", count, *offsets)
        vector += b"\0" * (first - 16 - 28 - len(vector)) + vtable
        tables = bytearray()
        for i, (position, size, events, start, end) in enumerate(self.packets):
            tables += struct.pack("<iiiqqqq", 16 + 48 * i, 0, size, position, events, start, end) + b"\0" * 4
        return flatbuffer(b"FTAB", vector + bytes(tables))


def flatbuffer(name, vector):
    """A FlatBuffer behind its size: a table whose only field is this vector, which starts at byte 28."""
    body = struct.pack("<I4sHHHHiI", 16, name, 0, 6, 8, 4, 6, 4) + vector
    return struct.pack("<I", len(body)) + body


class CSV(Writer):
    """Text, with a header or without; `columns` is the order, `separator` what stands between."""

    def __init__(self, path, width, height, columns="txyp", separator=",", header=True):
        super().__init__(path, width, height)
        self.columns, self.separator = columns, ord(separator)
        if header:
            self.file.write((separator.join(columns) + "\n").encode())

    def encode(self, events):
        parts = []
        for name in self.columns:
            parts += [
                self.digits(getattr(events, name)),
                numpy.full((len(events), 1), self.separator, dtype=numpy.uint8),
            ]
        parts[-1][:] = ord("\n")
        text = numpy.concatenate(parts, axis=1)
        return text[text != 0]

    @staticmethod
    def digits(values):
        """Each value in a row, right-aligned, with 0 where there is no digit."""
        values = values.astype(numpy.int64)
        width = len(str(int(values.max())))
        rows = numpy.zeros((len(values), width), dtype=numpy.uint8)
        rest = values.copy()
        for column in range(width - 1, -1, -1):
            rows[:, column] = numpy.where((rest > 0) | (column == width - 1), 48 + rest % 10, 0)
            rest //= 10
        return rows


class NMNIST(Writer):
    """N-MNIST: x, y, then the polarity and 23 bits of t, big-endian."""

    def encode(self, events):
        rows = numpy.empty((len(events), 5), dtype=numpy.uint8)
        rows[:, 0], rows[:, 1] = events.x, events.y
        rows[:, 2] = events.p << 7 | (events.t >> 16 & 0x7F).astype(numpy.uint8)
        rows[:, 3], rows[:, 4] = events.t >> 8 & 0xFF, events.t & 0xFF
        return rows


class DSEC:
    """HDF5 as in DSEC: events/{t,x,y,p}, t from t_offset on, and ms_to_idx[m], the first event with t >= 1000 m."""

    def __init__(self, path, width, height, filter="gzip", libver=None, chunk=1 << 16, offset=None):
        import h5py

        self.file = h5py.File(path, "w", libver=libver)
        self.options, self.chunk, self.offset = hdf5_filter(filter), chunk, offset
        self.columns, self.counts = None, []

    def write(self, events):
        if self.columns is None:
            self.offset = int(events.t[0]) // 1000 * 1000 if self.offset is None else self.offset
            kinds = {"t": "u4", "x": "u2", "y": "u2", "p": "u1"}
            options = self.options | {"chunks": (self.chunk,), "maxshape": (None,)}
            group = self.file.create_group("events")
            self.columns = {name: group.create_dataset(name, (0,), kinds[name], **options) for name in "pxyt"}
            self.file["t_offset"] = numpy.int64(self.offset)
        for name, column in self.columns.items():
            values = getattr(events, name) - (self.offset if name == "t" else 0)
            column.resize(len(column) + len(values), axis=0)
            column[-len(values) :] = values
        self.counts.append(numpy.bincount((events.t - self.offset) // 1000))

    def close(self):
        if self.counts:
            per_ms = numpy.zeros(max(map(len, self.counts)) + 1, dtype=numpy.uint64)
            for counts in self.counts:
                per_ms[1 : len(counts) + 1] += counts.astype(numpy.uint64)
            self.file.create_dataset("ms_to_idx", data=numpy.cumsum(per_ms)[:-1], **self.options)
        self.file.close()


def hdf5_filter(name):
    if name == "blosc":
        import hdf5plugin

        return dict(hdf5plugin.Blosc(cname="zstd", clevel=5, shuffle=hdf5plugin.Blosc.SHUFFLE))
    return {"gzip": {"compression": "gzip", "compression_opts": 4, "shuffle": True}, "lzf": {"compression": "lzf"}}.get(
        name, {}
    )
