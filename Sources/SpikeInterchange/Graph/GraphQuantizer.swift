import SpikeNetwork
import SpikeSignals

/// Turns a ``NeuronGraph`` into a network of this package's integers.
///
/// For a population whose potential moves by the share `x` in a step (see ``StepRule``) the factors of its input are
/// folded into the weights, `w' = w x r` (current-based: `w x_syn w_in x r`; without leak: `w r`). The largest of all
/// weights that lead to the population becomes 127, and
/// ```
/// weight = round(w' / s)     bias = round((b' + x v_leak) / s)     threshold = floor(v_threshold / s) + 1
/// decay  = round((1 - x) 2^15)
/// ```
/// NIR fires above the threshold and this package at it: hence the one. Where spikes subtract the threshold, it is the
/// nearest whole number instead, so that they take away what they should. What flows back gets a delay of a tick.
///
/// Takes `Linear`, `Affine`, `Conv2d`, `SumPool2d`, `AvgPool2d` and `Flatten` (see ``SynapticPath``) between inputs and
/// `LIF`, `CubaLIF`, `IF`, `LI` and `I`, with `Delay`s of one length before them, under the reset
/// ``StepRule/Moment/after``, to zero or by subtraction. Time constants are the same for all neurons of a population.
/// Where the output fires, a layer called `readout` without memory follows, whose potentials are its spikes.
///
/// A membrane that never leaks (`IF`, `I`) and that resets do not empty gets the smallest leak with which its sums are
/// proved to fit: ``Layer/leak``.
///
/// On grids the engine counts channels last and NIR first; ``inputOrder``, ``orders`` and ``outputOrder`` translate.
public struct GraphQuantizer: Sendable {
    /// What rounding did to the weights that lead to one population.
    public struct Layer: Hashable, Sendable {
        /// The node in the graph.
        public var node: String
        /// What the integer 1 stands for.
        public var scale: Double
        /// The number of weights, as in the file: a kernel counts once.
        public var weights: Int
        /// The weights that became zero without being it.
        public var vanished: Int
        /// The root of the mean squared error of a weight, as a share of the largest weight.
        public var rootMeanSquareError: Double
        /// The largest error of a weight, as a share of the largest weight.
        public var largestError: Double
        /// What a membrane that has no leak in the file loses in a tick, in 1 / 32,768.
        public var leak: Int32
    }

    /// The network.
    public private(set) var network: NetworkDescription
    /// The errors, a layer for each population.
    public private(set) var layers: [Layer] = []
    /// The node of each population.
    public private(set) var nodes: [String] = []
    /// The order of the input channels, of the neurons of each node in ``nodes``, and of the outputs.
    let inputOrder: NeuronOrder
    private(set) var orders: [NeuronOrder] = []
    private(set) var outputOrder = NeuronOrder(nil, count: 0)

    /// The graph with the weights that the network has, and everything else as it was, for other programs. Weights that a pool
    /// behind them has made into a larger kernel are as they were, too.
    public private(set) var roundedGraph: NeuronGraph

    private let graph: NeuronGraph
    private let rule: StepRule
    private var rounded: Set<Int> = []

    /// Quantises `graph`, in which an input fires at most `maximumInputSpikes` times in a step. Where the rule resets at both
    /// moments, the network resets after the spike.
    ///
    /// - Throws: naming the node that the integer network does not have.
    public init(
        _ graph: NeuronGraph, rule: StepRule = StepRule(), maximumInputSpikes: Int = 1
    ) throws(SpikelineError) {
        self.graph = graph
        self.rule = rule
        roundedGraph = graph
        let tick = (rule.dt * 1e9).rounded()
        guard tick >= Double(NetworkLimits.tickNanoseconds.lowerBound),
            tick <= Double(NetworkLimits.tickNanoseconds.upperBound)
        else { throw SpikelineError("a step of \(rule.dt) s is no tick of 1 us to 10 s", at: graph.name) }
        // Infers and checks all shapes, and finds the order.
        let runner = try GraphRunner(graph, rule: rule)
        let paths = try SynapticPaths(graph, runner)
        guard NetworkLimits.inputs.contains(runner.inputs) else {
            throw SpikelineError(
                "the graph has \(runner.inputs) inputs, expected at most \(NetworkLimits.inputs.upperBound)",
                at: graph.name, hint: "Pool the input before it comes to the network")
        }
        network = NetworkDescription(
            tickNanoseconds: Int64(tick), inputs: runner.inputs, maximumInputSpikes: maximumInputSpikes,
            populations: [], connections: [])
        inputOrder = NeuronOrder(paths.grids[.input], count: runner.inputs)
        var weights = 0
        for (place, node) in paths.ordered.enumerated() {
            let size = runner.shapes[node].product
            guard size <= NetworkDescription.largestPopulation else {
                throw paths.failure(
                    node, "has \(size) neurons, expected at most \(NetworkDescription.largestPopulation)",
                    "Use a larger stride, or pool before it")
            }
            orders.append(NeuronOrder(paths.grids[.population(place)], count: size))
            try add(node, place: place, paths, &weights)
        }
        try addReadout(paths.ordered, grids: paths.grids)
        try NetworkLimits.check(network, file: graph.name)
        _ = try RangeProof(network)
    }

