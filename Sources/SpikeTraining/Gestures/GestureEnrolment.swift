import SpikeEncoders
import SpikeNetwork
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Adds a class to a trained network by learning one more output from a handful of recordings.
///
/// Everything that is there stays as it is, bit for bit: the layers that fire, and the outputs of the old classes. The
/// potential of an output is linear in the traces of the neurons that it sees,
/// ```
/// F[t] = d F[t-1] + spikes[t]         u[t] = (w F[t] + b B[t]) / 2^bits,   B[t] = d B[t-1] + 1
/// ```
/// so the traces are computed once, by the engine, and learning is a logistic regression on windows of evidence, as
/// ``PooledLoss`` has them: some hundred steps over a few thousand windows.
public struct GestureEnrolment {
    /// A recording as the new output sees it.
    public struct Example: Sendable {
        /// Whether it shows the new class.
        var isNew: Bool
        /// Its label among the old classes, if it is of one.
        var label: Int?
        var ticks: Int
        /// `[tick][neuron]`, and the trace of the bias.
        var traces: [Float]
        var biasTrace: [Float]
        /// The potentials of the old outputs in octaves, `[tick][output]`.
        var potentials: [Float]
    }

    /// The network before.
    public let network: NetworkDescription

    private let scaleBits: Int
    private let connection: Int
    private let source: Int
    private let decay: Float
    private let outputs: Int

    /// How learning goes.
    public struct Settings: Hashable, Sendable {
        /// Steps over all windows.
        public var steps = 400
        /// Ticks of a window.
        public var windowTicks = 20
        /// The largest step of a weight, in whole-number units.
        public var rate: Float = 0.6
        /// What weights cost, which keeps those small that do not help.
        public var decay: Float = 2e-4

        /// The defaults.
        public init() {}
    }

    /// Prepares to add an output to `network`, whose potentials are octaves times 2 to the power `scaleBits`.
    ///
    /// - Throws: if the readout is not fed by exactly one firing population without delay, as trained networks have it.
    public init(_ network: NetworkDescription, scaleBits: Int) throws(SpikelineError) {
        self.network = network
        self.scaleBits = scaleBits
        let readout = network.populations.count - 1
        let feeding = network.connections.indices.filter { network.connections[$0].target == readout }
        guard feeding.count == 1, case .population(let source) = network.connections[feeding[0]].source,
            network.connections[feeding[0]].delays == [0], network.connections[feeding[0]].pattern == .dense,
            case .leakyIntegrator(let decay) = network.populations[readout].neuron
        else {
            throw SpikelineError(
                "expected a readout that sees one layer without delays, found another one",
                hint: "Train the network with spikeline train gesture")
        }
        connection = feeding[0]
        self.source = source
        self.decay = Float(decay) / 32_768
        outputs = network.populations[readout].size
    }

    /// What the network makes of `clip`; `label` is nil for the new class.
    public func example(_ clip: SpikeClip, label: Int?) throws(SpikelineError) -> Example {
        let engine = try SpikingNetwork(network)
        let neurons = network.populations[source].size
        var example = Example(
            isNew: label == nil, label: label, ticks: clip.ticks, traces: [], biasTrace: [], potentials: [])
        var trace = [Float](repeating: 0, count: neurons)
        var bias: Float = 0
        let unit = 1 / Float(1 << scaleBits)
        for tick in 0..<clip.ticks {
            try engine.step(clip.tick(tick))
            for neuron in 0..<neurons { trace[neuron] *= decay }
            engine.forEachSpike(ofPopulation: source) { trace[Int($0.channel)] += Float($0.count) }
            bias = bias * decay + 1
            example.traces += trace
            example.biasTrace.append(bias)
            for output in 0..<outputs { example.potentials.append(Float(engine.potential(ofOutput: output)) * unit) }
        }
        return example
    }

