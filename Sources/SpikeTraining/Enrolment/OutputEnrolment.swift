import SpikeNetwork
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Adds a class to a trained network by learning one more output from a handful of recordings.
///
/// Everything that is there stays as it is, bit for bit: the layers that fire, and the outputs of the old classes. The
/// potential of an output is linear in the traces of the neurons that it sees, now or some ticks ago,
/// ```
/// F[t] = d F[t-1] + spikes[t]       u[t] = (sum over delays k: w_k F[t-k] + b B[t]) / 2^bits,   B[t] = d B[t-1] + 1
/// ```
/// so the traces are computed once, by the engine, and learning is a logistic regression on windows of evidence: see
/// ``learn(_:settings:)``. Delays that the readout does not have yet are given to it with weights of zero for the old
/// outputs, which adds zeros to their sums.
public struct OutputEnrolment: Sendable {
    /// A recording as the new output sees it.
    public struct Example: Sendable {
        /// Whether it shows the new class.
        public var isNew: Bool
        /// The number of ticks.
        public var ticks: Int
        /// The ticks that learning looks at.
        public var judged: Range<Int>
        /// `[tick][neuron]`, and the trace of the bias.
        var traces: [Float]
        var biasTrace: [Float]
        /// The potentials of the old outputs in octaves, `[tick][output]`.
        var potentials: [Float]
    }

    /// What was learned: the weights and the bias of the new output.
    public struct NewOutput: Hashable, Sendable {
        /// `[delay][neuron]`, with the neurons of all layers that the readout sees one after the other.
        public var weights: [Int8]
        /// What is added in each tick.
        public var bias: Int32
    }

    /// The network before, with the delays that the new output needs.
    public let network: NetworkDescription
    /// The delays of the new output in ticks.
    public let delays: [Int]
    /// The number of neurons that the readout sees.
    public let neurons: Int
    /// The number of old outputs.
    public let outputs: Int
    /// What is left of a trace after a tick.
    let decay: Float
    let scaleBits: Int

    /// Each connection to the readout: its index, the population it comes from, and the first of its neurons among all.
    private let sources: [(connection: Int, population: Int, first: Int)]

    /// Prepares to add an output to `network`, whose potentials are octaves times 2 to the power `scaleBits`.
    ///
    /// - Parameter delays: how many ticks ago the new output sees spikes, ascending.
    /// - Throws: if the readout is not fed by firing layers that are connected fully to it, each once.
    public init(_ network: NetworkDescription, scaleBits: Int, delays: [Int] = [0]) throws(SpikelineError) {
        let readout = network.populations.count - 1
        let feeding = network.connections.indices.filter { network.connections[$0].target == readout }
        var network = network
        var sources: [(connection: Int, population: Int, first: Int)] = []
        var first = 0
        for index in feeding {
            guard case .population(let source) = network.connections[index].source,
                network.connections[index].pattern == .dense, !sources.contains(where: { $0.population == source })
            else { break }
            sources.append((index, source, first))
            first += network.populations[source].size
        }
        guard !feeding.isEmpty, sources.count == feeding.count,
            case .leakyIntegrator(let decay) = network.populations[readout].neuron
        else {
            throw SpikelineError(
                "expected a readout that sees layers of neurons that fire, each once and fully connected, found another "
                    + "one", hint: "Train the network with spikeline train")
        }
        for source in sources {
            let size = network.populations[source.population].size * network.populations[readout].size
            network.connections[source.connection] = network.connections[source.connection].with(
                delays: delays, weightsPerTap: size)
        }
        self.network = network
        self.delays = delays
        self.sources = sources
        self.scaleBits = scaleBits
        self.decay = Float(decay) / 32_768
        neurons = first
        outputs = network.populations[readout].size
    }

    /// What the network makes of `clip`.
    ///
    /// - Parameter judged: the ticks that learning looks at; all by default.
    public func example(_ clip: SpikeClip, isNew: Bool, judged: Range<Int>? = nil) throws(SpikelineError) -> Example {
        let engine = try SpikingNetwork(network)
        var example = Example(
            isNew: isNew, ticks: clip.ticks, judged: (judged ?? 0..<clip.ticks).clamped(to: 0..<clip.ticks), traces: [],
            biasTrace: [], potentials: [])
        example.traces.reserveCapacity(clip.ticks * neurons)
        var trace = [Float](repeating: 0, count: neurons)
        var bias: Float = 0
        let unit = 1 / Float(1 << scaleBits)
        for tick in 0..<clip.ticks {
            try engine.step(clip.tick(tick))
            for neuron in 0..<neurons { trace[neuron] *= decay }
            for source in sources {
                engine.forEachSpike(ofPopulation: source.population) {
                    trace[source.first + Int($0.channel)] += Float($0.count)
                }
            }
            bias = bias * decay + 1
            example.traces += trace
            example.biasTrace.append(bias)
            for output in 0..<outputs { example.potentials.append(Float(engine.potential(ofOutput: output)) * unit) }
        }
        return example
    }

    /// The network with the new output, the last of all.
    public func network(with new: NewOutput) -> NetworkDescription {
        var network = network
        let readout = network.populations.count - 1
        for source in sources {
            let connection = network.connections[source.connection]
            let size = network.populations[source.population].size
            var all: [Int8] = []
            all.reserveCapacity(connection.weights.count / outputs * (outputs + 1))
            for (tap, delay) in connection.delays.enumerated() {
                let own = delays.firstIndex(of: delay)
                for neuron in 0..<size {
                    let row = (tap * size + neuron) * outputs
                    all += connection.weights[row..<row + outputs]
                    all.append(own.map { new.weights[$0 * neurons + source.first + neuron] } ?? 0)
                }
            }
            network.connections[source.connection].weights = all
        }
        network.populations[readout].thresholds.append(1)
        network.populations[readout].biases.append(new.bias)
        return network
    }

    /// `new` with a potential that is `octaves` higher, as far as its bias can say it.
    public func raised(_ new: NewOutput, by octaves: Double) -> NewOutput {
        var raised = new
        let change = (octaves * Double(1 << scaleBits) * Double(1 - decay)).rounded()
        raised.bias = Int32(min(max(Double(new.bias) + change, -1_000_000), 1_000_000))
        return raised
    }
}

extension Connection {
    /// The connection with further delays, whose weights are zero; those that it has keep their weights.
    func with(delays more: [Int], weightsPerTap size: Int) -> Connection {
        var connection = self
        connection.delays = Set(delays + more).sorted()
        connection.weights = connection.delays.flatMap { delay in
            delays.firstIndex(of: delay).map { Array(weights[$0 * size..<($0 + 1) * size]) }
                ?? [Int8](repeating: 0, count: size)
        }
        return connection
    }
}
