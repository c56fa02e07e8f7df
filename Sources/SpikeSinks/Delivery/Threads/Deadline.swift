import SpikeSignals
import Synchronization

/// A point in time by which something must have ended, and which may be brought forward while it goes on.
final class Deadline: Sendable {
    private let time: Atomic<Int64>

    /// `nanoseconds` of ``MonotonicClock``; never by default.
    init(_ nanoseconds: Int64 = .max) { time = Atomic(nanoseconds) }

    /// The point in time, of ``MonotonicClock``.
    var nanoseconds: Int64 { time.load(ordering: .relaxed) }

    /// Brings it forward to `nanoseconds`; a later time changes nothing.
    func bringForward(to nanoseconds: Int64) { _ = time.min(nanoseconds, ordering: .relaxed) }

    /// Whether it has passed.
    var hasPassed: Bool { MonotonicClock.nanoseconds() >= nanoseconds }
}
