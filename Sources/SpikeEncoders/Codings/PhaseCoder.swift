import SpikeSignals

/// A phase coding: an oscillation that all neurons share lifts each over its threshold once a cycle, the earlier the larger its
/// value is at that moment.
///
/// ```
/// o(t) = (1 - cos(2 pi (t + 1) / P)) / 2                     from trough to trough in P ticks
/// fires at the first tick t of a cycle with x + o(t) > 1     x = 1: at once;  x = 0: never
/// x^ = half-way between 1 - o(t) and 1 - o(t - 1),  0 without a spike       |x^ - x| <= pi / 2P
/// ```
/// The mechanism of Hopfield, Nature 376 (1995) 33; that neurons of the hippocampus fire at earlier phases of the theta rhythm as an
/// animal proceeds is due to O'Keefe and Recce, Hippocampus 3 (1993) 317. The reference is the rhythm itself, and the
/// value counts when the spike comes, not when the window begins.
struct PhaseCoder: SpikeCoder {
    private let oscillation: [Int64]
    private var hasFired: [Bool]

    init(_ parameters: CodingParameters, values: Int) {
        oscillation = Self.oscillation(parameters.windowTicks)
        hasFired = Array(repeating: true, count: values)
    }

    /// o(t) of each tick of a cycle, Q16.
    static func oscillation(_ period: Int) -> [Int64] {
        (1...period).map { tick in
            // The cosine is even, so the second half of the circle is the first one backwards.
            let angle = 2 * SetUpMath.pi * Double(min(tick, period - tick)) / Double(period)
            return SetUpMath.fixed((1 - SetUpMath.cosineAndSine(angle).cosine) / 2, bits: 16)
        }
    }

    mutating func restart() {
        for index in hasFired.indices { hasFired[index] = true }
    }

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        let position = Int(truncatingIfNeeded: tick % Int64(oscillation.count))
        let needed = CodingParameters.one &- oscillation[position]
        for value in 0..<min(values.count, counts.count, hasFired.count) {
            let isFree = position == 0 ? true : !hasFired[value]
            let fires = isFree ? values[value] > needed : false
            hasFired[value] = fires ? true : !isFree
            counts[value] = fires ? 1 : 0
        }
    }

    static func decoder(_ parameters: CodingParameters, values: Int) -> SingleSpikeDecoder {
        let oscillation = oscillation(parameters.windowTicks)
        var (table, bound): ([Int64], Int64) = ([], 0)
        for (tick, now) in oscillation.enumerated() {
            let (low, high) = (
                CodingParameters.one - now, CodingParameters.one - (tick == 0 ? 0 : oscillation[tick - 1])
            )
            // On the way down only a value that rises can fire: it has just passed what was needed.
            table.append(high > low ? (low + high) / 2 : low)
            bound = max(bound, high - low)
        }
        // Who stays silent is below what the peak needs; that is not 0 if no tick meets the peak.
        let rest = CodingParameters.one - (oscillation.max() ?? CodingParameters.one)
        table.append(rest / 2)
        return SingleSpikeDecoder(
            table: table, values: values, delay: parameters.windowTicks,
            bound: Double(bound) / Double(2 * CodingParameters.one))
    }
}
