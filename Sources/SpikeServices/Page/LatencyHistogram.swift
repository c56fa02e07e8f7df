/// How long something took, in whole milliseconds up to ten seconds.
struct LatencyHistogram: Sendable {
    /// Upper ends of the buckets that Prometheus is shown, in milliseconds.
    static let bounds = [1, 2, 5, 10, 20, 50, 100, 200, 300, 500, 1_000, 2_000, 5_000]

    private var counts = [Int](repeating: 0, count: 10_001)
    /// How many were counted.
    private(set) var count = 0
    /// Their sum in seconds.
    private(set) var seconds = 0.0

    /// Counts one; what is negative counts as 0, what is longer than ten seconds as ten.
    mutating func add(nanoseconds: Int64) {
        let time = min(max(nanoseconds, 0), 10_000_000_000)
        counts[Int((time + 999_999) / 1_000_000)] += 1
        count += 1
        seconds += Double(time) / 1e9
    }

    /// The milliseconds within which `share` of them were; nil if there were none.
    func milliseconds(share: Double) -> Int? {
        guard count > 0 else { return nil }
        var left = Int((share * Double(count)).rounded(.up))
        for (index, number) in counts.enumerated() {
            left -= number
            if left <= 0 { return index }
        }
        return counts.count - 1
    }

    /// How many took at most so many milliseconds, which are at most 10,000.
    func count(within milliseconds: Int) -> Int { counts[...milliseconds].reduce(0, +) }
}

/// When, by the clock of the machine, stream time was zero: a live block cannot come before its sound has been heard.
///
/// The least difference between arrival and ``StreamTime`` over the last 10 to 20 s, so that clocks may drift apart.
struct StreamOrigin: Sendable {
    private static let window: Int64 = 10_000_000_000
    private var (current, former) = (Int64.max, Int64.max)
    private var windowEnd: Int64 = 0

    /// A block that ends at `upTo` has come at `now`, both in nanoseconds.
    mutating func add(upTo: Int64, now: Int64) {
        if now >= windowEnd {
            former = windowEnd == 0 ? .max : current
            current = .max
            windowEnd = now + StreamOrigin.window
        }
        current = min(current, now &- upTo)
    }

    /// The time of the machine's clock at stream time zero; nil before the first block.
    var nanoseconds: Int64? {
        let least = min(current, former)
        return least == .max ? nil : least
    }
}
