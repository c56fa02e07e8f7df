import SpikeSignals

/// A population coding: each of m neurons has a value that it prefers and fires the earlier the closer the value is to it.
///
/// ```
/// centre_i = (2 i - 3) / 2 / (m - 2),  i = 1 ... m           one neuron lies beyond either end of the range
/// sigma    = 1 / (1.5 (m - 2))
/// r_i      = exp(-(x - centre_i)^2 / (2 sigma^2))            from 0 to 1
/// t_i      = round((1 - r_i) L)  ticks after the window began; none if t_i > 0.9 L
/// x^       = sum r^_i centre_i / sum r^_i,  r^_i = 1 - t_i / L      the centre of mass;  |x^ - x| <= 0.25 / (m - 2)
/// ```
/// Bohte, Kok and La Poutre, "Error-backpropagation in temporally encoded networks of spiking neurons", Neurocomputing 48
/// (2002) 17, with their 1.5 and their limit of nine tenths. Channel `value * m + i - 1` is neuron i.
struct PopulationCoder: SpikeCoder {
    /// The published ratio of distance to width of the fields.
    private static let overlap = 1.5
    private let window: Int64
    private var line: DelayLine
    private let centres: [Int64]
    /// Distance in Q16 to distance in sigmas with 8 fraction bits, Q16.
    private let perSigma: Int64
    /// exp(-u^2 / 2) for u in steps of 1/256 up to 6, Q16.
    private let gaussian: [Int64]

    init(_ parameters: CodingParameters, values: Int) {
        window = Int64(parameters.windowTicks)
        line = DelayLine(window: parameters.windowTicks, channels: values * parameters.neurons)
        centres = Self.centres(parameters.neurons)
        perSigma = SetUpMath.fixed(Self.overlap * Double(parameters.neurons - 2), bits: 16)
        gaussian = (0...(6 * 256)).map { step in
            let distance = Double(step) / 256
            return SetUpMath.fixed(SetUpMath.exp(-distance * distance / 2), bits: 16)
        }
    }

    /// The preferred values of the neurons, Q16; the first lies below 0 and the last above 1.
    static func centres(_ neurons: Int) -> [Int64] {
        (1...neurons).map { SetUpMath.fixed(Double(2 * $0 - 3) / 2 / Double(neurons - 2), bits: 16) }
    }

    mutating func restart() { line.restart() }

    mutating func code(_ values: Span<Int64>, tick: Int64, into counts: inout MutableSpan<UInt8>) {
        if line.begins(at: tick) {
            let neurons = centres.count
            let most = window &* 9 / 10
            for value in 0..<min(values.count, counts.count / neurons) {
                for neuron in 0..<neurons {
                    let ticks =
                        ((CodingParameters.one &- response(neuron, values[value])) &* window &+ (1 &<< 15)) &>> 16
                    line.set(value &* neurons &+ neuron, to: ticks > most ? .max : ticks)
                }
            }
        }
        line.fire(tick, into: &counts)
    }

    /// r of a neuron, Q16; straight lines between the steps of the table are within 2e-6.
    private func response(_ neuron: Int, _ value: Int64) -> Int64 {
        // A distance of at most 1.5 times at most 93 sigmas: 24 fraction bits stay below 2^33.
        let distance = (abs(value &- centres[neuron]) &* perSigma) &>> 8
        let step = Int(distance &>> 16)
        guard step < gaussian.count - 1 else { return 0 }
        let low = gaussian[step]
        return low &+ ((gaussian[step + 1] &- low) &* (distance & 0xffff) &+ (1 &<< 15)) &>> 16
    }
}

/// The centre of mass of a population; what a window says is held over the next one.
struct PopulationDecoder: SpikeDecoder {
    let delay: Int
    let bound: Double?
    private let window: Int64
    private let centres: [Int64]
    /// Sums over the neurons that have fired in the window of r, and of r times the centre; r in whole ticks.
    private var masses: [Int64]
    private var moments: [Int64]
    private var held: [Int64]
    private var isWhole = false

    init(_ parameters: CodingParameters, values: Int) {
        window = Int64(parameters.windowTicks)
        delay = parameters.windowTicks + parameters.windowTicks / 2
        // No closed form: the largest error of all values is 0.223 distances for a window of 2, and less for longer ones.
        bound = 0.25 / Double(parameters.neurons - 2)
        centres = PopulationCoder.centres(parameters.neurons)
        masses = Array(repeating: 0, count: values)
        moments = Array(repeating: 0, count: values)
        held = Array(repeating: 0, count: values)
    }

    mutating func restart() { isWhole = false }

    mutating func decode(_ counts: Span<UInt8>, tick: Int64, into estimates: inout MutableSpan<Int64>) {
        let position = tick % window
        let neurons = centres.count
        for value in 0..<min(counts.count / neurons, estimates.count, held.count) {
            if position == 0 {
                if isWhole, masses[value] > 0 {
                    held[value] = min(max(moments[value] / masses[value], 0), CodingParameters.one)
                }
                (masses[value], moments[value]) = (0, 0)
            }
            for neuron in 0..<neurons where counts[value &* neurons &+ neuron] > 0 {
                // At most 64 neurons, 2^12 ticks and centres below 2^17: the sums stay below 2^35.
                masses[value] &+= window &- position
                moments[value] &+= (window &- position) &* centres[neuron]
            }
            estimates[value] = held[value]
        }
        if position == 0 { isWhole = true }
    }
}
