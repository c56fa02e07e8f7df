"""Recordings that look like a sensor's: edges that move over rows which are read out one by one, and noise.

A read-out gives events of one row with one time and one polarity in rising x: either a few where an upright edge crosses
the row, or, along a flat edge, a run of many neighbours, which EVT 2.1 and EVT 3 pack into vectors. Times rise irregularly.
"""

import numpy

from .events import Events


class Scene:
    def __init__(self, name, width, height, events, start, runs, scattered, gap, noise):
        """runs: the part of the read-outs that are runs; scattered: events of another read-out beyond the first;
        gap: mean time between read-outs in microseconds; noise: the part of the read-outs that no edge caused."""
        self.name, self.width, self.height, self.events, self.start = name, width, height, events, start
        self.runs, self.scattered, self.gap, self.noise = runs, scattered, gap, noise

    def make(self, events, seed):
        """This many events, in parts."""
        random = numpy.random.default_rng([seed, self.width, self.height])
        edges = Edges(random, self.width, self.height)
        done, t, row = 0, self.start, 0
        while done < events:
            readouts = 200_000
            steps = random.exponential(self.gap, readouts).astype(numpy.int64)
            steps[random.random(readouts) < 1e-5] += 3000
            times = t + numpy.cumsum(steps)
            rows = (row + numpy.cumsum(random.geometric(0.4, readouts))) % self.height
            t, row = int(times[-1]), int(rows[-1])
            part = self.read_out(random, edges, times, rows)[: events - done]
            done += len(part)
            yield part

    def read_out(self, random, edges, times, rows):
        count = len(times)
        is_run = random.random(count) < self.runs
        is_noise = ~is_run & (random.random(count) < self.noise)
        edge = random.integers(0, len(edges.x), count)
        centre = edges.at(edge, times, rows)
        centre[is_noise] = random.integers(0, self.width, numpy.count_nonzero(is_noise))
        rows = numpy.where(is_noise, random.integers(0, self.height, count), rows)
        spans = numpy.where(
            is_run, random.integers(24, min(200, self.width), count), 1 + random.poisson(self.scattered, count)
        )
        spans[is_noise] = 1
        density = numpy.where(is_run, random.uniform(0.2, 0.7, count), 1.0)
        owner = numpy.repeat(numpy.arange(count), spans)
        offset = numpy.arange(len(owner)) - numpy.repeat(numpy.cumsum(spans) - spans, spans)
        kept = random.random(len(owner)) < density[owner]
        owner, offset = owner[kept], offset[kept]
        # Another edge may cross the same row: the events of a read-out that is no run lie about two to three places.
        other = edges.at(
            (edge[owner] + 2 * random.integers(0, 4, len(owner))) % len(edges.x), times[owner], rows[owner]
        )
        jitter = random.normal(0, 4, len(owner)).astype(numpy.int64)
        x = numpy.where(is_run[owner], centre[owner] + offset, other + jitter)
        x = numpy.where(is_noise[owner], centre[owner], x)
        inside = (x >= 0) & (x < self.width)
        owner, x = owner[inside], x[inside]
        key = numpy.unique(owner * 4096 + x)
        owner, x = key // 4096, key % 4096
        p = numpy.where(is_noise, random.integers(0, 2, count), edge % 2)
        return Events(times[owner], x, rows[owner], p[owner])


class Edges:
    """Pairs of a rising (odd) and a falling (even) edge that swing between the sides of the sensor."""

    def __init__(self, random, width, height):
        count = 8
        self.width = width
        self.x = numpy.repeat(random.uniform(0, width, count), 2) + numpy.tile([0, width / 20], count)
        self.slope = numpy.repeat(random.uniform(-0.7, 0.7, count), 2)
        self.speed = numpy.repeat(random.uniform(-0.5, 0.5, count) * width, 2)

    def at(self, edge, t, y):
        x = self.x[edge] + self.slope[edge] * y + self.speed[edge] * (t * 1e-6)
        folded = numpy.mod(x, 2 * self.width)
        return numpy.minimum(folded, 2 * self.width - 1 - folded).astype(numpy.int64)


SCENES = [
    Scene("hd", 1280, 720, 20_000_000, start=12_345_678, runs=0.0007, scattered=1.0, gap=0.9, noise=0.15),
    Scene("hdvec", 1280, 720, 8_000_000, start=16_345_678, runs=0.033, scattered=1.0, gap=0.9, noise=0.15),
    Scene("dvs128", 128, 128, 4_000_000, start=2_000_001, runs=0.004, scattered=0.6, gap=8.0, noise=0.2),
]
