import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Lets stream time pass as fast as the monotonic clock, or some times faster, from the first wait on.
struct PlaybackClock {
    /// The speeds that a recording may be played with.
    static let speeds = 0.1...100.0

    private var started: timespec?
    private let speed: Double

    /// A clock that runs `speed` times as fast as the monotonic one; one of ``speeds``.
    init(speed: Double = 1) { self.speed = speed }

    /// Sleeps until stream time `time`.
    mutating func wait(until time: StreamTime) {
        var start = timespec()
        if let started { start = started } else { unsafe clock_gettime(CLOCK_MONOTONIC, &start) }
        started = start
        // Stream time is below 2^63 ns; at a tenth of the speed it is cut off after 29 years of waiting.
        let passed =
            speed == 1 ? time.nanoseconds : Int64(min(max(Double(time.nanoseconds) / speed, 0), 0x1p62))
        let (seconds, rest) = passed.quotientAndRemainder(dividingBy: 1_000_000_000)
        let nanoseconds = Int64(start.tv_nsec) + rest
        var due = timespec(
            tv_sec: start.tv_sec + Int(seconds + nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000)
        )
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nil) == EINTR {}
    }
}
