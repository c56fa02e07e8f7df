import SpikeTestSupport

@testable import SpikeInterchange

/// Graphs put together node by node, without a file.
struct GraphParts {
    private(set) var nodes: [NeuronGraph.Node] = []
    private var links: [(String, String)] = []

    /// Adds a node with `arrays`, after the node `source`.
    mutating func add(
        _ name: String, _ type: String, _ arrays: [String: ([Int], [Double])] = [:], after source: String? = nil
    ) {
        let tensors = arrays.mapValues { NeuronGraph.Tensor(shape: $0.0, values: $0.1) }
        nodes.append(NeuronGraph.Node(name: name, type: type, arrays: tensors))
        if let source { link(source, name) }
    }

    /// An edge.
    mutating func link(_ source: String, _ target: String) { links.append((source, target)) }

    mutating func port(_ type: String, _ shape: [Int], after source: String? = nil) {
        add(type.lowercased(), type, ["shape": ([shape.count], shape.map(Double.init))], after: source)
    }

    /// A convolution of weights `[target][source of the group][side][side]`.
    mutating func convolution(
        _ name: String, _ weights: [Double], _ shape: [Int], biases: [Double]? = nil, stride: [Double] = [1, 1],
        padding: [Double] = [0, 0], dilation: [Double] = [1, 1], groups: Int = 1, after source: String
    ) {
        add(
            name, "Conv2d",
            [
                "weight": (shape, weights), "stride": ([2], stride), "padding": ([2], padding),
                "dilation": ([2], dilation), "groups": ([], [Double(groups)]),
                "bias": ([shape[0]], biases ?? Array(repeating: 0, count: shape[0])),
            ], after: source)
    }

    mutating func pool(
        _ name: String, _ type: String, _ side: Int, stride: Int? = nil, padding: Int = 0, after source: String
    ) {
        func pair(_ value: Int) -> ([Int], [Double]) { ([2], [Double(value), Double(value)]) }
        add(
            name, type, ["kernel_size": pair(side), "stride": pair(stride ?? side), "padding": pair(padding)],
            after: source)
    }

    mutating func flatten(_ name: String, after source: String) {
        add(name, "Flatten", ["start_dim": ([], [0]), "end_dim": ([], [-1])], after: source)
    }

    /// Integrate-and-fire neurons; single numbers stand for all.
    mutating func neurons(_ name: String, thresholds: [Double], r: [Double] = [1], after source: String) {
        add(name, "IF", ["r": ([r.count], r), "v_threshold": ([thresholds.count], thresholds)], after: source)
    }

    /// Gives the neurons `name` other thresholds.
    mutating func replace(_ name: String, thresholds: [Double]) {
        guard let index = nodes.firstIndex(where: { $0.name == name }) else { return }
        nodes[index].arrays["v_threshold"] = NeuronGraph.Tensor(shape: [thresholds.count], values: thresholds)
    }

    /// The graph so far, with an output behind `last`.
    func graph(closing last: String) -> NeuronGraph {
        var parts = self
        parts.port("Output", [1], after: last)
        return parts.graph
    }

    /// The graph.
    var graph: NeuronGraph {
        func index(_ name: String) -> Int { nodes.firstIndex { $0.name == name } ?? 0 }
        return NeuronGraph(nodes: nodes, edges: links.map { (index($0.0), index($0.1)) }, name: "g.nir")
    }
}

extension Dice {
    /// `count` whole numbers of at most 127, the first of which is 127: eight bits hold them exactly.
    mutating func weights(_ count: Int, most: Int = 127) -> [Double] {
        (0..<count).map { $0 == 0 && most == 127 ? 127 : Double(pick(-most...most)) }
    }
}
