import SpikeNetwork
import SpikeSignals

/// The sizes and ranges that a network in a model file keeps; both directions check them.
///
/// They bound what reading can allocate. Whether sums can overflow is the engine's matter.
enum NetworkLimits {
    static let inputs = 1...65_535
    static let inputSpikes = 1...65_535
    static let tickNanoseconds = 1_000...10_000_000_000
    static let populations = 1...256
    static let neurons = 1...65_536
    static let connections = 1...1_024
    static let taps = 1...(Connection.maximumDelay + 1)
    /// Taps of all connections.
    static let nodes = 4_096
    /// In the whole network.
    static let weights = 1 << 26
    static let nameLength = 64

    /// Checks all of `network`; `file` is where it stands.
    static func check(_ network: NetworkDescription, file: String) throws(SpikelineError) {
        try expect(
            tickNanoseconds.contains(Int(network.tickNanoseconds)), "tick of \(network.tickNanoseconds) ns", file)
        try expect(inputs.contains(network.inputs), "number of inputs \(network.inputs)", file)
        try expect(inputSpikes.contains(network.maximumInputSpikes), "maximum of input spikes", file)
        try expect(populations.contains(network.populations.count), "number of populations", file)
        try expect(connections.contains(network.connections.count), "number of connections", file)
        var names = Set(["input", "output"])
        for population in network.populations {
            try check(population, file: file)
            try expect(names.insert(population.name).inserted, "second population called \"\(population.name)\"", file)
        }
        for (index, connection) in network.connections.enumerated() {
            try check(connection, "connection \(index)", of: network, file: file)
        }
        let taps = network.connections.reduce(0) { $0 + $1.delays.count }
        try expect(taps <= nodes, "number of taps \(taps)", file)
        try expect(network.weightCount <= weights, "number of weights \(network.weightCount)", file)
        for (index, population) in network.populations.enumerated() {
            let isFed = network.connections.contains { $0.target == index }
            try expect(isFed, "population \"\(population.name)\" without a connection to it", file)
        }
    }

    private static func check(_ population: Population, file: String) throws(SpikelineError) {
        let title = "population \"\(population.name)\""
        try expect(isName(population.name), "name of \(title) (letters, digits, _ and -, at most 64)", file)
        try expect(neurons.contains(population.size), "size \(population.size) of \(title)", file)
        try expect(population.biases.count == population.size, "number of biases of \(title)", file)
        try check(population.neuron, title, file: file)
        if case .leakyIntegrator = population.neuron { return }
        try expect(population.thresholds.allSatisfy { $0 >= 1 }, "threshold below 1 in \(title)", file)
    }

    private static func check(_ neuron: NeuronModel, _ title: String, file: String) throws(SpikelineError) {
        let decays: [Int32]
        switch neuron {
        case .lif(let shared): decays = [shared.membraneDecay]
        case .currentLIF(let shared, let synaptic): decays = [shared.membraneDecay, synaptic]
        case .adaptiveLIF(let shared, let adaptation, _): decays = [shared.membraneDecay, adaptation]
        case .leakyIntegrator(let membrane): decays = [membrane]
        }
        for decay in decays {
            try expect((0...NeuronModel.unity).contains(decay), "decay \(decay) of \(title)", file)
        }
        guard let shared = neuron.spiking else { return }
        try expect((1...255).contains(shared.maximumSpikes), "maximum of spikes of \(title)", file)
        try expect((0...1_000).contains(shared.refractoryTicks), "refractory period of \(title)", file)
        try expect(shared.floor <= 0, "floor \(shared.floor) of \(title)", file)
    }

    private static func check(
        _ connection: Connection, _ title: String, of network: NetworkDescription, file: String
    ) throws(SpikelineError) {
        let all = network.populations
        try expect(all.indices.contains(connection.target), "target \(connection.target) of \(title)", file)
        var sources = network.inputs
        if case .population(let source) = connection.source {
            try expect(all.indices.contains(source), "source \(source) of \(title)", file)
            try expect(all[source].neuron.spiking != nil, "source of \(title), which never fires", file)
            let isBackward = source >= connection.target && connection.delays.first == 0
            try expect(!isBackward, "delay 0 of \(title), whose source is updated after its target", file)
            sources = all[source].size
        }
        let delays = connection.delays
        try expect(taps.contains(delays.count), "number of delays of \(title)", file)
        let isAscending = zip(delays, delays.dropFirst()).allSatisfy { $0 < $1 }
        let isInRange = delays.allSatisfy { (0...Connection.maximumDelay).contains($0) }
        try expect(isAscending && isInRange, "delays of \(title) (ascending, 0 to \(Connection.maximumDelay))", file)
        let targets = all[connection.target].size
        if case .convolution(let convolution) = connection.pattern {
            try convolution.checkShapes(at: "\(file): \(title)")
            try expect(
                convolution.input.count == sources && convolution.output.count == targets,
                "convolution of \(title) between \(sources) and \(targets) neurons", file)
            try expect(
                network.grid(of: connection.source) == convolution.input, "second grid of the source of \(title)",
                file)
            try expect(
                network.grid(of: .population(connection.target)) == convolution.output,
                "second grid of the target of \(title)", file)
        }
        let count = delays.count * connection.weightsPerTap(sources: sources, targets: targets)
        try expect(
            connection.weights.count == count,
            "number of weights \(connection.weights.count) of \(title), not \(count)",
            file)
    }

    /// Whether `name` can name a population: letters, digits, `_` and `-`, 1 to 64 of them.
    static func isName(_ name: String) -> Bool {
        (1...nameLength).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
                    || $0 == "-"
            }
    }

    private static func expect(_ holds: Bool, _ what: @autoclosure () -> String, _ file: String) throws(SpikelineError)
    {
        if !holds { throw SpikelineError("the network has an impossible \(what())", at: file) }
    }
}

extension NeuronModel {
    /// What the firing models share; nil for a leaky integrator.
    var spiking: SpikingParameters? {
        switch self {
        case .lif(let shared), .currentLIF(let shared, _), .adaptiveLIF(let shared, _, _): shared
        case .leakyIntegrator: nil
        }
    }
}
