/// A leaky trace of the spikes of each channel: their mean count per tick over about 2^shift ticks.
///
/// ```
/// x += (count << 16 - x) >> shift          Q16
/// ```
struct SpikeTraces: Hashable, Sendable {
    /// The time constant is 2^shift ticks.
    let shift: Int
    /// Q16, at most 2^24.
    var values: [Int32]

    /// Traces of that many channels that have seen nothing.
    init(channels: Int, shift: Int) {
        self.shift = shift
        values = Array(repeating: 0, count: channels)
    }

    /// The time constant in ticks.
    var ticks: Int { 1 << shift }

    /// Takes in the counts of one tick, each at most 255.
    mutating func add(_ counts: [Int32]) { Self.add(counts.span, to: &values, shift: Int32(shift)) }

    private static func add(_ counts: Span<Int32>, to values: inout [Int32], shift: Int32) {
        var values = values.mutableSpan
        for channel in 0..<min(values.count, counts.count) {
            values[channel] &+= ((counts[channel] &<< 16) &- values[channel]) &>> shift
        }
    }
}
