/// How many events a camera gave in a tick, as the ``SpikeBatch/levels`` of its spikes.
///
/// ```
/// level = round(1000 log2 count)       count 1: 0    2: 1000    3: 1585    1,000: 9966       no events: unknown
/// ```
/// Thousandths of an octave tell all counts up to 1,000 apart and are within 0.08 % of larger ones. Whole numbers only,
/// so a level is the same on every machine. Cost: 16 multiplications for a level, 500 for a count.
public enum EventLevel {
    /// The largest count that a level can say; larger ones count as it.
    public static let maximumCount = Int(UInt32.max)

    /// The level of that many events; ``SpikeBatch/unknownLevel`` for none.
    public static func level(ofCount count: Int) -> Int16 {
        guard count > 0 else { return SpikeBatch.unknownLevel }
        let count = UInt64(min(count, maximumCount))
        let octave = 63 - count.leadingZeroBitCount
        // The mantissa in Q31, in [1, 2). Squaring it doubles its logarithm, whose whole part is the next bit.
        var mantissa = count << UInt64(31 - octave)
        var logarithm = Int64(octave)
        for _ in 0..<16 {
            mantissa = (mantissa &* mantissa) >> 31
            let isAbove = mantissa >> 32
            mantissa >>= isAbove
            logarithm = logarithm << 1 | Int64(isAbove)
        }
        return Int16(truncatingIfNeeded: (logarithm * 1_000 + 1 << 15) >> 16)
    }

    /// The least count that has that level or a higher one; 0 if it is unknown.
    public static func count(ofLevel level: Int16) -> Int {
        guard level != SpikeBatch.unknownLevel else { return 0 }
        var (low, high) = (1, maximumCount)
        while low < high {
            let middle = (low + high) / 2
            if EventLevel.level(ofCount: middle) >= level { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
