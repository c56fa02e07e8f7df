import Testing

@testable import SpikeSensors

@Suite struct CaptureClockTests {
    private static let second: Int64 = 1_000_000_000
    private static let block: Int64 = 20_000_000

    /// A device and the clock that watches it; times in nanoseconds.
    private final class Bench {
        var clock = CaptureClock(now: 5_000)
        var now: Int64 = 5_000
        private var dice = SplitMix(state: 3)

        /// The device delivers for `seconds`, faster than the clock by `drift` parts per million, with up to 15 ms of delay.
        func run(_ seconds: Double, drift: Double = 0, jitter: Bool = true) -> [CaptureClock.Judgement] {
            var found: [CaptureClock.Judgement] = []
            let begin = now
            let count = Int(seconds * 50)
            for index in 1...count {
                now = begin + Int64(Double(index) * 20e6 / (1 + drift / 1e6))
                let delay = jitter ? Int64(dice.next() % 15_000_000) : 0
                let judgement = clock.add(CaptureClockTests.block, at: now + delay, hasWaited: true)
                if judgement != .onTime { found.append(judgement) }
            }
            return found
        }

        /// What has gathered comes at once.
        func flood(_ blocks: Int) -> [CaptureClock.Judgement] {
            (0..<blocks).map { _ in
                now += 100_000
                return clock.add(CaptureClockTests.block, at: now, hasWaited: false)
            }
        }
    }

    @Test(arguments: [-300.0, -50, 0, 80, 500]) func driftIsSeenThroughJitter(drift: Double) {
        let bench = Bench()
        #expect(bench.run(120, drift: drift) == [])
        #expect(abs(Double(bench.clock.driftPerMillion) - drift) < 20, "\(bench.clock.driftPerMillion)")
        #expect(bench.clock.isPaced)
        #expect(bench.clock.mostLate < 30_000_000)
    }

    /// A day of a crystal that is 200 ppm slow is 17 s, and no lateness.
    @Test func driftOfADayIsNoLateness() {
        for drift in [-200.0, 200] {
            let bench = Bench()
            #expect(bench.run(86_400, drift: drift, jitter: false) == [])
            #expect(bench.clock.isPaced)
        }
    }

    @Test func aReaderThatWasHeldUpIsToldOnceAndWhenItHasCaughtUp() {
        let bench = Bench()
        _ = bench.run(30)
        bench.now += 4_500_000_000
        let found = bench.flood(225).filter { $0 != .onTime }
        #expect(found == [.behind, .caughtUp])
        #expect(bench.clock.mostLate > 4_400_000_000 && bench.clock.mostLate < 4_600_000_000)
        #expect(bench.run(30) == [])
        #expect(bench.clock.isPaced)
    }

    @Test func whatADeviceLeavesOutIsAJumpAfterASecond() {
        let bench = Bench()
        _ = bench.run(30, jitter: false)
        bench.now += 3_000_000_000
        #expect(bench.run(1, jitter: false) == [])
        #expect(bench.run(0.1, jitter: false) == [.jumped])
        let late = bench.clock.lateness(at: bench.now)
        #expect(late == 3_000_000_000)
        bench.clock.skip(late)
        #expect(bench.run(30) == [])
        #expect(bench.clock.lateness(at: bench.now) < 30_000_000)
    }

    /// A server may hand out what it kept in pieces, so that the reader waits between them.
    @Test func whatComesInPiecesIsNoJump() {
        let bench = Bench()
        _ = bench.run(30, jitter: false)
        bench.now += 6_000_000_000
        var found: [CaptureClock.Judgement] = []
        for _ in 0..<40 {
            found += bench.run(0.02, jitter: false) + bench.flood(8).filter { $0 != .onTime }
        }
        #expect(found == [.behind, .caughtUp])
    }

    @Test func aSecondIsTolerated() {
        let bench = Bench()
        _ = bench.run(5, jitter: false)
        bench.now += 900_000_000
        #expect(bench.run(60, jitter: false) == [])
    }

    @Test func aFileKeepsNoTime() {
        let bench = Bench()
        #expect(bench.flood(500).allSatisfy { $0 == .onTime })
        #expect(!bench.clock.isPaced)
        bench.now += 10_000_000_000
        #expect(bench.flood(1) == [.onTime])
        #expect(bench.clock.lateness(at: bench.now + 5_000_000_000) == 0)
    }

    @Test func theTimeOfAGapIsKnownWhileItLasts() {
        let bench = Bench()
        _ = bench.run(10, jitter: false)
        let late = bench.clock.lateness(at: bench.now + 7_000_000_000)
        #expect(late == 7_000_000_000)
        bench.clock.skip(late)
        #expect(bench.clock.lateness(at: bench.now + 7_000_000_000) == 0)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): random numbers that are the same on every machine.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
