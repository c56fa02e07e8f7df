import SpikeSignals

/// Runs a ``NeuronGraph`` step by step in double precision: the float reference beside the integer engine.
///
/// ```
/// let runner = try GraphRunner(NeuronGraph(contentsOf: "lif_norse.nir"), rule: StepRule(dt: 1e-4))
/// let output = try runner.step([1])
/// runner.values(of: "1")
/// ```
/// Values are flat, the last dimension running fastest; shapes are NIR's without a batch. A step costs all synapses,
/// whether anything fires or not: this is for comparison.
public final class GraphRunner {
    /// How the equations become steps.
    public let rule: StepRule
    /// The number of input values of a step.
    public let inputs: Int
    /// The number of output values of a step.
    public let outputs: Int

    private let graph: NeuronGraph
    private let order: [Int]
    private let sources: [[(node: Int, isEarlier: Bool)]]
    private var units: [any GraphUnit]
    private var values: [[Double]]
    private var earlier: [[Double]]
    private let delays: [Int]
    private let ins: [Int]
    private let outs: [Int]
    private let isFilled: [Bool]
    /// The shape of what each node gives, without a batch.
    let shapes: [[Int]]

    /// The most values of all nodes, and the most multiplications of a step.
    private static let maximumValues = 1 << 22
    private static let maximumOperations = 1 << 32

    /// Infers all shapes and allocates all state.
    ///
    /// - Throws: naming the node that does not fit.
    public init(_ graph: NeuronGraph, rule: StepRule = StepRule()) throws(SpikelineError) {
        guard rule.dt.isFinite, rule.dt > 0 else {
            throw SpikelineError("expected a step above 0, found \(rule.dt)", at: graph.name)
        }
        guard (1...255).contains(rule.maximumSpikes) else {
            throw SpikelineError("expected 1 to 255 spikes in a step, found \(rule.maximumSpikes)", at: graph.name)
        }
        guard rule.moment != .both || rule.maximumSpikes == 1 else {
            throw SpikelineError(
                "a reset at both moments is a rule for one spike in a step, found \(rule.maximumSpikes)", at: graph.name
            )
        }
        self.graph = graph
        self.rule = rule
        let known = try graph.nodes.map { (node) throws(SpikelineError) in
            node.type == "Delay" ? try DelayUnit.steps(node, rule: rule, in: graph.name).contains { $0 > 0 } : false
        }
        let order = try GraphOrder(graph, known: known)
        self.order = order.nodes
        sources = order.sources
        var shapes = [[Int]](repeating: [], count: graph.nodes.count)
        var units: [any GraphUnit] = Array(repeating: PassUnit(), count: graph.nodes.count)
        var (total, operations, isShaped) = (0, 0, Set<Int>())
        for index in order.nodes {
            let node = graph.nodes[index]
            // What flows back has the shape that its target has.
            let forward = order.sources[index].first { isShaped.contains($0.node) }
            let maker = UnitMaker(
                node: node, incoming: forward.map { shapes[$0.node] } ?? [], rule: rule, file: graph.name)
            let made = try maker.make(left: GraphRunner.maximumValues - total)
            (units[index], shapes[index]) = (made.unit, made.shape)
            isShaped.insert(index)
            total += made.values
            operations += made.operations
            guard total <= GraphRunner.maximumValues, operations <= GraphRunner.maximumOperations else {
                throw SpikelineError("the graph is too large at the node \"\(node.name)\"", at: graph.name)
            }
        }
        for (index, list) in order.sources.enumerated() {
            for source in list where shapes[source.node].product != units[index].inputs(of: shapes[index]) {
                throw SpikelineError(
                    "the node \"\(graph.nodes[source.node].name)\" gives \(shapes[source.node].product) values, which "
                        + "\"\(graph.nodes[index].name)\" does not take", at: graph.name)
            }
        }
        self.units = units
        self.shapes = shapes
        values = shapes.map { [Double](repeating: 0, count: $0.product) }
        earlier = values
        delays = known.indices.filter { known[$0] }
        let all = graph.nodes.indices
        let hasSource = order.sources.map { !$0.isEmpty }
        ins = all.filter { graph.nodes[$0].type == "Input" && !hasSource[$0] }
        let feeds = Set(graph.edges.map(\.from))
        outs = all.filter { graph.nodes[$0].type == "Output" && !feeds.contains($0) }
        isFilled = all.map { [ins, delays] in ins.contains($0) || delays.contains($0) }
        inputs = ins.reduce(0) { $0 + shapes[$1].product }
        outputs = outs.reduce(0) { $0 + shapes[$1].product }
        guard !ins.isEmpty, !outs.isEmpty else {
            throw SpikelineError("the graph has no input or no output", at: graph.name)
        }
        reset()
    }

