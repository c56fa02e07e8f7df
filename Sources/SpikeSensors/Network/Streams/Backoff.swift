/// How long to wait before the next attempt: 0.1 s, and after each failure twice as long, up to 5 s, unless told otherwise.
struct Backoff {
    /// The first pause and the longest, in nanoseconds.
    let shortest: Int64
    let longest: Int64

    private var pause: Int64

    /// Pauses from `shortest` to `longest`, in nanoseconds.
    init(shortest: Int64 = 100_000_000, longest: Int64 = 5_000_000_000) {
        self.shortest = shortest
        self.longest = longest
        pause = shortest
    }

    /// The pause before the next attempt, in nanoseconds.
    mutating func next() -> Int64 {
        defer { pause = min(2 * pause, longest) }
        return pause
    }

    /// It has worked: the next failure begins anew.
    mutating func reset() { pause = shortest }
}
