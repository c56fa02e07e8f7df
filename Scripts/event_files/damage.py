"""Unusual and damaged event files, each with the events that it holds by the rules that plain.py states.

What is expected is built beside the bytes, from the events that are put in; plain.py reads the bytes, and both must agree.
"""

import os
import struct

from . import encoders
from .encoders import prophesee_header
from .events import Events
from .fixture_scenes import tiny

NOTHING = Events([], [], [], [])


class Case:
    def __init__(self, file, format, data, events, note, **more):
        """more: width and height if the file states or implies them, `hints` that a reader needs, and other expectations."""
        self.file, self.format, self.data, self.events, self.note, self.more = file, format, data, events, note, more


def encoded(folder, kind, events, width, height, **options):
    path = os.path.join(folder, "encoded")
    writer = kind(path, width, height, **options)
    writer.write(events)
    writer.close()
    with open(path, "rb") as file:
        data = file.read()
    os.remove(path)
    return data


class EVT3Words:
    """Words of EVT 3 and, beside them, the events they mean; `t` is set by who builds the case."""

    def __init__(self):
        self.words, self.rows, self.t, self.row = [], [], None, 0

    def raw(self, *words):
        self.words += words
        return self

    def time(self, high, low, t):
        """TIME_HIGH and TIME_LOW; t is the time that is meant, None before there is one."""
        self.raw(*([] if high is None else [0x8000 | high]), *([] if low is None else [0x6000 | low]))
        self.t = t
        return self

    def y(self, y):
        self.row = y
        return self.raw(y)

    def x(self, x, p):
        return self.raw(0x2000 | p << 11 | x).means([x], p)

    def means(self, xs, p):
        if self.t is not None:
            self.rows += [(self.t, x, self.row, p) for x in xs]
        return self

    def case(self, file, note, header=None, **more):
        more = {"width": 1280, "height": 720} | more
        header = prophesee_header("3.0", 1280, 720) if header is None else header
        data = header + struct.pack(f"<{len(self.words)}H", *self.words)
        events = Events(*zip(*self.rows)) if self.rows else NOTHING
        return Case(file, "evt3", data, events, note, **more)


def evt3_files(folder):
    events = tiny(21, 1280, 720, 120, 4_000, 90, bursts=0.2)
    data = encoded(folder, encoders.EVT3, events, 1280, 720, header=b"")
    header = prophesee_header("3.0", 1280, 720)
    old = b"% date 2019-05-01 10:00:00\n% evt 3.0\n% firmware_version 3.1.0\n% plugin_name hal_plugin_gen41_evk3\n"
    size = {"width": 1280, "height": 720}
    later = tiny(22, 1280, 720, 60, 0x25 << 12, 90)
    later_data = encoded(folder, encoders.EVT3, later, 1280, 720, header=b"", period=4096)
    assert later_data[0] == 0x25
    text = b"% evt 3.0\n% geometry 1280x720\n"
    return [
        Case("evt3_odd_byte.raw", "evt3", header + data + b"\x21", events, "one byte is left over at the end", **size),
        Case(
            "evt3_old_header.raw",
            "evt3",
            old + data,
            events,
            'no "% end" and no size; the plugin is a 1280x720 sensor\'s',
            **size,
        ),
        Case("evt3_no_header.raw", "evt3", data, events, "no header at all", hints={"format": "evt3"}, **size),
        Case(
            "evt3_crlf_header.raw",
            "evt3",
            header.replace(b"\n", b"\r\n") + data,
            events,
            "lines end with CR LF",
            **size,
        ),
        Case(
            "evt3_no_end_0x25.raw",
            "evt3",
            text + later_data,
            later,
            'no "% end", and the payload begins with 0x25, "%"',
            **size,
        ),
        Case(
            "evt3_no_end_0x25_0x20.raw",
            "evt3",
            text + b"\x25\x20" + later_data,
            later,
            'no "% end", and the payload begins with "% ": an event before the first TIME_HIGH',
            **size,
        ),
        Case("evt3_header_only.raw", "evt3", header, NOTHING, "no payload", **size),
        Case("evt3_empty.raw", "evt3", b"", NOTHING, "no byte; may be refused", hints={"format": "evt3"}),
    ]


