import SpikeSignals

/// A rate coding with regular times: an integrate-and-fire neuron without leak that gives one threshold back for each spike.
///
/// ```
/// v += x * rate * tick;  n = floor(v) spikes;  v -= n      interspike interval 1 / (x * rate)
/// x^ = count over a window / (rate * window)               |x^ - mean of x over the window| <= 1 / (rate * window)
/// ```
/// A perfect integrator with a reset that subtracts: first-order sigma-delta modulation (Inose, Yasuda and Murakami, IRE Trans.
/// SET-8 (1962) 204). v begins at one half, so that rounding favours neither early nor late spikes. After lost ticks it
/// goes on with the potential it had.
struct RegularCoder: SpikeCoder {
    private static let threshold: Int64 = 1 << 48
    /// Spikes in a tick at a value of 1, Q32, at most 255 * 2^32.
    private let gain: Int64
    /// v, Q48, below the threshold between ticks.
    private var potentials: [Int64]

    init(_ parameters: CodingParameters, values: Int) {
        gain = SetUpMath.fixed(parameters.spikesPerTick, bits: 32)
        potentials = Array(repeating: Self.threshold / 2, count: values)
    }

    mutating func restart() {}

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        for value in 0..<min(values.count, counts.count, potentials.count) {
            // At most 2^48 + 2^16 * 255 * 2^32, which is below 2^57 and gives 255 spikes at most: nothing is rounded.
            let potential = potentials[value] &+ values[value] &* gain
            counts[value] = UInt8(truncatingIfNeeded: min(potential &>> 48, 255))
            potentials[value] = potential & (Self.threshold - 1)
        }
    }
}

/// Counts the spikes of the latest window: what a rate coding says. Before a whole window has passed, the rest counts as silence.
struct RateDecoder: SpikeDecoder {
    let delay: Int
    let bound: Double?
    private let window: Int
    private let values: Int
    /// What one spike stands for, Q40.
    private let unit: Int64
    /// The counts of the ticks of the window, a row for each.
    private var rows: [UInt8]
    private var sums: [Int64]
    private var row = 0

    init(_ parameters: CodingParameters, values: Int) {
        window = parameters.windowTicks
        self.values = values
        let spikes = parameters.spikesPerTick * Double(window)
        unit = SetUpMath.fixed(1 / spikes, bits: 40)
        delay = (window - 1) / 2
        bound = parameters.method == .regular ? min(1, 1 / spikes) : nil
        rows = Array(repeating: 0, count: window * values)
        sums = Array(repeating: 0, count: values)
    }

    mutating func restart() {
        for index in rows.indices { rows[index] = 0 }
        for index in sums.indices { sums[index] = 0 }
    }

    mutating func decode(_ counts: Span<UInt8>, tick: Int64, into estimates: inout MutableSpan<Int64>) {
        let start = row &* values
        for value in 0..<min(counts.count, estimates.count, sums.count) {
            sums[value] &+= Int64(counts[value]) &- Int64(rows[start &+ value])
            rows[start &+ value] = counts[value]
            // What a full window of the greatest rate gives is 1 = 2^40; only the spikes of another coder can be too many.
            let (product, isTooMuch) = sums[value].multipliedReportingOverflow(by: unit)
            estimates[value] = isTooMuch ? CodingParameters.one : min(product &>> 24, CodingParameters.one)
        }
        row = row &+ 1 == window ? 0 : row &+ 1
    }
}
