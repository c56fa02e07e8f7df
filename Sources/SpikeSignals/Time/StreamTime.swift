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
    /// Exact within the 292 years that a stream time spans, and at their end beyond; `rate` is 1 to 2^32.
    public init(sample index: Int64, rate: Int) {
        let rate = Int64(min(max(rate, 1), 1 << 32))
        let (whole, rest) = index.quotientAndRemainder(dividingBy: rate)
        let (seconds, isTooLate) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isTooFar) = seconds.addingReportingOverflow(rest * 1_000_000_000 / rate)
        nanoseconds = isTooLate || isTooFar ? (index < 0 ? .min : .max) : sum
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
