/// Order statistics of a few measurements.
public enum Percentile {
    /// The value below which `share` (0 to 1) of `values` lie, interpolated linearly between neighbours (Hyndman and
    /// Fan 1996, type 7: what NumPy does), or nil without values.
    public static func value(_ share: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let position = min(max(share, 0), 1) * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
    }

    /// The middle value, or nil without values.
    public static func median(of values: [Double]) -> Double? { value(0.5, of: values) }
}