    /// The shape of the input; with several, one list of all.
    public var inputShape: [Int] { ins.count == 1 ? shapes[ins[0]] : [inputs] }

    /// The nodes that are neurons, and thresholds, in the order in which a step computes them.
    public var neuronNodes: [String] {
        order.filter { units[$0] is NeuronUnit || units[$0] is ThresholdUnit }.map { graph.nodes[$0].name }
    }

    /// Whether the values of the node `name` are spikes.
    public func isFiring(_ name: String) -> Bool {
        graph.nodes.firstIndex { $0.name == name }.map {
            units[$0] is ThresholdUnit || (units[$0] as? NeuronUnit)?.fixed.threshold != nil
        } ?? false
    }

    /// The nodes in the order in which a step computes them.
    var nodeOrder: [Int] { order }

    /// What the node does with its values.
    func unit(of node: Int) -> any GraphUnit { units[node] }

    /// Puts everything at rest; what flows back then has its bias, as if nothing had fired before.
    public func reset() {
        for index in units.indices { units[index].reset() }
        for index in values.indices { values[index] = Array(repeating: 0, count: values[index].count) }
        earlier = values
        for index in order where !isFilled[index] && !(units[index] is NeuronUnit) {
            units[index].step(gathered(index), into: &values[index])
        }
    }

    /// Advances by one step with the values of all inputs, in order of their names; returns those of all outputs.
    ///
    /// - Throws: if there are not ``inputs`` values.
    @discardableResult
    public func step(_ input: [Double]) throws(SpikelineError) -> [Double] {
        guard input.count == inputs else {
            throw SpikelineError("expected \(inputs) input values, found \(input.count)", at: graph.name)
        }
        swap(&values, &earlier)
        for index in delays { units[index].recall(into: &values[index]) }
        var taken = 0
        for index in ins {
            let count = values[index].count
            values[index] = Array(input[taken..<taken + count])
            taken += count
        }
        for index in order where !isFilled[index] { units[index].step(gathered(index), into: &values[index]) }
        for index in delays { units[index].remember(gathered(index)) }
        return outs.flatMap { values[$0] }
    }

    private func gathered(_ index: Int) -> [Double] {
        let list = sources[index]
        guard let first = list.first else { return [] }
        var sum = first.isEarlier ? earlier[first.node] : values[first.node]
        for source in list.dropFirst() {
            let more = source.isEarlier ? earlier[source.node] : values[source.node]
            for cell in sum.indices { sum[cell] += more[cell] }
        }
        return sum
    }

    /// The values that the node `name` gave in the latest step: spikes of a neuron that fires, potentials of one that
    /// does not; nil without such a node.
    public func values(of name: String) -> [Double]? {
        graph.nodes.firstIndex { $0.name == name }.map { values[$0] }
    }

    /// The membrane potentials of the neurons `name` after the latest step; nil if there are none.
    public func potentials(of name: String) -> [Double]? {
        graph.nodes.firstIndex { $0.name == name }.flatMap { (units[$0] as? NeuronUnit)?.potentials }
    }
}

extension [Int] {
    /// The number of values of the shape; shapes are checked to be small when they are made.
    var product: Int { reduce(1, *) }
}
