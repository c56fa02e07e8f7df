import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("The hot pixel filter") struct HotPixelTests {
    @Test("they are found, counted and dropped, and the scene stays") func hot() throws {
        var dice = Dice(state: 2)
        let hot = [Place(x: 3, y: 4), Place(x: 63, y: 47), Place(x: 0, y: 0)]
        let shots = (0..<3_000).map { _ in
            let place = hot[dice.pick(0...2)]
            return SeenEvent(time: Int64(dice.pick(0...2_000_000)), x: place.x, y: place.y, isOn: true)
        }
        let scene = Scene.stream(shots, Scene.bar(), Scene.bar(from: 1_200_000))
        let filter = try HotPixelFilter()
        let seen = try run(AnyTransform(filter), scene.batches(most: 700, dice: &dice))
        #expect(filter.maskedPixels == 3)
        let start = scene.events[0].time
        let late = scene.events.filter { $0.time >= start + 1_000_000 }
        #expect(
            seen.events.filter { $0.time >= start + 1_000_000 }
                == late.filter { !hot.contains(Place(x: $0.x, y: $0.y)) })
        #expect(seen.events.filter { $0.time < start + 1_000_000 }.count == scene.events.count - late.count)
    }

    @Test("a pixel that cools down comes back with relearning, and a listed one never") func relearning()
        throws
    {
        var parameters = HotPixelFilter.Parameters()
        (parameters.learnMilliseconds, parameters.relearnMilliseconds) = (100, 200)
        parameters.pixels = [.init(x: 9, y: 9)]
        let filter = try HotPixelFilter(parameters)
        let hot = (0..<2_000).map { SeenEvent(time: $0 * 100, x: 5, y: 5, isOn: true) }
        let cool = (0..<60).map { SeenEvent(time: 200_000 + $0 * 20_000, x: 5, y: 5, isOn: true) }
        let listed = (0..<1_400).map { SeenEvent(time: $0 * 1_000, x: 9, y: 9, isOn: true) }
        var dice = Dice(state: 3)
        let batches = Scene.stream(hot, listed, cool).batches(most: 100, dice: &dice)
        let seen = try run(AnyTransform(filter), batches)
        #expect(!seen.events.contains { $0.x == 9 })
        // Until 100 ms all pass, until 300 ms none, and then all again.
        #expect(seen.events.filter { $0.time < 100_000 }.count == 1_000)
        #expect(!seen.events.contains { (100_000..<300_000).contains($0.time) })
        #expect(seen.events.filter { $0.time >= 300_000 }.count == 55)
        #expect(filter.maskedPixels == 1)
    }

    @Test("where time steps back, learning goes on and ends") func hotStepBack() throws {
        var parameters = HotPixelFilter.Parameters()
        parameters.learnMilliseconds = 10
        let filter = try HotPixelFilter(parameters)
        let times = Array(stride(from: Int64(0), to: 9_000, by: 100)) + stride(from: -500_000, to: -480_000, by: 100)
        var stream = EventStream(size: Scene.size)
        stream.events = times.map { SeenEvent(time: $0, x: 1, y: 1, isOn: true) }
        var dice = Dice(state: 3)
        let seen = try run(AnyTransform(filter), stream.batches(most: 30, dice: &dice))
        #expect(seen.events.count == 90 + 100)
        #expect(filter.maskedPixels == 1)
    }

    @Test("hot pixels of a list alone: nothing is ever learned, not even at the end of time") func noLearning() throws {
        var parameters = HotPixelFilter.Parameters()
        parameters.learnMilliseconds = 0
        parameters.pixels = [.init(x: 1, y: 1)]
        var rule = HotPixelRule(parameters)
        try rule.begin(on: SensorGrid(width: 4, height: 4))
        for time in [Int64.min, 0, .max] {
            #expect(!rule.judge(PixelEvent(offset: 0, x: 1, y: 1, isOn: true), at: time).isKept)
            #expect(rule.judge(PixelEvent(offset: 0, x: 2, y: 1, isOn: true), at: time).isKept)
            #expect(!rule.isLearning)
        }
    }

    @Test("the median of counts is exact", arguments: 0..<20) func median(seed: Int) {
        var dice = Dice(state: UInt64(seed))
        let pixels = dice.pick(1...40)
        let counts = EventCounts(pixels: pixels)
        var expected = [Int](repeating: 0, count: pixels)
        for pixel in 0..<pixels {
            expected[pixel] = dice.pick(0...3) == 0 ? 0 : dice.pick(0...[3, 300, 70_000][seed % 3])
            for _ in 0..<expected[pixel] { counts.add(pixel) }
        }
        #expect(Int(counts.median) == expected.sorted()[(pixels - 1) / 2])
        #expect((0..<pixels).map { Int(counts[$0]) } == expected)
        counts.clear()
        #expect(counts.median == 0)
    }

    @Test("no pixels have no median") func emptyMedian() { #expect(EventCounts(pixels: 0).median == 0) }
}