    /// The network with one more output, learned from `examples`; both kinds count alike, however many there are.
    public func learn(_ examples: [Example], settings: Settings = Settings()) throws(SpikelineError)
        -> NetworkDescription
    {
        let neurons = network.populations[source].size
        let parameters = FloatBuffer(neurons + 1)
        let gradients = FloatBuffer(neurons + 1)
        let adam = Adam(count: neurons + 1)
        let windows = windows(examples, ticks: settings.windowTicks)
        let news = windows.reduce(Float(0)) { $0 + (examples[$1.example].isNew ? 1 : 0) }
        let olds = Float(windows.count) - news
        guard news > 0, olds > 0 else {
            throw SpikelineError(
                "expected recordings of at least \(settings.windowTicks) ticks of the new gesture and of others, found "
                    + "\(Int(news)) and \(Int(olds)) windows")
        }
        // Nothing fires for the new class at first.
        unsafe parameters.start[neurons] = -0.5 * Float(1 << scaleBits) * (1 - decay)
        for step in 0..<settings.steps {
            gradients.clear()
            for window in windows {
                let weight = examples[window.example].isNew ? 0.5 / news : 0.5 / olds
                addGradient(
                    of: window.ticks, examples[window.example], weight: weight, parameters: parameters, to: gradients)
            }
            for index in 0..<neurons {
                unsafe gradients.start[index] += settings.decay * parameters.start[index] / Float(1 << scaleBits)
            }
            let rate = settings.rate * (1 - Float(step) / Float(settings.steps))
            adam.step(parameters, gradients: gradients, rate: rate, weightDecay: 0)
            for index in 0..<neurons {
                unsafe parameters.start[index] = min(max(parameters.start[index], -127), 127)
            }
        }
        return extended(parameters.array)
    }

    private func windows(_ examples: [Example], ticks: Int) -> [(example: Int, ticks: Range<Int>)] {
        examples.indices.flatMap { index in
            stride(from: 0, through: examples[index].ticks - ticks, by: ticks).map { (index, $0..<$0 + ticks) }
        }
    }

    private func addGradient(
        of ticks: Range<Int>, _ example: Example, weight: Float, parameters: FloatBuffer, to gradients: FloatBuffer
    ) {
        let neurons = parameters.count - 1
        let unit = 1 / Float(1 << scaleBits)
        var potentials: [Float] = []
        for tick in ticks {
            var sum = unsafe example.biasTrace[tick] * parameters.start[neurons]
            for neuron in 0..<neurons {
                unsafe sum += example.traces[tick * neurons + neuron] * parameters.start[neuron]
            }
            potentials.append(sum * unit)
        }
        // The share of the new output in all evidence of the window.
        var largest = potentials.max() ?? 0
        for tick in ticks {
            for output in 0..<outputs { largest = max(largest, example.potentials[tick * outputs + output]) }
        }
        var old: Float = 0
        for tick in ticks {
            for output in 0..<outputs { old += exp2(example.potentials[tick * outputs + output] - largest) }
        }
        let powers = potentials.map { exp2($0 - largest) }
        let new = powers.reduce(0, +)
        let slope = weight * (new / (new + old) - (example.isNew ? 1 : 0)) * 0.693_147_18 * unit / new
        for (index, tick) in ticks.enumerated() {
            let factor = slope * powers[index]
            for neuron in 0..<neurons {
                unsafe gradients.start[neuron] += factor * example.traces[tick * neurons + neuron]
            }
            unsafe gradients.start[neurons] += factor * example.biasTrace[tick]
        }
    }

    /// The network with a column of rounded `weights` and a bias more.
    private func extended(_ weights: [Float]) -> NetworkDescription {
        var network = network
        let readout = network.populations.count - 1
        let old = network.connections[connection].weights
        var all: [Int8] = []
        for neuron in 0..<weights.count - 1 {
            all += old[neuron * outputs..<(neuron + 1) * outputs]
            all.append(Int8(weights[neuron].rounded()))
        }
        network.connections[connection].weights = all
        network.populations[readout].thresholds.append(1)
        network.populations[readout].biases.append(Int32(weights[weights.count - 1].rounded()))
        return network
    }
}
