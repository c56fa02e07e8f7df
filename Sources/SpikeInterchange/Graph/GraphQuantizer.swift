import SpikeNetwork
import SpikeSignals

/// Turns a ``NeuronGraph`` of dense layers into a network of this package's integers.
///
/// For a population whose potential moves by the share `x` in a step (see ``StepRule``) the factors of its input are
/// folded into the weights, `w' = w x r` (current-based: `w x_syn w_in x r`; without leak: `w r`). The largest of all
/// weights that lead to the population becomes 127, and
/// ```
/// weight = round(w' / s)     bias = round((b' + x v_leak) / s)     threshold = floor(v_threshold / s) + 1
/// decay  = round((1 - x) 2^15)
/// ```
/// NIR fires above the threshold and this package at it: hence the one. What flows back gets a delay of a tick.
///
/// Takes `Linear` and `Affine` between inputs and `LIF`, `CubaLIF`, `IF`, `LI` and `CubaLI`, with `Delay`s of one
/// length before them, under the reset ``StepRule/Moment/after``, to zero or by subtraction. Time constants are the
/// same for all neurons of a population. Convolutions are refused. Where the output fires, a layer called `readout`
/// without memory follows, whose potentials are its spikes.
public struct GraphQuantizer: Sendable {
    /// What rounding did to the weights that lead to one population.
    public struct Layer: Hashable, Sendable {
        /// The node in the graph.
        public var node: String
        /// What the integer 1 stands for.
        public var scale: Double
        /// The number of weights.
        public var weights: Int
        /// The weights that became zero without being it.
        public var vanished: Int
        /// The root of the mean squared error of a weight, as a share of the largest weight.
        public var rootMeanSquareError: Double
        /// The largest error of a weight, as a share of the largest weight.
        public var largestError: Double
    }

    /// The network.
    public private(set) var network: NetworkDescription
    /// The errors, a layer for each population.
    public private(set) var layers: [Layer] = []
    /// The node of each population.
    public private(set) var nodes: [String] = []

    private let graph: NeuronGraph
    private let rule: StepRule

    /// Quantises `graph`, in which an input fires at most `maximumInputSpikes` times in a step.
    ///
    /// - Throws: naming the node that the integer network does not have.
    public init(
        _ graph: NeuronGraph, rule: StepRule = StepRule(), maximumInputSpikes: Int = 1
    ) throws(SpikelineError) {
        self.graph = graph
        self.rule = rule
        guard rule.moment == .after else {
            throw SpikelineError(
                "the integer network resets in the step of the spike, not before the next", at: graph.name)
        }
        let tick = (rule.dt * 1e9).rounded()
        guard tick >= Double(NetworkLimits.tickNanoseconds.lowerBound),
            tick <= Double(NetworkLimits.tickNanoseconds.upperBound)
        else { throw SpikelineError("a step of \(rule.dt) s is no tick of 1 us to 10 s", at: graph.name) }
        // Infers and checks all shapes, and finds the order.
        let runner = try GraphRunner(graph, rule: rule)
        network = NetworkDescription(
            tickNanoseconds: Int64(tick), inputs: runner.inputs, maximumInputSpikes: maximumInputSpikes,
            populations: [], connections: [])
        let ordered = runner.nodeOrder.filter { GraphQuantizer.neurons.contains(graph.nodes[$0].type) }
        guard graph.nodes.count(where: { $0.type == "Input" }) >= 1, !ordered.isEmpty else {
            throw SpikelineError("the graph has no neurons", at: graph.name)
        }
        for (place, node) in ordered.enumerated() {
            try add(node, place: place, ordered: ordered, size: runner.values(of: graph.nodes[node].name)?.count ?? 0)
        }
        try addReadout(ordered)
        try NetworkLimits.check(network, file: graph.name)
        _ = try RangeProof(network)
    }

