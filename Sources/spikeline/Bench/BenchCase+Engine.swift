import SpikeNetwork
import SpikeSignals

extension BenchCase {
    /// The engine against the same arithmetic in plain C.
    static let engine = BenchCase(
        name: "engine", summary: "synaptic operations per second of the network engine, against plain C"
    ) { () throws(SpikelineError) in
        let description = BenchNetwork.description(inputs: 80)
        let input = BenchNetwork.input(ticks: 2_000, for: description)
        let network = try SpikingNetwork(description)
        func runEngine() throws(SpikelineError) {
            network.reset()
            for tick in 0..<input.count { try network.step(input.spikes[input.range(ofTick: tick)]) }
        }
        try runEngine()
        let operations = Double(network.synapticOperations)
        guard let function = CCompiler.function("run", in: EngineReference.source),
            let problem = EngineReference.Problem(description, input: input)
        else {
            let seconds = try Stopwatch.least(of: 20, runEngine) {}
            return BenchResult(value: operations / seconds.first / 1e6, unit: "M synaptic operations/s")
        }
        let expected = problem.run(function)
        let potentials = (0..<network.outputs).map(network.potential)
        guard expected.potentials == potentials, expected.operations == Int64(network.synapticOperations) else {
            throw SpikelineError("engine and C reference disagree", at: "bench engine", cause: .defect)
        }
        let seconds = try Stopwatch.least(of: 20, runEngine) { _ = problem.run(function) }
        return BenchResult(
            value: operations / seconds.first / 1e6, unit: "M synaptic operations/s", reference: function.command,
            referenceValue: operations / seconds.second / 1e6)
    }
}

/// A network of the shape of the shipped one with random weights, so that the benchmark needs no file.
enum BenchNetwork {
    private static let width = 128

    /// Four layers of 128 neurons with five taps each, a readout of 12 that sees the last two; ticks of 20 ms.
    static func description(inputs: Int) -> NetworkDescription {
        var random = Random()
        let dilations = [1, 2, 4, 8]
        var connections: [Connection] = []
        for (layer, dilation) in dilations.enumerated() {
            let sources = layer == 0 ? inputs : width
            connections.append(
                Connection(
                    source: layer == 0 ? .input : .population(layer - 1), target: layer,
                    delays: (0..<5).map { $0 * dilation }, weights: random.weights(5 * sources * width)))
        }
        for layer in [2, 3] {
            connections.append(Connection(source: .population(layer), target: 4, weights: random.weights(width * 12)))
        }
        let neuron = NeuronModel.lif(SpikingParameters(membraneDecay: 1 << 14, maximumSpikes: 7))
        let layers = dilations.indices.map {
            Population(
                name: "layer\($0)", neuron: neuron, thresholds: Array(repeating: 260, count: width),
                biases: Array(repeating: 4, count: width))
        }
        let readout = Population(
            name: "readout", neuron: .leakyIntegrator(membraneDecay: 26_214),
            thresholds: Array(repeating: 1, count: 12), biases: Array(repeating: 0, count: 12))
        return NetworkDescription(
            tickNanoseconds: 20_000_000, inputs: inputs, maximumInputSpikes: 15, populations: layers + [readout],
            connections: connections)
    }

    /// Ticks in which a fifth of the channels fire once or twice.
    static func input(ticks: Int, for network: NetworkDescription) -> SpikeBatch {
        var random = Random()
        let batch = SpikeBatch()
        batch.channels = network.inputs
        batch.tickNanoseconds = network.tickNanoseconds
        for _ in 0..<ticks {
            for channel in 0..<network.inputs where random.next() % 5 == 0 {
                batch.append(channel: channel, count: 1 + Int(random.next() % 2))
            }
            batch.endTick()
        }
        return batch
    }

    /// A reproducible generator (Marsaglia 2003, xorshift64).
    struct Random {
        private var state: UInt64 = 88_172_645_463_325_252

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state >> 11
        }

        mutating func weights(_ count: Int) -> [Int8] {
            (0..<count).map { _ in Int8(truncatingIfNeeded: Int(next() % 61) - 30) }
        }
    }
}