def evt3_times():
    wrap = 1 << 24

    def sequence(highs):
        words = EVT3Words()
        for i, (high, base) in enumerate(highs):
            words.time(high, 100, base + 100).y(7).x(10 + i, 1).time(None, 900, base + 900).x(20 + i, 0).x(700 + i, 1)
        return words

    def at(*highs):
        return [(high, high << 12) for high in highs]

    def wrapped(*highs):
        return [(high, wrap + (high << 12)) for high in highs]

    cases = [
        sequence(at(0xFFE, 0xFFF) + wrapped(0, 1)).case("evt3_wrap.raw", "the 24 bits of the time wrap"),
        sequence(at(0xFFF) + wrapped(0, 1)).case("evt3_starts_at_0xfff.raw", "the file starts just before a wrap"),
        sequence(at(0xFEF, 0xFF0) + wrapped(5, 6)).case("evt3_wrap_gap.raw", "a wrap with a gap, from 0xFF0 to 0x005"),
        sequence(at(0x100, 0x0FF, 0x101)).case("evt3_back_by_one.raw", "TIME_HIGH goes back by one, then on; no wrap"),
        sequence(at(0x010, 0x9F0, 0xA00)).case("evt3_long_pause.raw", "TIME_HIGH rises by more than half its range"),
    ]
    two = sequence(at(0xFFF) + wrapped(0x7FF, 0xFFE) + [(1, 2 * wrap + (1 << 12))])
    cases.append(two.case("evt3_two_wraps.raw", "two wraps: 0xFFF, 0x7FF (2048 less: a wrap), 0xFFE, 0x001"))

    words = EVT3Words().time(5, 3000, (5 << 12) + 3000).y(9).x(1, 1)
    words.raw(0x8005).x(2, 1)  # the same TIME_HIGH again: the low bits stay
    words.time(6, None, 6 << 12).x(3, 1)  # another: they are 0 until the next TIME_LOW
    words.time(None, 17, (6 << 12) + 17).x(4, 0)
    cases.append(words.case("evt3_low_after_high.raw", "events between a changed TIME_HIGH and the next TIME_LOW"))

    words = EVT3Words().y(300).time(None, 77, None).x(5, 1).raw(0x3000 | 64, 0x4FFF, 0x4FFF, 0x50FF)
    words.x(6, 0).time(2, 50, (2 << 12) + 50).y(301).x(7, 1)
    cases.append(words.case("evt3_no_time_high_yet.raw", "events, single and in vectors, before the first TIME_HIGH"))
    return cases


def bits_at(base, *words):
    """The x that VECT words (size, bits) from `base` on mean, and the words."""
    xs, codes = [], []
    for size, bits in words:
        xs += [base + bit for bit in range(size) if bits >> bit & 1]
        codes.append((0x4000 if size == 12 else 0x5000) | bits)
        base += size
    return xs, codes


