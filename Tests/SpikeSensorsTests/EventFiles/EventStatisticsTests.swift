import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// What is gathered of a recording, batch by batch, against the same from all events at once.
struct EventStatisticsTests {
    private func gather(_ events: [PlainEvent], size: SensorSize?) -> EventStatistics {
        var statistics = EventStatistics(size: size)
        for batch in EventSamples.batches(events) where batch.count > 0 { statistics.add(batch) }
        return statistics
    }

    @Test("Random streams", arguments: 0..<12) func plainWay(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        let start = [0, -3_000_000, 1_700_000_000_000_000, 77][seed % 4] as Int64
        var stream = EventStreams(
            columns: 90, rows: 70, start: start, pauses: (30, [400_000, 9_000_000_000][seed % 2]))
        if seed % 3 == 0 { stream.stepsBack = (20, 300_000) }
        let events = stream.events(5_000, &dice)
        let size = seed % 2 == 0 ? SensorSize(width: 90, height: 70) : nil
        let found = gather(events, size: size)
        let times = events.map(\.time)
        #expect(found.events == events.count && found.on == events.count { $0.isOn })
        #expect(found.sumOfTimes == times.reduce(0, &+))
        #expect(found.sumOfColumns == events.reduce(0) { $0 + Int($1.x) })
        #expect(found.sumOfRows == events.reduce(0) { $0 + Int($1.y) })
        #expect(found.largest == (89, 69))
        #expect(found.first?.time == times[0] && found.last?.time == times[times.count - 1])
        #expect(found.first?.event.x == events[0].x && found.last?.event.isOn == events[events.count - 1].isOn)
        let steps = zip(times, times.dropFirst()).map { ($1 - $0, $0) }
        let pauses = steps.filter { $0.0 > 100_000 }
        #expect(found.pauses == pauses.count && !pauses.isEmpty)
        let longest = pauses.max { $0.0 < $1.0 }
        #expect(found.longestPause.duration == longest?.0 && found.longestPause.at == longest?.1)
        #expect(found.stepsBack.count == steps.count { $0.0 < 0 })
        #expect(found.stepsBack.largest == max(0, -(steps.map(\.0).min() ?? 0)))
        checkTimeline(found.timeline, events)
        checkPixels(found.pixels, events)
        let span = max(0, times[times.count - 1] - times[0])
        #expect(found.duration == span)
        let rate = span > 0 ? Double(events.count) / (Double(span) / 1e6) : 0
        #expect(abs(found.meanRate - rate) <= 1e-9 * rate)
        guard stream.stepsBack.oneIn == 0 else { return }
        let windows = Dictionary(grouping: times) { ($0 - times[0]) / 10_000 }
        #expect(found.peakRate == Double(windows.values.map(\.count).max() ?? 0) * 100)
    }

    private func checkTimeline(_ timeline: EventTimeline, _ events: [PlainEvent]) {
        #expect(timeline.origin == events[0].time && timeline.counts.count <= EventTimeline.mostBins)
        #expect(timeline.binDuration.nonzeroBitCount >= 1 && timeline.binDuration % 1_000 == 0)
        var off = [Int](repeating: 0, count: timeline.counts.count)
        var on = off
        for event in events {
            let bin = Int(max(0, event.time - timeline.origin) / timeline.binDuration)
            if event.isOn { on[bin] += 1 } else { off[bin] += 1 }
        }
        #expect(timeline.counts.map(\.off) == off && timeline.counts.map(\.on) == on)
    }

    private func checkPixels(_ pixels: EventPixelCounts, _ events: [PlainEvent]) {
        let counts = Dictionary(grouping: events) { Int($0.y) * pixels.width + Int($0.x) }
        #expect(pixels.width >= 90 && pixels.height >= 70)
        for index in pixels.on.indices {
            let here = counts[index] ?? []
            let on = here.count { $0.isOn }
            if Int(pixels.on[index]) == on, Int(pixels.off[index]) == here.count - on { continue }
            Issue.record("pixel \(index)")
            return
        }
    }

    @Test func pixelsThatFireOnTheirOwn() {
        var events = (0..<2_000).map { PlainEvent(Int64($0), $0 % 40, $0 / 40 % 25, false) }
        events += (0..<101).map { PlainEvent(3_000 + Int64($0), 7, 5, true) }
        events += (0..<300).map { PlainEvent(4_000 + Int64($0), 39, 24, true) }
        let found = gather(events, size: SensorSize(width: 40, height: 25)).pixels.hotPixels
        #expect(
            found == [
                EventPixelCounts.Pixel(x: 39, y: 24, events: 302), EventPixelCounts.Pixel(x: 7, y: 5, events: 103),
            ])
        #expect(gather(Array(events.prefix(2_000)), size: nil).pixels.hotPixels.isEmpty)
        #expect(gather([], size: nil).pixels.hotPixels.isEmpty)
    }

    @Test func eventsOutsideTheSensorAreNotCountedOnPixels() {
        let found = gather(
            [PlainEvent(0, 5, 5, true), PlainEvent(1, 1, 1, true)], size: SensorSize(width: 4, height: 4))
        #expect(found.events == 2 && found.pixels.on.reduce(0, +) == 1 && found.largest == (5, 5))
    }

    @Test func nothingAtAll() {
        let found = EventStatistics(size: nil)
        #expect(found.duration == 0 && found.meanRate == 0 && found.peakRate == 0 && found.first == nil)
    }

    @Test("The ends of sensor time are no harm")
    func ends() {
        let end: Int64 = 1 << 53
        let found = gather(
            [PlainEvent(-end, 0, 0, true), PlainEvent(end, 65_535, 32_767, false), PlainEvent(-end, 0, 0, true)],
            size: nil)
        #expect(found.duration == 0 && found.stepsBack.largest == 2 * end && found.longestPause.duration == 2 * end)
        #expect(found.timeline.counts.reduce(0) { $0 + $1.on } == 2)
    }
}