    /// The engine's last layer never fires: where the graph's output does, a layer after it repeats its spikes.
    private mutating func addReadout(
        _ ordered: [Int], grids: [Connection.Origin: Grid]
    ) throws(SpikelineError) {
        let feeds = Set(graph.edges.map(\.from))
        let ends = graph.nodes.indices.filter { graph.nodes[$0].type == "Output" && !feeds.contains($0) }
        var current = ends.first ?? 0
        while true {
            let before = graph.edges.filter { $0.to == current }.map(\.from)
            guard before.count < 2 else {
                throw failure(
                    current, "adds up \(before.count) inputs, expected one",
                    hint: "Let one layer lead to the output")
            }
            guard let only = before.first else { break }
            current = only
            guard ["Input", "Output", "Flatten"].contains(graph.nodes[current].type) else { break }
        }
        guard ends.count == 1, let last = ordered.firstIndex(of: current) else {
            throw SpikelineError("expected one output, fed by neurons", at: graph.name)
        }
        guard graph.nodes[current].arrays["v_threshold"] != nil else {
            guard last == ordered.count - 1 else { throw failure(current, "is the output and not the last layer") }
            outputOrder = orders[last]
            return
        }
        let size = network.populations[last].size
        guard size <= 4_096 else { throw failure(current, "has \(size) outputs, expected at most 4096") }
        var weights = [Int8](repeating: 0, count: size * size)
        for neuron in 0..<size { weights[neuron * size + orders[last].nir(neuron)] = 1 }
        outputOrder = NeuronOrder(nil, count: size)
        network.populations.append(
            Population(
                name: "readout", neuron: .leakyIntegrator(membraneDecay: 0),
                thresholds: Array(repeating: 1, count: size), biases: Array(repeating: 0, count: size)))
        network.connections.append(
            Connection(source: .population(last), target: ordered.count, weights: weights))
    }

    private func failure(_ node: Int, _ what: String, hint: String = "") -> SpikelineError {
        SpikelineError(
            "the node \"\(graph.nodes[node].name)\" (\(graph.nodes[node].type)) \(what)", at: graph.name, hint: hint)
    }

