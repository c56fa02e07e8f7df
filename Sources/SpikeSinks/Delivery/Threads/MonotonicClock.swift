#if canImport(Glibc)
import Glibc
#endif

/// The clock of the operating system that never jumps; only differences mean something.
public enum MonotonicClock {
    /// Nanoseconds since some time in the past.
    public static func nanoseconds() -> Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
    }

    /// The milliseconds from now to `deadline`, rounded up, as poll(2) wants them; at most a minute.
    static func pollTime(to deadline: Int64) -> Int32 {
        let now = nanoseconds()
        return deadline <= now ? 0 : Int32(min((deadline - now) / 1_000_000 + 1, 60_000))
    }
}