    /// The engine's last layer never fires: where the graph's output does, a layer after it repeats its spikes.
    private mutating func addReadout(_ ordered: [Int]) throws(SpikelineError) {
        let feeds = Set(graph.edges.map(\.from))
        let ends = graph.nodes.indices.filter { graph.nodes[$0].type == "Output" && !feeds.contains($0) }
        var current = ends.first ?? 0
        while let before = graph.edges.first(where: { $0.to == current })?.from {
            current = before
            guard ["Input", "Output", "Flatten"].contains(graph.nodes[current].type) else { break }
        }
        guard ends.count == 1, let last = ordered.firstIndex(of: current) else {
            throw SpikelineError("expected one output, fed by neurons", at: graph.name)
        }
        guard graph.nodes[current].arrays["v_threshold"] != nil else {
            guard last == ordered.count - 1 else { throw failure(current, "is the output and not the last layer") }
            return
        }
        let size = network.populations[last].size
        guard size <= 4_096 else { throw failure(current, "has \(size) outputs, expected at most 4096") }
        var weights = [Int8](repeating: 0, count: size * size)
        for output in 0..<size { weights[output * size + output] = 1 }
        network.populations.append(
            Population(
                name: "readout", neuron: .leakyIntegrator(membraneDecay: 0),
                thresholds: Array(repeating: 1, count: size), biases: Array(repeating: 0, count: size)))
        network.connections.append(
            Connection(source: .population(last), target: ordered.count, weights: weights))
    }

    private static let neurons: Set = ["LIF", "CubaLIF", "IF", "LI", "CubaLI"]

    private func failure(_ node: Int, _ what: String, hint: String = "") -> SpikelineError {
        SpikelineError(
            "the node \"\(graph.nodes[node].name)\" (\(graph.nodes[node].type)) \(what)", at: graph.name, hint: hint)
    }

    /// A matrix that leads to a population, with where it begins and by how many ticks it is late.
    private struct Inflow {
        var origin: Connection.Origin
        var delay: Int
        /// `[target][source]`.
        var weights: [Double]
        var biases: [Double]
        var sources: Int
    }

    private mutating func add(_ node: Int, place: Int, ordered: [Int], size: Int) throws(SpikelineError) {
        var inflows: [Inflow] = []
        for matrix in sources(of: node) {
            inflows.append(try inflow(matrix, place: place, ordered: ordered, size: size))
        }
        let (neuron, membrane, synapse) = try model(node)
        let resistance = numbers(node, "r", size, or: 1)
        let inputWeight = numbers(node, "w_in", size, or: 1)
        let leak = numbers(node, "v_leak", size, or: 0)
        // A neuron without leak gathers its input as it is; v_leak of one with a leak pulls in every step.
        let gain = (0..<size).map { (target: Int) -> Double in
            var gain = resistance[target]
            if let membrane { gain *= membrane }
            if let synapse { gain *= synapse * inputWeight[target] }
            return gain
        }
        for index in inflows.indices {
            let sources = inflows[index].sources
            for cell in inflows[index].weights.indices { inflows[index].weights[cell] *= gain[cell / sources] }
        }
        let largest = inflows.flatMap(\.weights).reduce(0) { max($0, abs($1)) }
        guard largest > 0, largest.isFinite else { throw failure(node, "has no weight that leads to it") }
        let scale = largest / 127
        let isLate = synapse != nil && leak.contains { $0 != 0 }
        guard !isLate else { throw failure(node, "has both a synaptic current and a v_leak, which is not taken") }
        var biases = [Int32](repeating: 0, count: size)
        for target in 0..<size {
            let bias = inflows.reduce(0) { $0 + $1.biases[target] } * gain[target] + (membrane ?? 0) * leak[target]
            biases[target] = try whole((bias / scale).rounded(), node, "bias")
        }
        let fires = graph.nodes[node].arrays["v_threshold"] != nil
        let thresholds = try numbers(node, "v_threshold", size, or: 0).map { (threshold) throws(SpikelineError) in
            let above = try whole((threshold / scale).rounded(.down) + 1, node, "threshold")
            guard !fires || above >= 1 else { throw failure(node, "has a threshold below zero") }
            return max(above, 1)
        }
        network.populations.append(
            Population(name: name(of: node), neuron: neuron, thresholds: thresholds, biases: biases))
        nodes.append(graph.nodes[node].name)
        note(inflows, node, scale, largest)
        for inflow in inflows {
            var weights = [Int8](repeating: 0, count: inflow.weights.count)
            for (cell, weight) in inflow.weights.enumerated() {
                let (target, source) = (cell / inflow.sources, cell % inflow.sources)
                weights[source * size + target] = Int8((weight / scale).rounded())
            }
            network.connections.append(
                Connection(source: inflow.origin, target: place, delays: [inflow.delay], weights: weights))
        }
    }