    /// Adds the population of `node` and the connections to it; `count` are the weights so far.
    private mutating func add(
        _ node: Int, place: Int, _ paths: SynapticPaths, _ count: inout Int
    ) throws(SpikelineError) {
        let size = orders[place].count
        var inflows = paths.paths[place]
        let (neuron, membrane, synapse) = try model(node)
        let resistance = numbers(node, "r", size, or: 1)
        let inputWeight = numbers(node, "w_in", size, or: 1)
        let leak = numbers(node, "v_leak", size, or: 0)
        let factors = ["tau", "tau_mem", "tau_syn"].map { name in
            graph.nodes[node].arrays[name]?.values.first.map { UnitMaker.inputFactor(of: $0, rule) } ?? 1
        }
        // A neuron without leak gathers its input as it is; v_leak of one with a leak pulls in every step.
        let gain = (0..<size).map { (target: Int) -> Double in
            var gain = resistance[target] * factors[0] * factors[1] * factors[2]
            gain *= membrane ?? (rule.gathering == .time ? rule.dt : 1)
            if let synapse { gain *= synapse * inputWeight[target] }
            return gain
        }
        var bias = [Double](repeating: 0, count: size)
        for index in inflows.indices {
            let (cells, length) = (inflows[index].cellsPerRow, inflows[index].rowLength)
            guard inflows[index].biases.count * cells == size else {
                throw failure(node, "takes what has another shape")
            }
            for target in 0..<size { bias[target] += inflows[index].biases[target / cells] }
            for row in inflows[index].biases.indices {
                let all = gain[row * cells..<(row + 1) * cells]
                guard all.allSatisfy({ abs($0 - all[row * cells]) <= 1e-6 * abs(all[row * cells]) }) else {
                    throw failure(
                        node, "has r or w_in that differs between the cells of a channel, which share their weights",
                        hint: "Give all cells of a channel the same")
                }
                for cell in row * length..<(row + 1) * length { inflows[index].weights[cell] *= all[row * cells] }
            }
        }
        let largest = inflows.reduce(0) { $1.weights.reduce($0) { max($0, abs($1)) } }
        guard largest > 0 else {
            throw failure(node, "has no weight that leads to it", hint: "Leave the node out, or train it")
        }
        let scale = largest / 127
        guard scale.isNormal, inflows.allSatisfy({ $0.weights.allSatisfy(\.isFinite) }) else {
            throw failure(
                node, "has weights, with r and w_in, up to \(largest), too large or too small to be scaled",
                hint: "Bring weights and thresholds to the order of 1")
        }
        let isLate = synapse != nil && leak.contains { $0 != 0 }
        guard !isLate else { throw failure(node, "has both a synaptic current and a v_leak, which is not taken") }
        let order = orders[place]
        let biases = try (0..<size).map { (neuron) throws(SpikelineError) in
            let target = order.nir(neuron)
            let sum = bias[target] * gain[target] + (membrane ?? 0) * leak[target]
            return try whole((sum / scale).rounded(), node, "bias")
        }
        let fires = graph.nodes[node].arrays["v_threshold"] != nil
        let limits = numbers(node, "v_threshold", size, or: 0)
        let thresholds = try (0..<size).map { (neuron) throws(SpikelineError) in
            let exact = limits[order.nir(neuron)] / scale
            let above = try whole(rule.reset == .zero ? exact.rounded(.down) + 1 : exact.rounded(), node, "threshold")
            guard !fires || exact >= 0 else { throw failure(node, "has a threshold below zero") }
            return max(above, 1)
        }
        network.populations.append(
            Population(name: name(of: node), neuron: neuron, thresholds: thresholds, biases: biases))
        nodes.append(graph.nodes[node].name)
        for inflow in inflows {
            count += inflow.engineCount(targets: size)
            guard count <= NetworkLimits.weights else {
                throw failure(
                    node, "has one weight too many: the network would have more than \(NetworkLimits.weights)",
                    hint: "Use larger strides or fewer channels")
            }
            let whole = inflow.weights.map { Int8(($0 / scale).rounded()) }
            // Weights that lead to several populations are written as the first of them has them.
            if let node = inflow.node, rounded.insert(node).inserted { roundedGraph.round(inflow, to: whole, scale) }
            network.connections.append(
                Connection(
                    source: inflow.origin, target: place,
                    pattern: inflow.convolution.map { .convolution($0) } ?? .dense,
                    delays: [inflow.delay],
                    weights: inflow.engineWeights(
                        whole, source: paths.grids[inflow.origin], target: paths.grids[.population(place)])))
        }
        note(inflows, node, scale, largest, leak: try lend(leakTo: place, node))
    }

    /// Gives a population whose decay is one the smallest leak that lets its sums be proved.
    private mutating func lend(leakTo place: Int, _ node: Int) throws(SpikelineError) -> Int32 {
        switch network.populations[place].neuron {
        case .leakyIntegrator(NeuronModel.unity): break
        case .lif(let shared) where shared.membraneDecay == NeuronModel.unity: break
        default: return 0
        }
        let leak = network.smallestLeak(ofPopulation: place)
        guard leak <= 1_024 else {
            throw failure(
                node, "never leaks and has more inputs than its membranes can hold without forgetting",
                hint: network.populations[place].neuron.spiking == nil
                    ? "Use neurons that leak" : "Use --reset zero, or neurons that leak")
        }
        switch network.populations[place].neuron {
        case .lif(var shared):
            shared.membraneDecay -= Int32(leak)
            network.populations[place].neuron = .lif(shared)
        default: network.populations[place].neuron = .leakyIntegrator(membraneDecay: NeuronModel.unity - Int32(leak))
        }
        return Int32(leak)
    }

