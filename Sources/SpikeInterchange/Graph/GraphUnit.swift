import SpikeSignals

/// What one node does with its values.
protocol GraphUnit {
    /// Computes the values of a step.
    mutating func step(_ input: [Double], into output: inout [Double])
    /// Forgets everything.
    mutating func reset()
    /// How many values it takes if it gives the shape `shape`.
    func inputs(of shape: [Int]) -> Int
    /// Gives what it knew before the step; for delays.
    mutating func recall(into output: inout [Double])
    /// Takes what came in the step; for delays.
    mutating func remember(_ input: [Double])
}

extension GraphUnit {
    mutating func reset() {}
    func inputs(of shape: [Int]) -> Int { shape.product }
    mutating func recall(into output: inout [Double]) {}
    mutating func remember(_ input: [Double]) {}
}

/// `Input`, `Output` and `Flatten`: the values as they are.
struct PassUnit: GraphUnit {
    mutating func step(_ input: [Double], into output: inout [Double]) { output = input }
}

/// `Linear` and `Affine`: `y = W x + b` with `W[target][source]`.
struct LinearUnit: GraphUnit {
    let weights: [Double]
    let biases: [Double]
    let columns: Int

    mutating func step(_ input: [Double], into output: inout [Double]) {
        let (w, x) = (weights.span, input.span)
        for row in biases.indices {
            var sum = 0.0
            for column in 0..<columns { sum += w[row * columns + column] * x[column] }
            output[row] = sum + biases[row]
        }
    }

    func inputs(of shape: [Int]) -> Int { columns }
}

/// `Scale`: each value times its own factor.
struct ScaleUnit: GraphUnit {
    let factors: [Double]
    mutating func step(_ input: [Double], into output: inout [Double]) {
        for cell in factors.indices { output[cell] = input[cell] * factors[cell] }
    }
}

/// `Threshold`: one for what lies above the threshold.
struct ThresholdUnit: GraphUnit {
    let thresholds: [Double]
    mutating func step(_ input: [Double], into output: inout [Double]) {
        for cell in thresholds.indices { output[cell] = input[cell] > thresholds[cell] ? 1 : 0 }
    }
}

/// `Delay`: each value by a number of steps of its own.
struct DelayUnit: GraphUnit {
    let steps: [Int]
    private var past: [[Double]]
    private var now = 0

    init(steps: [Int]) {
        self.steps = steps
        past = steps.map { [Double](repeating: 0, count: max($0, 1)) }
    }

    /// The longest delay.
    static let maximumSteps = 65_536

    /// The delays of `node` in steps, to the nearest.
    static func steps(
        _ node: NeuronGraph.Node, rule: StepRule, in file: String
    ) throws(SpikelineError) -> [Int] {
        try (node.arrays["delay"]?.values ?? []).map { (delay) throws(SpikelineError) in
            let steps = (delay / rule.dt).rounded()
            guard steps >= 0, steps <= Double(maximumSteps) else {
                throw SpikelineError(
                    "the delay \(delay) of \"\(node.name)\" is not 0 to \(maximumSteps) steps of \(rule.dt)", at: file)
            }
            return Int(steps)
        }
    }

    mutating func reset() { self = DelayUnit(steps: steps) }

    mutating func step(_ input: [Double], into output: inout [Double]) { output = input }

    mutating func recall(into output: inout [Double]) {
        for cell in steps.indices { output[cell] = past[cell][now % past[cell].count] }
    }

    mutating func remember(_ input: [Double]) {
        for cell in steps.indices { past[cell][now % past[cell].count] = input[cell] }
        now += 1
    }
}

/// `LIF`, `CubaLIF`, `LI`, `CubaLI`, `IF` and `I`, as ``StepRule`` says.
struct NeuronUnit: GraphUnit {
    /// What is fixed for each neuron.
    struct Coefficients {
        /// The share that the potential moves toward its target in a step; nil for one without leak.
        var membrane: [Double]?
        /// The same of the synaptic current; nil without one.
        var synapse: [Double]?
        var inputWeight: [Double]
        var resistance: [Double]
        var leak: [Double]
        /// Nil if it never fires.
        var threshold: [Double]?
        var resetPotential: [Double]
    }

    let fixed: Coefficients
    let rule: StepRule
    private(set) var potentials: [Double]
    private var currents: [Double]
    /// Spikes whose reset is still to come.
    private var pending: [Double]

