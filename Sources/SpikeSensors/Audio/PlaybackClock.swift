import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Lets stream time pass as fast as the monotonic clock, from the first wait on.
struct PlaybackClock {
    private var started: timespec?

    /// Sleeps until stream time `time`.
    mutating func wait(until time: StreamTime) {
        var start = timespec()
        if let started { start = started } else { unsafe clock_gettime(CLOCK_MONOTONIC, &start) }
        started = start
        let (seconds, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let nanoseconds = Int64(start.tv_nsec) + rest
        var due = timespec(
            tv_sec: start.tv_sec + Int(seconds + nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000)
        )
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nil) == EINTR {}
    }
}
