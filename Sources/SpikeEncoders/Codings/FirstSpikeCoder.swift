import SpikeSignals

/// The time to the first spike: a leaky neuron begins at rest with each window, gathers its value, and fires once, when it
/// reaches the threshold.
///
/// ```
/// v += (x - v) (1 - e^(-1 / tau));  fires at the first tick with v >= threshold, then rests until the window ends
/// x held:  n = ceil(-tau ln(1 - threshold / x)) ticks              Gerstner et al., "Neuronal Dynamics", section 1.3
/// x^ = half-way between the least and the greatest value that give n;  0 without a spike
/// ```
/// A latency coding computes its delay from the value at one instant. Here nobody computes: the neuron follows the value as it
/// changes, noise is averaged, a value below the threshold never fires, and the delay grows as 1 / x, so large
/// values lie close together. Who fires first (the order of ranks) is decided by the same crossing (Thorpe and Gautrais,
/// "Rank order coding", 1998).
struct FirstSpikeCoder: SpikeCoder {
    private let window: Int64
    /// 1 - e^(-1/tau), Q30: a time constant of 10,000 ticks leaves 17 bits of it.
    private let gain: Int64
    /// Q32.
    private let threshold: Int64
    /// Q32; at rest 0, and ``silent`` from the spike to the window's end.
    private var potentials: [Int64]
    private static let silent: Int64 = -1

    init(_ parameters: CodingParameters, values: Int) {
        window = Int64(parameters.windowTicks)
        gain = SetUpMath.fixed(1 - SetUpMath.exp(-1 / parameters.tauTicks), bits: 30)
        threshold = SetUpMath.fixed(parameters.threshold, bits: 32)
        potentials = Array(repeating: Self.silent, count: values)
    }

    mutating func restart() {
        for index in potentials.indices { potentials[index] = Self.silent }
    }

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        let begins = tick % window == 0
        for value in 0..<min(values.count, counts.count, potentials.count) {
            var potential = begins ? 0 : potentials[value]
            counts[value] = 0
            guard potential != Self.silent else { continue }
            // Both are from 0 to 2^32, so the product with a gain of at most 2^30 fits.
            potential &+= ((values[value] &<< 16 &- potential) &* gain) &>> 30
            if potential >= threshold {
                counts[value] = 1
                potential = Self.silent
            }
            // Rounding down cannot take a value that is not negative below 0: the gain is at most 1.
            potentials[value] = potential
        }
    }

    static func decoder(_ parameters: CodingParameters, values: Int) -> SingleSpikeDecoder {
        let window = parameters.windowTicks
        // The least value that fires within n ticks.
        func least(_ n: Int) -> Double {
            min(1, parameters.threshold / (1 - SetUpMath.exp(-Double(n) / parameters.tauTicks)))
        }
        var (table, bound): ([Int64], Double) = ([], least(window))
        for n in 1...window {
            let (low, high) = (least(n), n == 1 ? 1 : least(n - 1))
            table.append(SetUpMath.fixed((low + high) / 2, bits: 16))
            bound = max(bound, (high - low) / 2)
        }
        // Silence may be any value below the least that fires; most often it is silence.
        table.append(0)
        return SingleSpikeDecoder(table: table, values: values, delay: window, bound: bound)
    }
}