    init(_ fixed: Coefficients, rule: StepRule) {
        self.fixed = fixed
        self.rule = rule
        potentials = Array(repeating: 0, count: fixed.resistance.count)
        currents = potentials
        pending = potentials
    }

    mutating func reset() { self = NeuronUnit(fixed, rule: rule) }

    mutating func step(_ input: [Double], into output: inout [Double]) {
        for n in potentials.indices {
            var current = input[n]
            if let synapse = fixed.synapse {
                currents[n] += synapse[n] * (fixed.inputWeight[n] * current - currents[n])
                current = currents[n]
            }
            var v = potentials[n]
            if let membrane = fixed.membrane {
                v += membrane[n] * (fixed.leak[n] - v + fixed.resistance[n] * current)
            } else {
                v += fixed.resistance[n] * current
            }
            guard let threshold = fixed.threshold else {
                (potentials[n], output[n]) = (v, v)
                continue
            }
            // Resets that are made before the comparison.
            let early = early(n, threshold[n])
            if early > 0 { v = afterSpikes(early, v, threshold[n], n) }
            let spikes = v > threshold[n] ? count(v, threshold[n]) : 0
            output[n] = spikes
            pending[n] = spikes
            switch rule.moment {
            case .before: break
            case .after: if spikes > 0 { v = afterSpikes(spikes, v, threshold[n], n) }
            case .both:
                if spikes > early { v = afterSpikes(1, v, threshold[n], n) }
                if spikes < early { v += threshold[n] - fixed.resetPotential[n] }
            }
            potentials[n] = v
        }
    }

    /// How many spikes a neuron is reset for before its potential is compared.
    private func early(_ n: Int, _ threshold: Double) -> Double {
        switch rule.moment {
        case .after: 0
        case .before: pending[n]
        case .both: rule.reset == .subtract && potentials[n] > threshold ? 1 : 0
        }
    }

    /// How often a neuron fires whose potential is above the threshold.
    private func count(_ v: Double, _ threshold: Double) -> Double {
        guard rule.maximumSpikes > 1, threshold > 0 else { return 1 }
        return max(1, min((v / threshold).rounded(.down), Double(rule.maximumSpikes)))
    }

    private func afterSpikes(_ spikes: Double, _ v: Double, _ threshold: Double, _ n: Int) -> Double {
        rule.reset == .zero ? fixed.resetPotential[n] : v - spikes * threshold + fixed.resetPotential[n]
    }
}

/// `Conv1d` (of height one) and `Conv2d`, with groups, and `SumPool2d` and `AvgPool2d` as sums over each channel.
struct ConvolutionUnit: GraphUnit {
    /// Pairs of a row and a column, and of what belongs to them.
    struct Pair: Equatable {
        var row: Int
        var column: Int
    }

    /// The weights `[target][source of the group][row][column]`; nil for one weight that all share.
    let weights: [Double]?
    let shared: Double
    let biases: [Double]
    let input: (channels: Int, height: Int, width: Int)
    let output: (channels: Int, height: Int, width: Int)
    let kernel: Pair
    let stride: Pair
    let padding: Pair
    let dilation: Pair
    let groups: Int

    func inputs(of shape: [Int]) -> Int { input.channels * input.height * input.width }

    mutating func step(_ values: [Double], into result: inout [Double]) {
        let (inner, outer) = (input.channels / groups, output.channels / groups)
        for target in 0..<output.channels {
            let first = target / outer * inner
            for y in 0..<output.height {
                for x in 0..<output.width {
                    var sum = 0.0
                    for source in 0..<inner {
                        for ky in 0..<kernel.row {
                            let row = y * stride.row + ky * dilation.row - padding.row
                            guard row >= 0, row < input.height else { continue }
                            for kx in 0..<kernel.column {
                                let column = x * stride.column + kx * dilation.column - padding.column
                                guard column >= 0, column < input.width else { continue }
                                let value = values[((first + source) * input.height + row) * input.width + column]
                                let weight =
                                    weights?[((target * inner + source) * kernel.row + ky) * kernel.column + kx]
                                    ?? shared
                                sum += weight * value
                            }
                        }
                    }
                    result[(target * output.height + y) * output.width + x] = sum + biases[target]
                }
            }
        }
    }
}
