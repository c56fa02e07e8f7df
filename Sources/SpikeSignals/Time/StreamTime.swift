/// A point in stream time: nanoseconds since the first sample or event of the stream.
///
/// Stream time is counted, never measured: sample 16,000 of a 16 kHz source is at exactly one second, whenever it was
/// processed. An `Int64` of nanoseconds spans 292 years.
public struct StreamTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since the start of the stream.
    public var nanoseconds: Int64

    /// A time that many nanoseconds after the start of the stream.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The time of sample `index` of a stream of `rate` samples per second, rounded down.
    ///
    /// Exact for every index below 2^63; `rate` is at least 1.
    public init(sample index: Int64, rate: Int) {
        let rate = Int64(max(rate, 1))
        let (whole, rest) = index.quotientAndRemainder(dividingBy: rate)
        nanoseconds = whole * 1_000_000_000 + rest * 1_000_000_000 / rate
    }

    /// The start of the stream.
    public static let zero = StreamTime(nanoseconds: 0)

    /// A time later than any a stream reaches: "nothing more will come".
    public static let end = StreamTime(nanoseconds: .max)

    /// Seconds since the start of the stream.
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    /// Whether `a` is earlier than `b`.
    public static func < (a: StreamTime, b: StreamTime) -> Bool { a.nanoseconds < b.nanoseconds }
}