    private mutating func note(_ inflows: [Inflow], _ node: Int, _ scale: Double, _ largest: Double) {
        let all = inflows.flatMap(\.weights)
        let errors = all.map { ($0 - ($0 / scale).rounded() * scale) / largest }
        layers.append(
            Layer(
                node: graph.nodes[node].name, scale: scale, weights: all.count,
                vanished: all.count { $0 != 0 && ($0 / scale).rounded() == 0 },
                rootMeanSquareError: (errors.reduce(0) { $0 + $1 * $1 } / Double(all.count)).squareRoot(),
                largestError: errors.reduce(0) { max($0, abs($1)) }))
    }

    /// What leads to `node`, through the ends of subgraphs.
    private func sources(of node: Int) -> [Int] {
        var (found, open, seen): ([Int], [Int], Set<Int>) = ([], [node], [node])
        while let next = open.popLast() {
            for edge in graph.edges where edge.to == next {
                let isEnd = ["Input", "Output", "Flatten"].contains(graph.nodes[edge.from].type)
                if !isEnd || !graph.edges.contains(where: { $0.to == edge.from }) {
                    found.append(edge.from)
                } else if seen.insert(edge.from).inserted {
                    open.append(edge.from)
                }
            }
        }
        return found
    }

    /// The matrix `node` and what stands before it.
    private func inflow(_ node: Int, place: Int, ordered: [Int], size: Int) throws(SpikelineError) -> Inflow {
        let array = graph.nodes[node].arrays
        guard ["Linear", "Affine"].contains(graph.nodes[node].type), let weight = array["weight"] else {
            throw failure(node, "leads to neurons, which only Linear and Affine may in an integer network")
        }
        var (delay, current) = (0, node)
        while true {
            let before = graph.edges.filter { $0.to == current }.map(\.from)
            guard before.count == 1 else {
                if before.isEmpty, graph.nodes[current].type == "Input" { break }
                throw failure(current, "has \(before.count) inputs, expected one")
            }
            current = before[0]
            if GraphQuantizer.neurons.contains(graph.nodes[current].type) { break }
            switch graph.nodes[current].type {
            case "Input" where !graph.edges.contains { $0.to == current }: break
            case "Input", "Output", "Flatten": continue
            case "Delay":
                let steps = try DelayUnit.steps(graph.nodes[current], rule: rule, in: graph.name)
                guard let first = steps.first, steps.allSatisfy({ $0 == first }) else {
                    throw failure(current, "has delays of several lengths")
                }
                delay += first
                guard delay <= Connection.maximumDelay else {
                    throw failure(
                        current, "delays by more than \(Connection.maximumDelay) ticks",
                        hint: "Say with --dt how long a tick is")
                }
                continue
            default: throw failure(current, "stands before a Linear, which an integer network does not have")
            }
            break
        }
        var origin = Connection.Origin.input
        if let source = ordered.firstIndex(of: current) {
            guard graph.nodes[current].arrays["v_threshold"] != nil else {
                throw failure(current, "never fires and leads on")
            }
            origin = .population(source)
            if source >= place, delay == 0 { delay = 1 }
        } else {
            let inputs = graph.nodes.indices.filter { index in
                graph.nodes[index].type == "Input" && !graph.edges.contains { $0.to == index }
            }
            guard inputs.count == 1 else { throw failure(current, "is one of several inputs") }
        }
        return Inflow(
            origin: origin, delay: delay, weights: weight.values,
            biases: array["bias"]?.values ?? Array(repeating: 0, count: size), sources: weight.shape[1])
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
        let shared = SpikingParameters(membraneDecay: decay(membrane), reset: rule.reset == .zero ? .zero : .subtract)
        guard let synapse else { return (.lif(shared), membrane, nil) }
        return (.currentLIF(shared, synapticDecay: decay(synapse)), membrane, synapse)
    }

    /// A name for a population that no other has.
    private func name(of node: Int) -> String {
        let letters = graph.nodes[node].name.map { NetworkLimits.isName(String($0)) ? $0 : "_" }
        return String(String(letters).prefix(50)) + "-\(network.populations.count)"
    }
}
