import SpikeSignals
import Testing

@testable import SpikeSensors

/// When a sensor counts as silent, gone and back, with a clock of the test's own.
@Suite struct SensorPresenceTests {
    private static let second: Int64 = 1_000_000_000
    private let faults = SensorFaults()

    private func presence(_ milliseconds: Int = 2_000) -> SensorPresence {
        SensorPresence("camera", stalledAfterMs: milliseconds, faults: faults)
    }

    /// What has been told, as words.
    private func told() -> [String] {
        faults.take().map { fault in
            let lost = fault.lostMilliseconds.map { " \($0)" } ?? ""
            return "\(fault.kind.rawValue) \(fault.state.rawValue) \(fault.at.seconds)\(lost)"
        }
    }

    private func stream(_ seconds: Double) -> StreamTime { StreamTime(nanoseconds: Int64(seconds * 1e9)) }

    @Test func silenceIsToldOnceAndWhenItIsOver() {
        var presence = presence()
        presence.heard(at: 10 * Self.second, stream: stream(1))
        presence.silent(at: 12 * Self.second - 1, stream: stream(2.9))
        #expect(told() == [])
        presence.silent(at: 12 * Self.second, stream: stream(3))
        presence.silent(at: 20 * Self.second, stream: stream(11))
        #expect(told() == ["stalled onset 3.0"])
        presence.heard(at: 21 * Self.second + 500_000_000, stream: stream(12))
        presence.heard(at: 22 * Self.second, stream: stream(13))
        #expect(told() == ["stalled clear 12.0 11500"])
    }

    @Test func whoWasNeverHeardIsNotSilent() {
        var presence = presence()
        presence.silent(at: 1_000 * Self.second, stream: stream(1))
        #expect(told() == [])
    }

    @Test func zeroIsNever() {
        var presence = presence(0)
        presence.heard(at: 0, stream: .zero)
        presence.silent(at: .max, stream: stream(1))
        #expect(told() == [])
    }

    @Test func aBreakEndsASilenceAndIsToldOnce() {
        var presence = presence()
        presence.heard(at: Self.second, stream: stream(0))
        presence.silent(at: 4 * Self.second, stream: stream(3))
        presence.gone(at: 5 * Self.second, stream: stream(4))
        presence.gone(at: 6 * Self.second, stream: stream(5))
        presence.silent(at: 60 * Self.second, stream: stream(59))
        #expect(told() == ["stalled onset 3.0", "stalled clear 4.0", "dead onset 4.0"])
        presence.heard(at: 61 * Self.second, stream: stream(60))
        #expect(told() == ["dead clear 60.0 60000"])
    }

    @Test func whoComesAndGoesInALoopIsToldOnceASecond() {
        var presence = presence()
        presence.heard(at: 0, stream: stream(0))
        for step in 1...2_000 as ClosedRange<Int64> {
            let now = step * Self.second / 1_000
            presence.gone(at: now, stream: StreamTime(nanoseconds: now))
            presence.heard(at: now + 500_000, stream: StreamTime(nanoseconds: now))
        }
        #expect(told() == ["dead onset 0.001", "dead clear 0.001 1", "dead onset 1.001", "dead clear 1.001 1"])
        // Who is away for good in the end is told, with the time since the last data.
        presence.gone(at: Self.second * 2 + 700_000, stream: stream(2))
        presence.away(at: Self.second * 2 + 900_000, stream: stream(2.5))
        #expect(told() == [])
        presence.away(at: Self.second * 3, stream: stream(3))
        presence.away(at: Self.second * 9, stream: stream(9))
        presence.heard(at: Self.second * 10, stream: stream(10))
        #expect(told() == ["dead onset 3.0", "dead clear 10.0 7999"])
    }

    @Test func whoWasNeverThereIsMissedSinceItWasLookedFor() {
        var presence = presence()
        presence.gone(at: 3 * Self.second, stream: stream(1))
        presence.heard(at: 5 * Self.second, stream: stream(3))
        #expect(told() == ["dead onset 1.0", "dead clear 3.0 2000"])
    }
}