def evt3_words():
    cases = []
    words = EVT3Words().time(1, 10, 4106).y(20).raw(0x9999, 0x9999).x(1, 1).raw(0x9999).x(2, 0).y(21)
    words.time(None, 11, 4107).raw(0x9999).x(3, 1).raw(0x9999, 0x9999)
    cases.append(words.case("evt3_padding_0x9999.raw", "words 0x9999 as padding"))

    words = EVT3Words().time(1, 10, 4106).y(20)
    for kind in (0x1, 0x7, 0x9, 0xB, 0xC, 0xD, 0xE, 0xF):
        words.raw(kind << 12 | 0x123).x(kind, 1)
    note = "words of unknown kind or of no interest: 0x1, 0x7, 0x9, 0xB, 0xC, 0xD, 0xE and 0xF"
    cases.append(words.case("evt3_unknown_words.raw", note))

    words = EVT3Words().time(1, 10, 4106).y(20).raw(0xA001).x(1, 1).time(None, 30, 4126).raw(0xA000, 0xA301).x(2, 1)
    triggers = [[4106, 0, 1], [4126, 0, 0], [4126, 3, 1]]
    cases.append(
        words.case("evt3_triggers.raw", "external triggers [t, channel, value] between the events", triggers=triggers)
    )

    words = EVT3Words().time(1, 10, 4106).y(719).x(1279, 1).x(1280, 1).x(2047, 0).y(720).x(5, 1).y(2047).x(6, 0).y(100)
    xs, codes = bits_at(1270, (12, 0xFFF))
    words.raw(0x3800 | 1270, *codes).means(xs, 1).time(None, 11, 4107).x(8, 1)
    inside = [row for row in words.rows if row[1] < 1280 and row[2] < 720]
    note = "events outside the sensor, by words and by a vector across the edge; `inside` is what is left without them"
    cases.append(words.case("evt3_outside.raw", note, inside=Events(*zip(*inside))))

    words = EVT3Words().time(1, 4000, 8096).y(400)
    xs, codes = bits_at(64, (12, 0x0F3), (12, 0x801))
    words.raw(0x3800 | 64, *codes).means(xs, 1).time(2, 5, (2 << 12) + 5).x(9, 0)
    xs, codes = bits_at(96, (12, 0x111), (12, 0x222), (8, 0x44))
    words.raw(0x3000 | 96, *codes).means(xs, 0)
    cases.append(words.case("evt3_triple_cut.raw", "VECT_12, VECT_12, and then TIME_HIGH where VECT_8 was due"))

    words = EVT3Words().time(1, 10, 4106).y(50)
    xs, codes = bits_at(200, (8, 0xFF))
    words.raw(0x3800 | 200, *codes).means(xs, 1)
    xs, codes = bits_at(333, (8, 0x81), (8, 0x00), (12, 0xF0F), (8, 0x3C))
    words.raw(0x3000 | 333, *codes).means(xs, 0).time(None, 11, 4107).x(3, 1)
    cases.append(
        words.case(
            "evt3_lone_vect8.raw", "VECT_8 without VECT_12, bases that are no multiple of 32, and any run of both"
        )
    )

    words = EVT3Words().time(1, 10, 4106).y(0x800 | 50)
    words.row = 50
    words.x(3, 1).y(51).x(4, 0)
    cases.append(
        words.case("evt3_second_camera.raw", "bit 11 of ADDR_Y, the camera's number, is set; it is no part of y")
    )
    return cases


def evt2_files(folder):
    events = tiny(23, 640, 480, 100, 700, 50)
    header = prophesee_header("2.0", 640, 480)
    data = encoded(folder, encoders.EVT2, events, 640, 480, header=b"")
    size = {"width": 640, "height": 480}

    def words(*values):
        return struct.pack(f"<{len(values)}I", *values)

    early = words(*(1 << 28 | 5 << 22 | x << 11 | 9 for x in range(20)))
    strange = words(0xE0000123, 0xF0000000, 0x20000000, 0x70000001, 0x90000000)
    at = len(data) // 8 * 4
    trigger = words(
        8 << 28 | 11, 10 << 28 | 3 << 22 | 1 << 8 | 1, 1 << 28 | 4 << 22 | 100 << 11 | 7, 10 << 28 | 9 << 22
    )
    jump = words(
        8 << 28 | 0xFFFFFFF, 1 << 28 | 63 << 22 | 1 << 11 | 2, 8 << 28 | 3, 2 << 11 | 2, 8 << 28 | 2, 3 << 11 | 2
    )
    last = (1 << 34) - 1
    jumped = Events([last, last + 1 + 192, last + 1 + 128], [1, 2, 3], [2, 2, 2], [1, 0, 0])
    return [
        Case(
            "evt2_no_time_high_yet.raw",
            "evt2",
            header + early + data,
            events,
            "20 events before the first TIME_HIGH",
            **size,
        ),
        Case(
            "evt2_unknown_words.raw",
            "evt2",
            header + data[:at] + strange + data[at:],
            events,
            "words of unknown kind",
            **size,
        ),
        Case(
            "evt2_cut.raw",
            "evt2",
            header + data + b"\x01\x02\x03",
            events,
            "three bytes are left over at the end",
            **size,
        ),
        Case("evt2_header_only.raw", "evt2", header, NOTHING, "no payload", **size),
        Case(
            "evt2_wrap_gap.raw",
            "evt2",
            header + jump,
            jumped,
            "the 34 bits of the time wrap with a gap, then go back by one step",
            **size,
        ),
        Case(
            "evt2_triggers.raw",
            "evt2",
            header + trigger,
            Events([708], [100], [7], [1]),
            "external triggers [t, channel, value]",
            triggers=[[707, 1, 1], [713, 0, 0]],
            **size,
        ),
    ]


