/// How long to wait before the next attempt: 0.1 s, and after each failure twice as long, up to 5 s.
struct Backoff {
    /// The first pause and the longest, in nanoseconds.
    static let shortest: Int64 = 100_000_000
    static let longest: Int64 = 5_000_000_000

    private var pause = Backoff.shortest

    /// The pause before the next attempt, in nanoseconds.
    mutating func next() -> Int64 {
        defer { pause = min(2 * pause, Backoff.longest) }
        return pause
    }

    /// It has worked: the next failure begins anew.
    mutating func reset() { pause = Backoff.shortest }
}
