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
/// A convolution is a `Conv2d`, with a `SumPool2d` before it where it pools. NIR puts channels first, this package last:
/// a population on a grid has parameters of the shape `[channel][row][column]`, and where a dense connection begins at
/// a grid, a `Flatten` stands before its `Linear`, whose columns follow NIR's order.
///
/// NIR cannot say: reset by subtraction, several spikes per tick, refractory period, floor, threshold adaptation (an
/// adaptive population stands as `LIF`), rounding and `dt` itself. ``ModelWriter`` puts these into the metadata.
struct NIRGraph {
    /// One node of the graph.
    struct Node {
        /// A unique name.
        var name: String
        /// The NIR primitive: `Input`, `Linear`, `Affine`, `Conv2d`, `SumPool2d`, `Flatten`, `Delay`, `LIF`, `CubaLIF`,
        /// `LI` or `Output`.
        var type: String
        /// The shape of the values of an `Input` or `Output`.
        var shape: [Int]?
        /// The weights `[target][source]` of a `Linear` or `Affine`, `[target][source][row][column]` of a `Conv2d`.
        var weight: Weight?
        /// The parameters that are whole numbers, like the stride of a `Conv2d`.
        var integers: [(name: String, values: [Int])] = []
        /// The other parameters, one value per neuron.
        var parameters: [(name: String, values: [Float])] = []
        /// The shape of ``parameters`` if it is not just their number.
        var parameterShape: [Int]?
        /// The shape of what a `Flatten` takes.
        var flattened: [Int]?
    }

    /// Weights, the last dimension running fastest.
    struct Weight {
        var dimensions: [Int]
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
        add(Node(name: "input", type: "Input", shape: shape(of: .input, size: network.inputs)))
        for connection in network.connections { add(connection) }
        for (index, population) in network.populations.enumerated() {
            add(node(of: population, shape: network.grid(of: .population(index))))
        }
        guard let readout = network.populations.last else { return }
        add(Node(name: "output", type: "Output", shape: [readout.size]))
        edges.append((readout.name, "output"))
    }

    private mutating func add(_ node: Node) {
        names.insert(node.name)
        nodes.append(node)
    }

    private func shape(of origin: Connection.Origin, size: Int) -> [Int] {
        network.grid(of: origin)?.nirShape ?? [size]
    }

    private mutating func add(_ connection: Connection) {
        let (source, sources) = origin(connection.source)
        let target = network.populations[connection.target]
        let isFirst = !edges.contains { $0.to == target.name }
        let grid = network.grid(of: connection.source)
        var taps: [String] = []
        for (tap, delay) in connection.delays.enumerated() {
            var from = source
            if delay > 0 { from = delayNode(source, size: sources, ticks: delay, grid: grid) }
            let name = unused("\(target.name).from.\(source)" + (delay == 0 ? "" : ".delay\(delay)"))
            var node = Node(name: name, type: "Linear")
            let order = WeightOrder(connection, source: grid, sources: sources, targets: target.size)
            node.weight = order.nir(connection.weights, tap: tap)
            let hasBias = isFirst && tap == 0 && target.biases.contains { $0 != 0 }
            if case .convolution(let convolution) = connection.pattern {
                from = poolNode(from, convolution.pool)
                describe(&node, convolution, biases: hasBias ? target.biases : nil)
            } else {
                if let grid { from = flattenNode(from, grid) }
                if hasBias {
                    node.type = "Affine"
                    node.parameters = [("bias", target.biases.map(Float.init))]
                }
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

    /// Makes `node` a `Conv2d`. NIR has one bias for each channel; biases that differ between cells, as no trained
    /// network of this package has, are in the metadata only.
    private func describe(_ node: inout Node, _ convolution: Convolution, biases: [Int32]?) {
        node.type = "Conv2d"
        func twice(_ value: Int) -> [Int] { [value, value] }
        node.integers = [
            ("stride", twice(convolution.stride)), ("padding", twice(convolution.padding)), ("dilation", twice(1)),
            ("groups", [1]), ("input_shape", [convolution.pooled.height, convolution.pooled.width]),
        ]
        node.parameters = [
            (
                "bias",
                biases?.prefix(convolution.channels).map(Float.init)
                    ?? [Float](repeating: 0, count: convolution.channels)
            )
        ]
    }

    private mutating func poolNode(_ source: String, _ pool: Int) -> String {
        guard pool > 1 else { return source }
        let name = "\(source).pool\(pool)"
        guard !names.contains(name) else { return name }
        var node = Node(name: name, type: "SumPool2d")
        node.integers = [("kernel_size", [pool, pool]), ("stride", [pool, pool]), ("padding", [0, 0])]
        add(node)
        edges.append((source, name))
        return name
    }

    private mutating func flattenNode(_ source: String, _ grid: Grid) -> String {
        let name = "\(source).flat"
        guard !names.contains(name) else { return name }
        var node = Node(name: name, type: "Flatten")
        node.integers = [("start_dim", [0]), ("end_dim", [-1])]
        node.flattened = grid.nirShape
        add(node)
        edges.append((source, name))
        return name
    }

    private mutating func delayNode(_ source: String, size: Int, ticks: Int, grid: Grid?) -> String {
        let name = "\(source).delay\(ticks)"
        guard !names.contains(name) else { return name }
        var node = Node(name: name, type: "Delay")
        node.parameterShape = grid?.nirShape
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

    /// `1 / (1 - d)` for the decay `d` in Q15: a time constant in ticks.
    static func ticks(ofDecay decay: Int32) -> Double {
        decay >= NeuronModel.unity ? 16_777_216 : 32_768 / Double(NeuronModel.unity - decay)
    }

    private func node(of population: Population, shape grid: Grid?) -> Node {
        func all(_ value: Double) -> [Float] { [Float](repeating: Float(value), count: population.size) }
        let (type, membrane, synaptic) = NIRGraph.primitive(population.neuron)
        let ticks = NIRGraph.ticks(ofDecay: membrane)
        var node = Node(name: population.name, type: type)
        node.parameterShape = grid?.nirShape
        node.parameters = [
            (synaptic == nil ? "tau" : "tau_mem", all(ticks * tick)), ("r", all(ticks)), ("v_leak", all(0)),
        ]
        if type != "LI" {
            let thresholds = (grid?.channelsFirst(population.thresholds) ?? population.thresholds)
                .map { Float(Double($0) - 0.5) }
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