def other_files(folder):
    events = tiny(24, 128, 128, 100, 5_000, 400)
    size = {"width": 128, "height": 128}
    dat = encoded(folder, encoders.DAT, events, 128, 128)
    es = encoded(folder, encoders.ES, events, 128, 128)
    # The second byte from the start of the last whole event on is what is left of it.
    fewer = events[: len(events) - 1]
    header = b"#!AER-DAT2.0\r\n# made for tests\r\n"
    plain = encoded(folder, encoders.AEDAT2, events, 128, 128, header=b"")
    hashed = bytearray(plain)
    for at in range(0, len(hashed), 8):
        hashed[at] = 0x23
    special = bytearray(plain)
    special[10 * 8 + 2] |= 0x80
    kept = Events(*([value for i, value in enumerate(getattr(events, name)) if i != 10] for name in Events.__slots__))
    return [
        Case("dat_cut.dat", "dat", dat[:-3], fewer, "the last event is cut", **size),
        Case("dat_header_only.dat", "dat", dat[: -8 * len(events)], NOTHING, "no event", **size),
        Case("es_cut.es", "es", es[:-3], fewer, "the last event is cut; y is given from the top left", **size),
        Case("es_header_only.es", "es", es[:20], NOTHING, "no event", **size),
        Case(
            "aedat2_payload_hash.aedat",
            "aedat2",
            header + bytes(hashed),
            events,
            'the payload begins with "#": unused address bits are 0x23',
            **size,
        ),
        Case(
            "aedat2_special.aedat",
            "aedat2",
            header + bytes(special),
            kept,
            "event 10 is special (address bit 15) and no event of the sensor",
            **size,
        ),
        Case("aedat2_cut.aedat", "aedat2", header + plain[:-5], fewer, "the last event is cut", **size),
        *aedat31_files(folder, events, fewer, size),
    ]


def aedat31_files(folder, events, fewer, size):
    whole = encoded(folder, encoders.AEDAT31, events, 128, 128, packet=len(events))
    start = whole.index(b"#!END-HEADER\r\n") + 14
    header, body = whole[:start], whole[start + 28 :]

    def packet(kind, overflow, capacity, rows):
        number = len(rows) // 8
        head = struct.pack("<hhiiiiii", kind, 1, 8, 4, overflow, capacity, number, number)
        return head + rows + b"\xee" * (8 * (capacity - number))

    invalid = bytearray(body[:80])
    for i in (3, 7):
        invalid[8 * i] &= 0xFE
    first = [i for i in range(10) if i not in (3, 7)]
    special = struct.pack("<II", 1 << 1 | 1, 5000)
    data = header + packet(0, 0, 1, special) + packet(1, 0, 16, bytes(invalid)) + packet(1, 0, 4, b"")
    data += packet(3, 0, 2, b"\x01" * 16) + packet(1, 2, 40, body[80 : 80 + 160])
    chosen = first + list(range(10, 30))
    late = [(2 << 31) if i >= 10 else 0 for i in chosen]
    mixed = events[chosen]
    mixed.t = mixed.t + late
    return [
        Case(
            "aedat31_mixed_packets.aedat",
            "aedat3.1",
            data,
            mixed,
            "packets of other types, invalid events, capacity above number, an empty packet, overflow 2",
            **size,
        ),
        Case("aedat31_cut.aedat", "aedat3.1", whole[:-3], fewer, "the last event of the packet is cut", **size),
        Case("aedat31_header_only.aedat", "aedat3.1", header, NOTHING, "no packet", **size),
    ]


