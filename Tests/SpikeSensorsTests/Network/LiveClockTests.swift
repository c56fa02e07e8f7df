import SpikeSignals
import Testing

@testable import SpikeSensors

@Suite struct LiveClockTests {
    private let second: Int64 = 1_000_000_000

    @Test func followsOurClockBeforeTheFirstEvent() {
        var clock = LiveClock(lagMilliseconds: 50, now: 5 * second)
        clock.pass(at: 6 * second)
        #expect(clock.upTo == StreamTime(nanoseconds: second))
        #expect(clock.accepted(at: 6 * second) == nil)
        clock.restart(from: 1_000_000_000, at: 6 * second + 400)
        // Whole microseconds, and not before what was promised.
        #expect(clock.startTime == 1_000_000_000 - 1_000_001)
        #expect(clock.jumps == 0)
    }

    @Test func staysBehindOurClockWhileQuiet() {
        var clock = LiveClock(lagMilliseconds: 50, now: 0)
        clock.restart(from: 77, at: 0)
        clock.advance(to: 77 + 200_000, at: second)
        clock.pass(at: second + 10_000_000)
        #expect(clock.upTo.nanoseconds == 200_000_000)
        clock.pass(at: second + 90_000_000)
        #expect(clock.upTo.nanoseconds == 240_000_000)
    }

    @Test func staysFurtherBehindASenderThatGathers() {
        var clock = LiveClock(lagMilliseconds: 50, now: 0)
        clock.restart(from: 0, at: 0)
        clock.advance(to: 0, at: 0)
        clock.pass(at: 100_000_000)
        #expect(clock.lateBefore == 50_000)
        clock.fallBehind(for: 1_000, at: 100_000_000)
        // The event was 99 ms behind our clock.
        #expect(clock.lag == 109_000_000)
        clock.fallBehind(for: -(1 << 50), at: 100_000_000)
        #expect(clock.lag == LiveClock.longestLag)
    }

    @Test func takesALongStepBackForAClockThatBeganAnew() {
        var clock = LiveClock(lagMilliseconds: 0, now: 0)
        clock.restart(from: 10_000_000, at: 0)
        clock.advance(to: 12_000_000, at: 2 * second)
        #expect(clock.accepted(at: 2 * second) == 11_000_000...72_000_000)
        #expect(clock.accepted(at: 2 * second)?.contains(5) == false)
        clock.restart(from: 5, at: 3 * second)
        #expect(clock.jumps == 1)
        clock.advance(to: 1_000_005, at: 4 * second)
        #expect(clock.upTo.nanoseconds == 4 * second)
    }

    @Test func countsNoJumpForANewConnection() {
        var clock = LiveClock(lagMilliseconds: 0, now: 0)
        clock.restart(from: 9, at: 0)
        clock.forget()
        #expect(clock.accepted(at: second) == nil)
        clock.restart(from: 3, at: second)
        #expect(clock.jumps == 0)
    }

    /// Times at the ends of what a sensor may say: saturates, and stream time never reaches the end of all streams.
    @Test func saturates() {
        var clock = LiveClock(lagMilliseconds: 0, now: 0)
        for step in 0..<200_000 {
            let time = step % 2 == 0 ? EventBatch.sensorTimes.upperBound : EventBatch.sensorTimes.lowerBound
            clock.restart(from: time, at: Int64(step))
            clock.advance(to: EventBatch.sensorTimes.upperBound, at: Int64(step))
            clock.fallBehind(for: EventBatch.sensorTimes.lowerBound, at: Int64(step))
            clock.pass(at: Int64(step))
            #expect(clock.upTo < .end)
        }
        #expect(clock.jumps == 199_999)
    }
}