    private mutating func note(
        _ inflows: [SynapticPath], _ node: Int, _ scale: Double, _ largest: Double, leak: Int32
    ) {
        var (count, vanished, squares, worst) = (0, 0, 0.0, 0.0)
        for weight in inflows.lazy.flatMap(\.weights) {
            let whole = (weight / scale).rounded()
            let error = (weight - whole * scale) / largest
            count += 1
            squares += error * error
            worst = max(worst, abs(error))
            if weight != 0, whole == 0 { vanished += 1 }
        }
        layers.append(
            Layer(
                node: graph.nodes[node].name, scale: scale, weights: count, vanished: vanished,
                rootMeanSquareError: (squares / Double(max(count, 1))).squareRoot(), largestError: worst, leak: leak))
    }

    private func numbers(_ node: Int, _ name: String, _ size: Int, or value: Double) -> [Double] {
        let values = graph.nodes[node].arrays[name]?.values ?? [value]
        return values.count == 1 ? Array(repeating: values[0], count: size) : values
    }

    private func whole(_ value: Double, _ node: Int, _ what: String) throws(SpikelineError) -> Int32 {
        guard value.magnitude <= Double(1 << 24) else {
            throw failure(node, "has a \(what) of \(value) times its smallest weight step, expected at most 2^24")
        }
        return Int32(value)
    }

    /// The neuron of `node` and the shares by which its potential and its current move.
    private func model(_ node: Int) throws(SpikelineError) -> (NeuronModel, membrane: Double?, synapse: Double?) {
        let arrays = graph.nodes[node].arrays
        func share(_ name: String) throws(SpikelineError) -> Double? {
            guard let values = arrays[name]?.values, let first = values.first else { return nil }
            guard values.allSatisfy({ abs($0 - first) <= 1e-6 * abs(first) }) else {
                throw failure(node, "has \(name) that differs between neurons, which a population does not")
            }
            let share = UnitMaker.share(of: first, rule)
            guard share <= 1 else { throw failure(node, "has \(name) \(first), shorter than the step of \(rule.dt)") }
            return share
        }
        guard (arrays["v_reset"]?.values ?? []).allSatisfy({ $0 == 0 }) else {
            throw failure(node, "resets to another potential than zero")
        }
        let membrane = try share(arrays["tau"] != nil ? "tau" : "tau_mem")
        let synapse = try share("tau_syn")
        func decay(_ share: Double?) -> Int32 { Int32(((1 - (share ?? 0)) * 32_768).rounded()) }
        guard arrays["v_threshold"] != nil else {
            guard synapse == nil else { throw failure(node, "has a current and never fires, which is not taken") }
            return (.leakyIntegrator(membraneDecay: decay(membrane)), membrane, nil)
        }
        let shared = SpikingParameters(
            membraneDecay: decay(membrane), reset: reset,
            maximumSpikes: Int32(rule.maximumSpikes))
        guard let synapse else { return (.lif(shared), membrane, nil) }
        return (.currentLIF(shared, synapticDecay: decay(synapse)), membrane, synapse)
    }

    /// The network's reset for the rule's.
    private var reset: SpikingParameters.Reset {
        switch (rule.reset, rule.moment) {
        case (.zero, .before): .zeroLater
        case (.zero, _): .zero
        case (.subtract, .before): .subtractLater
        case (.subtract, _): .subtract
        }
    }

    /// A name for a population that no other has.
    private func name(of node: Int) -> String {
        let letters = graph.nodes[node].name.map { NetworkLimits.isName(String($0)) ? $0 : "_" }
        return String(String(letters).prefix(50)) + "-\(network.populations.count)"
    }
}

extension NeuronGraph {
    /// Gives the node of `path` the weights `whole` times `scale`, without what the path has multiplied them by.
    fileprivate mutating func round(_ path: SynapticPath, to whole: [Int8], _ scale: Double) {
        guard let node = path.node, var tensor = nodes[node].arrays["weight"], tensor.values.count == whole.count else {
            return
        }
        for cell in whole.indices where path.weights[cell] != 0 {
            tensor.values[cell] *= Double(whole[cell]) * scale / path.weights[cell]
        }
        nodes[node].arrays["weight"] = tensor
    }
}
