/// How long to wait before the next attempt: 0.1 s, and after each failure twice as long, up to a longest pause.
///
/// Each pause is up to a fifth shorter by chance, so that many senders do not come back to a peer at the same moment.
public struct Pause {
    private static let shortest: Int64 = 100_000_000

    /// The longest pause, in nanoseconds.
    let longest: Int64
    private var next = Pause.shortest

    /// Pauses of at most `seconds`.
    public init(longestSeconds seconds: Double) { longest = max(Pause.shortest, Int64(min(seconds, 86_400) * 1e9)) }

    /// The pause before the next attempt, in nanoseconds.
    public mutating func take() -> Int64 {
        defer { next = min(2 * next, longest) }
        let pause = min(next, longest)
        return pause - Int64.random(in: 0...pause / 5)
    }

    /// It has worked: the next failure begins anew.
    public mutating func reset() { next = Pause.shortest }
}
