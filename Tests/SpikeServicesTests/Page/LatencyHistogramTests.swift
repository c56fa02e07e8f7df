import Testing

@testable import SpikeServices

@Suite("How long records take") struct LatencyHistogramTests {
    @Test("quantiles and buckets of known times")
    func quantiles() {
        var histogram = LatencyHistogram()
        #expect(histogram.milliseconds(share: 0.5) == nil)
        for milliseconds in 1...100 { histogram.add(nanoseconds: Int64(milliseconds) * 1_000_000) }
        #expect(histogram.milliseconds(share: 0.5) == 50 && histogram.milliseconds(share: 0.99) == 99)
        #expect(histogram.count(within: 20) == 20 && histogram.count(within: 5_000) == 100)
        histogram.add(nanoseconds: .max)
        histogram.add(nanoseconds: -5)
        #expect(histogram.milliseconds(share: 1) == 10_000 && histogram.count(within: 1) == 2 && histogram.count == 102)
    }

    @Test("stream time zero is found again when the clocks drift apart")
    func drift() throws {
        var origin = StreamOrigin()
        #expect(origin.nanoseconds == nil)
        // Blocks of 100 ms arrive 1 to 40 ms late; the sensor's clock is 100 ppm slow, 36 ms in six minutes.
        for block in 1...3_600 {
            let upTo = Int64(block) * 100_000_000
            let late = Int64(1 + block * 7 % 40) * 1_000_000
            origin.add(upTo: upTo, now: 5_000_000_000 + upTo + upTo / 10_000 + late)
        }
        let found = try #require(origin.nanoseconds)
        #expect(abs(found - (5_000_000_000 + 36_000_000)) < 4_000_000)
    }
}
