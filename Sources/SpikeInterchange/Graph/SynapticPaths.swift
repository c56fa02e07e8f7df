import SpikeNetwork
import SpikeSignals

/// The populations of a graph in the order of a step, and all paths that lead to each.
struct SynapticPaths {
    /// The nodes that become populations.
    let ordered: [Int]
    /// For each of them what leads to it.
    private(set) var paths: [[SynapticPath]] = []
    /// The grids on which inputs and populations lie, where a convolution begins or ends at them.
    private(set) var grids: [Connection.Origin: Grid] = [:]

    private let graph: NeuronGraph
    private let runner: GraphRunner
    private let incoming: [[Int]]
    private var steps = 0
    /// Weights of all paths so far.
    private var held = 0

    private static let neurons: Set = ["LIF", "CubaLIF", "IF", "LI", "CubaLI", "I"]
    private static let passing: Set = ["Input", "Output", "Flatten"]
    /// Nodes between two populations, and nodes visited in all.
    private static let (longest, most) = (64, 65_536)

    /// Finds the paths of `graph`, whose shapes `runner` has inferred.
    ///
    /// - Throws: naming the node that the integer network does not have.
    init(_ graph: NeuronGraph, _ runner: GraphRunner) throws(SpikelineError) {
        self.graph = graph
        self.runner = runner
        ordered = runner.nodeOrder.filter { Self.neurons.contains(graph.nodes[$0].type) }
        var incoming = [[Int]](repeating: [], count: graph.nodes.count)
        for edge in graph.edges { incoming[edge.to].append(edge.from) }
        self.incoming = incoming
        guard graph.nodes.contains(where: { $0.type == "Input" }), !ordered.isEmpty else {
            throw SpikelineError("the graph has no neurons", at: graph.name)
        }
        for place in ordered.indices { paths.append(try paths(to: place)) }
        for (place, list) in paths.enumerated() {
            for path in list {
                if let grid = path.sourceGrid { grids[path.origin] = grid }
                if let grid = path.targetGrid { grids[.population(place)] = grid }
            }
        }
    }

    /// What is wrong with a node.
    func failure(_ node: Int, _ what: String, _ hint: String = "") -> SpikelineError {
        SpikelineError(
            "the node \"\(graph.nodes[node].name)\" (\(graph.nodes[node].type)) \(what)", at: graph.name, hint: hint)
    }

    private func isSource(_ node: Int) -> Bool { graph.nodes[node].type == "Input" && incoming[node].isEmpty }

    private mutating func paths(to place: Int) throws(SpikelineError) -> [SynapticPath] {
        var found: [SynapticPath] = []
        // Walks against the edges; through the ends of subgraphs there may be several ways, behind weights only one.
        var open = incoming[ordered[place]].map { [$0] }
        while let way = open.popLast(), let current = way.last {
            steps += 1
            guard way.count <= Self.longest, steps <= Self.most else {
                throw failure(current, "lies on a way of more than \(Self.longest) nodes without neurons")
            }
            let type = graph.nodes[current].type
            if isSource(current) || Self.neurons.contains(type) {
                guard found.count < NetworkLimits.connections.upperBound else {
                    throw failure(ordered[place], "is reached by more than \(found.count) ways")
                }
                let path = try path(way, to: place)
                held += path.weights.count
                guard held <= SynapticPath.mostWeights else {
                    throw failure(
                        ordered[place],
                        "and those before it are reached by more than \(SynapticPath.mostWeights) weights",
                        "Use larger strides or fewer channels")
                }
                found.append(path)
                continue
            }
            let isPassed = Self.passing.contains(type)
            guard isPassed || ["Linear", "Affine", "Conv2d", "SumPool2d", "AvgPool2d", "Delay"].contains(type) else {
                throw failure(
                    current, "leads to neurons, which an integer network does not have",
                    type == "Conv1d"
                        ? "Write it as a Conv2d of square kernels"
                        : "Between neurons it has Linear, Affine, Conv2d, SumPool2d, AvgPool2d, Flatten and Delay")
            }
            let before = incoming[current]
            guard before.count == 1 || (isPassed && way.allSatisfy { Self.passing.contains(graph.nodes[$0].type) })
            else { throw failure(current, "has \(before.count) inputs, expected one") }
            open += before.map { way + [$0] }
        }
        return found.reversed()
    }

    /// The path along `way`, which begins before the neurons and ends at the origin.
    private func path(_ way: [Int], to place: Int) throws(SpikelineError) -> SynapticPath {
        let source = way[way.count - 1]
        var path = SynapticPath(input: runner.shapes[source])
        for node in way.dropLast().reversed() {
            let failure = { (what: String, hint: String) in self.failure(node, what, hint) }
            switch runner.unit(of: node) {
            case let unit as DelayUnit: try path.delay(by: unit.steps, failure)
            case let unit as LinearUnit: try path.multiply(by: unit, failure)
            case let unit as ConvolutionUnit: try path.convolve(with: unit, failure)
            default: break
            }
            if graph.nodes[node].arrays["weight"] != nil { path.node = node }
        }
        try path.close { failure(ordered[place], $0, $1) }
        guard let before = ordered.firstIndex(of: source) else {
            guard graph.nodes.indices.filter({ isSource($0) }).count == 1 else {
                throw failure(source, "is one of several inputs")
            }
            return path
        }
        guard graph.nodes[source].arrays["v_threshold"] != nil else {
            throw failure(source, "never fires and leads on")
        }
        path.origin = .population(before)
        if before >= place, path.delay == 0 { path.delay = 1 }
        return path
    }
}
