#if canImport(Glibc)
import Glibc
#endif

/// The clock of the operating system that never jumps; only differences mean something.
package enum MonotonicClock {
    /// Nanoseconds since some time in the past.
    package static func nanoseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// The milliseconds from `now` to `deadline`, rounded up, as poll(2) wants them; at most a minute.
    package static func pollTime(to deadline: Int64, from now: Int64 = nanoseconds()) -> Int32 {
        deadline <= now ? 0 : Int32(min((deadline - now) / 1_000_000 + 1, 60_000))
    }

    /// Sleeps so many milliseconds.
    package static func sleep(milliseconds: Int64) { sleep(until: nanoseconds() + milliseconds * 1_000_000) }

    /// Sleeps until `deadline`.
    package static func sleep(until deadline: Int64) {
        var due = timespec(tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nil) == EINTR {}
    }
}
