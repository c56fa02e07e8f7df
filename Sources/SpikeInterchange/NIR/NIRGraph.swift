import SpikeNetwork

/// A network in the words of NIR, the Neuromorphic Intermediate Representation: nodes and edges between them.
///
/// NIR's equations are continuous; their discrete meaning is forward Euler with the step `dt`, one tick (Pedersen et
/// al., "Neuromorphic intermediate representation", Nature Communications 15, 8122 (2024); <https://neuroir.org>).
/// A spike counts 1 in its step. All values stay in units of the integer weights:
/// ```
/// NIR                                  forward Euler                              this package
/// LIF, LI    tau v' = (leak - v) + r I  v = (1 - dt/tau) v + (dt/tau) r I          v = d v + I,  d = membrane / 2^15
/// CubaLIF    tau_syn i' = -i + w_in x   i = (1 - dt/tau_syn) i + (dt/tau_syn) w_in x
/// ```
/// so `tau = dt / (1 - d)`, `r = tau / dt`, and for the synaptic current likewise `w_in = tau_syn / dt`. A decay of
/// one needs an infinite `tau`; it is written as `tau = 2^24 dt`, whose `1 - dt/tau` is the last single-precision
/// number before one. NIR fires above the threshold (`>`), this package at it (`>=`), which for whole numbers is the
/// same with `v_threshold = threshold - 1/2`. A tap with a delay of k ticks reads a `Delay` node of `k dt` seconds;
/// a bias makes the population's first `Linear` an `Affine`.
///
/// NIR cannot say: reset by subtraction, several spikes per tick, refractory period, floor, threshold adaptation (an
/// adaptive population stands as `LIF`), rounding and `dt` itself. ``ModelWriter`` puts these into the metadata.
struct NIRGraph {
    /// One node of the graph.
    struct Node {
        /// A unique name.
        var name: String
        /// The NIR primitive: `Input`, `Linear`, `Affine`, `Delay`, `LIF`, `CubaLIF`, `LI` or `Output`.
        var type: String
        /// The number of values that an `Input` or `Output` has.
        var shape: Int?
        /// The weights `[target][source]` of a `Linear` or `Affine`.
        var weight: Weight?
        /// The other parameters, one value per neuron.
        var parameters: [(name: String, values: [Float])] = []
    }

    /// A matrix of weights, row-major.
    struct Weight {
        var targets: Int
        var sources: Int
        var values: [Int8]
    }

    /// The nodes in order of data flow.
    private(set) var nodes: [Node] = []
    /// The edges as pairs of names.
    private(set) var edges: [(from: String, to: String)] = []
    /// For each connection the name of the node with the weights of each tap.
    private(set) var tapNodes: [[String]] = []

    private var names: Set<String> = []
    private let network: NetworkDescription
    private var tick: Double { Double(network.tickNanoseconds) / 1e9 }

    /// The graph of `network`, which keeps ``NetworkLimits``.
    init(_ network: NetworkDescription) {
        self.network = network
        add(Node(name: "input", type: "Input", shape: network.inputs))
        for connection in network.connections { add(connection) }
        for population in network.populations { add(node(of: population)) }
        guard let readout = network.populations.last else { return }
        add(Node(name: "output", type: "Output", shape: readout.size))
        edges.append((readout.name, "output"))
    }

    private mutating func add(_ node: Node) {
        names.insert(node.name)
        nodes.append(node)
    }

    private mutating func add(_ connection: Connection) {
        let (source, sources) = origin(connection.source)
        let target = network.populations[connection.target]
        let isFirst = !edges.contains { $0.to == target.name }
        var taps: [String] = []
        for (tap, delay) in connection.delays.enumerated() {
            let from = delay == 0 ? source : delayNode(source, size: sources, ticks: delay)
            let name = unused("\(target.name).from.\(source)" + (delay == 0 ? "" : ".delay\(delay)"))
            var node = Node(name: name, type: "Linear")
            node.weight = transposed(connection, tap: tap, sources: sources, targets: target.size)
            if isFirst, tap == 0, target.biases.contains(where: { $0 != 0 }) {
                node.type = "Affine"
                node.parameters = [("bias", target.biases.map(Float.init))]
            }
            add(node)
            edges.append((from, name))
            edges.append((name, target.name))
            taps.append(name)
        }
        tapNodes.append(taps)
    }

    private func origin(_ source: Connection.Origin) -> (name: String, size: Int) {
        switch source {
        case .input: ("input", network.inputs)
        case .population(let index): (network.populations[index].name, network.populations[index].size)
        }
    }

    private mutating func delayNode(_ source: String, size: Int, ticks: Int) -> String {
        let name = "\(source).delay\(ticks)"
        guard !names.contains(name) else { return name }
        var node = Node(name: name, type: "Delay")
        node.parameters = [("delay", [Float](repeating: Float(Double(ticks) * tick), count: size))]
        add(node)
        edges.append((source, name))
        return name
    }

    private func unused(_ name: String) -> String {
        var candidate = name
        var number = 2
        while names.contains(candidate) {
            candidate = "\(name).\(number)"
            number += 1
        }
        return candidate
    }

    private func transposed(_ connection: Connection, tap: Int, sources: Int, targets: Int) -> Weight {
        var values = [Int8](repeating: 0, count: sources * targets)
        let start = tap * sources * targets
        for source in 0..<sources {
            for target in 0..<targets {
                values[target * sources + source] = connection.weights[start + source * targets + target]
            }
        }
        return Weight(targets: targets, sources: sources, values: values)
    }

    /// `1 / (1 - d)` for the decay `d` in Q15: a time constant in ticks.
    static func ticks(ofDecay decay: Int32) -> Double {
        decay >= NeuronModel.unity ? 16_777_216 : 32_768 / Double(NeuronModel.unity - decay)
    }

    private func node(of population: Population) -> Node {
        func all(_ value: Double) -> [Float] { [Float](repeating: Float(value), count: population.size) }
        let (type, membrane, synaptic) = NIRGraph.primitive(population.neuron)
        let ticks = NIRGraph.ticks(ofDecay: membrane)
        var node = Node(name: population.name, type: type)
        node.parameters = [
            (synaptic == nil ? "tau" : "tau_mem", all(ticks * tick)), ("r", all(ticks)), ("v_leak", all(0)),
        ]
        if type != "LI" {
            let thresholds = population.thresholds.map { Float(Double($0) - 0.5) }
            node.parameters += [("v_threshold", thresholds), ("v_reset", all(0))]
        }
        if let synaptic {
            let ticks = NIRGraph.ticks(ofDecay: synaptic)
            node.parameters += [("tau_syn", all(ticks * tick)), ("w_in", all(ticks))]
        }
        return node
    }

    private static func primitive(_ neuron: NeuronModel) -> (type: String, membrane: Int32, synaptic: Int32?) {
        switch neuron {
        case .lif(let shared), .adaptiveLIF(let shared, _, _): ("LIF", shared.membraneDecay, nil)
        case .currentLIF(let shared, let synaptic): ("CubaLIF", shared.membraneDecay, synaptic)
        case .leakyIntegrator(let membrane): ("LI", membrane, nil)
        }
    }
}
