"""Plain readers of event files, a word at a time, that state what Spikeline takes a damaged or unusual file to mean.

Times of EVT 3: a TIME_HIGH that is 2048 or more below the last is a wrap, any other is taken as it is. Where TIME_HIGH
changes, the low 12 bits are 0 until the next TIME_LOW. EVT 2 and 2.1 wrap likewise at half of 2^28. Events before the
first TIME_HIGH have no time and are left out, words of unknown kind too. A part of a word or an event at the end is
left out. Coordinates are as stored.
"""

import struct

from .events import Events


def columns(rows):
    return Events(*zip(*rows)) if rows else Events([], [], [], [])


def prophesee_payload(data):
    """What follows the lines of the header: "% ", printable ASCII, and "\\n"; "% end" is the last if it is there."""
    at = 0
    while data[at : at + 2] == b"% ":
        end = data.find(b"\n", at)
        if end < 0 or not all(32 <= byte < 127 for byte in data[at:end].rstrip(b"\r")):
            break
        line, at = data[at:end], end + 1
        if line.strip() == b"% end":
            break
    return data[at:]


class HighTime:
    """Bits of a time that come in words of their own."""

    def __init__(self, bits):
        self.bits, self.high, self.epoch = bits, None, 0

    def set(self, high):
        """Returns whether the time changed."""
        changed = high != self.high
        if self.high is not None and self.high - high >= 1 << (self.bits - 1):
            self.epoch += 1 << self.bits
        self.high = high
        return changed

    def value(self, shift, low):
        return (self.epoch + self.high) << shift | low


def evt3(data):
    data = prophesee_payload(data)
    rows, triggers = [], []
    time, low, y, base, polarity = HighTime(12), 0, 0, 0, 0

    def emit(x, p):
        if time.high is not None:
            rows.append((time.value(12, low), x, y, p))

    for (word,) in struct.iter_unpack("<H", data[: len(data) // 2 * 2]):
        kind, value = word >> 12, word & 0xFFF
        if kind == 0x0:
            y = value & 0x7FF
        elif kind == 0x2:
            emit(value & 0x7FF, value >> 11)
        elif kind == 0x3:
            base, polarity = value & 0x7FF, value >> 11
        elif kind in (0x4, 0x5):
            size = 12 if kind == 0x4 else 8
            for bit in range(size):
                if value >> bit & 1:
                    emit(base + bit, polarity)
            base += size
        elif kind == 0x6:
            low = value
        elif kind == 0x8:
            if time.set(value):
                low = 0
        elif kind == 0xA and time.high is not None:
            triggers.append((time.value(12, low), value >> 8, value & 1))
    return columns(rows), triggers


def evt2(data):
    data = prophesee_payload(data)
    rows, triggers, time = [], [], HighTime(28)
    for (word,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4]):
        kind = word >> 28
        if kind == 8:
            time.set(word & 0xFFFFFFF)
        elif kind < 2 and time.high is not None:
            rows.append((time.value(6, word >> 22 & 0x3F), word >> 11 & 0x7FF, word & 0x7FF, kind))
        elif kind == 0xA and time.high is not None:
            triggers.append((time.value(6, word >> 22 & 0x3F), word >> 8 & 0x1F, word & 1))
    return columns(rows), triggers


def evt21(data):
    legacy = b"% endianness little" not in data[:1024]
    data = prophesee_payload(data)
    rows, time = [], HighTime(28)
    for pair in struct.iter_unpack("<II", data[: len(data) // 8 * 8]):
        word, bits = pair if legacy else pair[::-1]
        kind = word >> 28
        if kind == 8:
            time.set(word & 0xFFFFFFF)
        elif kind < 2 and time.high is not None:
            t, x, y = time.value(6, word >> 22 & 0x3F), word >> 11 & 0x7FF, word & 0x7FF
            rows += [(t, x + bit, y, kind) for bit in range(32) if bits >> bit & 1]
    return columns(rows), []


def dat(data):
    header = data
    data = prophesee_payload(data)
    header = header[: len(header) - len(data)]
    old = b"% Version 1" in header
    rows, time = [], HighTime(32)
    data = data[2:]
    for t, word in struct.iter_unpack("<II", data[: len(data) // 8 * 8]):
        time.set(t)
        if old:
            rows.append((time.value(0, 0), word & 0x1FF, word >> 9 & 0xFF, word >> 17 & 1))
        else:
            rows.append((time.value(0, 0), word & 0x3FFF, word >> 14 & 0x3FFF, word >> 28 & 1))
    return columns(rows), []


def es(data):
    assert data[:12] == b"Event Stream" and data[15] == 1
    height = struct.unpack_from("<H", data, 18)[0]
    rows, t, at = [], 0, 20
    while at < len(data):
        byte = data[at]
        if byte >= 0xFE:
            t += 127 if byte == 0xFF else 0
            at += 1
            continue
        if at + 5 > len(data):
            break
        t += byte >> 1
        x, y = struct.unpack_from("<HH", data, at + 1)
        rows.append((t, x, height - 1 - y, byte & 1))
        at += 5
    return columns(rows), []


def aedat2(data):
    at = 0
    while data[at : at + 1] == b"#":
        end = data.find(b"\r\n", at)
        if end < 0 or not all(32 <= byte < 127 or byte == 9 for byte in data[at:end]):
            break
        at = end + 2
    data = data[at:]
    rows, time = [], HighTime(32)
    for address, t in struct.iter_unpack(">II", data[: len(data) // 8 * 8]):
        time.set(t)
        if address >> 15 & 1 == 0:
            rows.append((time.value(0, 0), 127 - (address >> 1 & 127), 127 - (address >> 8 & 127), 1 - (address & 1)))
    return columns(rows), []


def aedat31(data):
    end = b"#!END-HEADER\r\n"
    at = data.index(end) + len(end)
    rows = []
    while at + 28 <= len(data):
        kind, _, size, _, overflow, capacity, number, _ = struct.unpack_from("<hhiiiiii", data, at)
        body = data[at + 28 : at + 28 + capacity * size]
        at += 28 + capacity * size
        for i in range(min(number, len(body) // size) if kind == 1 else 0):
            word, t = struct.unpack_from("<II", body, i * size)
            if word & 1:
                rows.append((overflow << 31 | t, word >> 17, word >> 2 & 0x7FFF, word >> 1 & 1))
    return columns(rows), []


READERS = {
    "evt3": evt3,
    "evt2": evt2,
    "evt2.1": evt21,
    "dat": dat,
    "es": es,
    "aedat2": aedat2,
    "aedat3.1": aedat31,
}