def packet_starts(data):
    """The positions of the packets of an AEDAT 4 file without a FileDataTable, and its end."""
    at = 14
    at += 4 + struct.unpack_from("<I", data, at)[0]
    starts = []
    while at < len(data):
        starts.append(at)
        at += 8 + struct.unpack_from("<i", data, at + 4)[0]
    return starts + [len(data)]


def aedat4_files(folder):
    start, width, height = 1_700_000_000_123_456, 346, 260
    events = tiny(25, width, height, 160, start, 300)
    duration = 2_000
    parts = {}
    for t in (events.t // duration).tolist():
        parts[t] = parts.get(t, 0) + 1
    counts = list(parts.values())
    size = {"width": width, "height": height}
    cases = []
    for compression in ("none", "lz4", "zstd"):
        options = {"compression": compression, "duration": duration}
        whole = encoded(folder, encoders.AEDAT4, events, width, height, **options)
        open_end = encoded(folder, encoders.AEDAT4, events, width, height, table=False, **options)
        starts = packet_starts(open_end)
        assert len(starts) == len(counts) + 1 and len(counts) > 4 and counts[2] >= 12
        cases.append(
            Case(
                f"aedat4_no_table_{compression}.aedat4",
                "aedat4",
                open_end,
                events,
                "no FileDataTable, as after a crash",
                **size,
            )
        )
        end = len(whole) * 6 // 10
        complete = sum(position <= end for position in starts[1:])
        left = events[: sum(counts[:complete])]
        cases.append(
            Case(
                f"aedat4_cut_{compression}.aedat4",
                "aedat4",
                whole[:end],
                left,
                "cut to 60 %: the whole packets",
                **size,
            )
        )
        cases.append(inverted(compression, whole, starts, counts, events, size))
    return cases + [damaged_packet_header(whole, starts, counts, events, size)]


def inverted(compression, whole, starts, counts, events, size):
    """64 bytes inverted in the middle of packet 2, in the events themselves where they are not compressed."""
    hit = 2
    at = starts[hit] + 8 + 32 + 16 * 4 if compression == "none" else (starts[hit] + starts[hit + 1]) // 2 - 32
    data = bytearray(whole)
    data[at : at + 64] = bytes(byte ^ 0xFF for byte in data[at : at + 64])
    before, after = sum(counts[:hit]), sum(counts[: hit + 1])
    rest = Events.concatenated([events[:before], events[after:]])
    note = f"bytes {at} to {at + 63}, in packet {hit} of {len(counts)}, are inverted; expected are the events of the others"
    if compression == "none":
        note += "; nothing but four impossible events (times below 0) shows it, so a reader may also give that packet"
    return Case(
        f"aedat4_inverted_{compression}.aedat4",
        "aedat4",
        bytes(data),
        rest,
        note,
        damaged_events=[before, after],
        **size,
    )


def damaged_packet_header(whole, starts, counts, events, size):
    """The stream and size of packet 2 are lost; the packets before it need no more than reading on."""
    data = bytearray(whole)
    data[starts[2] : starts[2] + 8] = b"\xff" * 8
    note = "stream and size of packet 2 are -1 (zstd): expected are the events before; the FileDataTable has the rest"
    return Case("aedat4_lost_size.aedat4", "aedat4", bytes(data), events[: sum(counts[:2])], note, **size)


def all_cases(folder):
    return [
        *evt3_files(folder),
        *evt3_times(),
        *evt3_words(),
        *evt2_files(folder),
        *other_files(folder),
        *aedat4_files(folder),
    ]
