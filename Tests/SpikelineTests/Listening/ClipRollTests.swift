import SpikeSignals
import Testing

@testable import spikeline

/// A roll of 1,000 samples per second that keeps 100 ms before and 50 ms after; sample `i` is `i`.
@Suite struct ClipRollTests {
    /// A roll that can be changed inside an expectation.
    private final class Reel {
        private var roll = ClipRoll(rate: 1_000, preRollMs: 100, postRollMs: 50)

        func add(_ samples: [Int32], at first: Int64) -> [ClipRoll.Clip] { roll.add(samples, at: first) }
        func ask(_ ticket: Int, from: StreamTime, to: StreamTime) -> Bool { roll.ask(ticket, from: from, to: to) }
        func finish() -> [ClipRoll.Clip] { roll.finish() }
    }

    private let roll = Reel()

    private func time(_ sample: Int) -> StreamTime { StreamTime(sample: Int64(sample), rate: 1_000) }

    private func samples(_ range: Range<Int>) -> [Int32] { range.map { Int32($0) << 8 } }

    @Test func aClipIsCutWhenItsEndHasBeenHeard() {
        #expect(roll.add(samples(0..<1_000), at: 0) == [])
        #expect(roll.ask(7, from: time(800), to: time(990)))
        #expect(roll.add(samples(1_000..<1_039), at: 1_000) == [])
        let clips = roll.add(samples(1_039..<1_100), at: 1_039)
        #expect(clips == [ClipRoll.Clip(ticket: 7, firstSample: 700, samples: (700..<1_040).map { Int16($0) })])
        #expect(roll.finish() == [])
    }

    @Test func theStartOfTheStreamShortensIt() {
        _ = roll.add(samples(0..<50), at: 0)
        #expect(roll.ask(1, from: time(20), to: time(40)))
        let clips = roll.add(samples(50..<100), at: 50)
        #expect(clips.map(\.firstSample) == [0] && clips.map(\.samples.count) == [90])
    }

    @Test func theEndOfTheStreamShortensIt() {
        _ = roll.add(samples(0..<500), at: 0)
        #expect(roll.ask(1, from: time(400), to: time(490)))
        #expect(roll.finish().map(\.samples.count) == [200])
    }

    @Test func missingSamplesEndIt() {
        _ = roll.add(samples(0..<500), at: 0)
        #expect(roll.ask(1, from: time(400), to: time(490)))
        let clips = roll.add(samples(2_000..<2_100), at: 2_000)
        #expect(clips.map(\.samples) == [(300..<500).map { Int16($0) }])
        // Behind the gap the roll knows nothing of what was before.
        #expect(roll.ask(2, from: time(2_010), to: time(2_020)))
        #expect(roll.add(samples(2_100..<2_200), at: 2_100).map(\.firstSample) == [2_000])
    }

    @Test func nothingIsLongerThanTheRoll() {
        // 100 + 50 + 4,000 ms.
        for start in stride(from: 0, to: 10_000, by: 500) {
            _ = roll.add((start..<(start + 500)).map { Int32($0 % 100) << 8 }, at: Int64(start))
        }
        #expect(roll.ask(1, from: time(1_000), to: time(9_900)))
        #expect(roll.finish().allSatisfy { $0.samples.count <= 4_150 })
        #expect(roll.ask(2, from: time(0), to: time(100)))
        #expect(roll.finish() == [])
    }

    @Test func onlySoManyMayWait() {
        _ = roll.add(samples(0..<100), at: 0)
        for ticket in 0..<ClipRoll.mostWaiting { #expect(roll.ask(ticket, from: time(10), to: time(90))) }
        #expect(!roll.ask(99, from: time(10), to: time(90)))
        #expect(roll.add(samples(100..<200), at: 100).map(\.ticket) == Array(0..<ClipRoll.mostWaiting))
        #expect(roll.ask(99, from: time(110), to: time(190)))
    }

    @Test func samplesAreRoundedTo16Bits() {
        _ = roll.add([0x7F_FFFF, 1 << 23, -(1 << 23), 127, 128, -128, -129], at: 0)
        #expect(roll.ask(1, from: time(0), to: time(7)))
        #expect(roll.finish().first?.samples == [32_767, 32_767, -32_768, 0, 1, 0, -1])
    }
}
