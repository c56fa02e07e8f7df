import SpikeSignals
import Testing

@Suite struct StreamTimeTests {
    @Test func samplesAreCountedExactly() {
        #expect(StreamTime(sample: 16_000, rate: 16_000).nanoseconds == 1_000_000_000)
        #expect(StreamTime(sample: 1, rate: 16_000).nanoseconds == 62_500)
        #expect(StreamTime(sample: 1, rate: 44_100).nanoseconds == 22_675)
        #expect(StreamTime(sample: 44_100 * 86_400 * 365, rate: 44_100).nanoseconds == 86_400 * 365 * 1_000_000_000)
        #expect(StreamTime(sample: 0, rate: 8_000) == .zero)
    }

    @Test func neverTraps() {
        #expect(StreamTime(sample: .max, rate: 1).nanoseconds == .max)
        #expect(StreamTime(sample: .min, rate: 1).nanoseconds == .min)
        #expect(StreamTime(sample: 5, rate: 0).nanoseconds == 5_000_000_000)
        #expect(StreamTime(sample: 5, rate: -7).nanoseconds == 5_000_000_000)
        #expect(StreamTime(sample: .max, rate: .max).nanoseconds > 0)
        #expect(StreamTime(sample: 9_223_372_036, rate: 1).nanoseconds == 9_223_372_036_000_000_000)
        #expect(StreamTime(sample: 9_223_372_037, rate: 1).nanoseconds == .max)
    }

    @Test func isOrdered() {
        #expect(StreamTime.zero < StreamTime(nanoseconds: 1))
        #expect(StreamTime(sample: 1_000_000, rate: 1) < .end)
        #expect(StreamTime(nanoseconds: 1_500_000_000).seconds == 1.5)
    }
}
