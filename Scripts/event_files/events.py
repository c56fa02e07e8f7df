"""Events in columns, and the numbers that two readers of one file must agree on."""

import hashlib

import numpy


class Events:
    """Events in file order: t in microseconds, x, y from the top left, p 1 for on and 0 for off; int64, u2, u2, u1."""

    __slots__ = ("t", "x", "y", "p")

    def __init__(self, t, x, y, p):
        self.t = numpy.ascontiguousarray(t, dtype=numpy.int64)
        self.x = numpy.ascontiguousarray(x, dtype=numpy.uint16)
        self.y = numpy.ascontiguousarray(y, dtype=numpy.uint16)
        self.p = numpy.ascontiguousarray(p, dtype=numpy.uint8)
        assert len(self.t) == len(self.x) == len(self.y) == len(self.p)

    def __len__(self):
        return len(self.t)

    def __getitem__(self, part):
        return Events(self.t[part], self.x[part], self.y[part], self.p[part])

    def chunks(self, size):
        for start in range(0, len(self), size):
            yield self[start : start + size]

    @staticmethod
    def concatenated(parts):
        parts = list(parts) or [Events([], [], [], [])]
        return Events(*(numpy.concatenate([getattr(part, name) for part in parts]) for name in Events.__slots__))


class Summary:
    """Count, ends and sums of the events that were added so far; sum_t wraps in 64 bits."""

    def __init__(self, hashed=False):
        self.events = self.on = self.sum_t = self.sum_x = self.sum_y = 0
        self.first = self.last = None
        self.hash = hashlib.sha256() if hashed else None

    def add(self, events):
        if len(events) == 0:
            return self
        row = [int(getattr(events, name)[0]) for name in Events.__slots__]
        self.first = self.first or row
        self.last = [int(getattr(events, name)[-1]) for name in Events.__slots__]
        self.events += len(events)
        self.on += int(numpy.count_nonzero(events.p))
        self.sum_t = wrapped(self.sum_t + int(events.t.sum(dtype=numpy.int64)))
        self.sum_x += int(events.x.sum(dtype=numpy.int64))
        self.sum_y += int(events.y.sum(dtype=numpy.int64))
        if self.hash:
            columns = [getattr(events, name).astype("<i8") for name in Events.__slots__]
            self.hash.update(numpy.stack(columns, axis=1).tobytes())
        return self

    def values(self):
        names = ("events", "on", "first", "last", "sum_t", "sum_x", "sum_y")
        values = {name: getattr(self, name) for name in names}
        if self.hash:
            values["sha256_txyp"] = self.hash.hexdigest()
        return values


def summary(events, hashed=False):
    """The values of a Summary of all these events; sha256_txyp is that of the events as int64 quadruples t,x,y,p."""
    total = Summary(hashed)
    for chunk in events.chunks(1 << 20):
        total.add(chunk)
    return total.values()


def differences(found, expected):
    """Which of the numbers differ, as text; empty if none does."""
    names = ("events", "on", "first", "last", "sum_t", "sum_x", "sum_y")
    different = [f"{name} {found[name]}, expected {expected[name]}" for name in names if found[name] != expected[name]]
    return "; ".join(different)


def wrapped(value):
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)
