import SpikeSignals

extension ReLUNetwork {
    /// Reads the network in `graph`, a chain without neurons.
    ///
    /// NIR has no rectified linear unit, and programs leave it out when they export one; so a file does not say what
    /// stands between its layers. Where there are several, the caller has to: `rectifiesBetweenLayers` puts a Relu directly
    /// behind each of the layers with weights but the last, before any pool that follows.
    ///
    /// Takes `Linear`, `Affine`, `Conv2d` (square kernel, the same stride and padding all around, one group, no dilation),
    /// `AvgPool2d` and `SumPool2d` (side by side, no padding) and `Flatten`. A sum is its average times the number
    /// of cells, which the next weights take over.
    ///
    /// - Throws: naming the node that is none of these or is used in another way.
    public init(nir graph: NeuronGraph, rectifiesBetweenLayers: Bool) throws(SpikelineError) {
        var chain = try NIRChain(graph)
        self = try chain.network(rectifies: rectifiesBetweenLayers)
    }
}

/// Follows a chain of nodes from the input to the output.
private struct NIRChain {
    private let graph: NeuronGraph
    private let runner: GraphRunner
    private var stack: LayerStack
    /// The nodes behind the input.
    private var nodes: [Int] = []
    /// What the next weights are multiplied by.
    private var factor: Float = 1

    private static let weighing: Set = ["Linear", "Affine", "Conv2d"]
    private static let taken = "Converted are Linear, Affine, Conv2d, AvgPool2d, SumPool2d and Flatten"

    init(_ graph: NeuronGraph) throws(SpikelineError) {
        self.graph = graph
        for node in graph.nodes where ["LIF", "CubaLIF", "LI", "CubaLI", "IF", "I"].contains(node.type) {
            throw SpikelineError(
                "the node \"\(node.name)\" (\(node.type)) is a neuron, expected a graph without neurons",
                at: graph.name,
                hint: "It spikes already: use spikeline quantize")
        }
        // Infers and checks all shapes; a graph without neurons has no loop.
        runner = try GraphRunner(graph)
        var next = [Int?](repeating: nil, count: graph.nodes.count)
        var incoming = [Int](repeating: 0, count: graph.nodes.count)
        for edge in graph.edges {
            guard next[edge.from] == nil, incoming[edge.to] == 0 else {
                let node = graph.nodes[next[edge.from] == nil ? edge.to : edge.from]
                throw SpikelineError(
                    "the node \"\(node.name)\" (\(node.type)) has several inputs or outputs, expected a chain",
                    at: graph.name, hint: "Branches and residual connections are not converted")
            }
            next[edge.from] = edge.to
            incoming[edge.to] += 1
        }
        let starts = graph.nodes.indices.filter { incoming[$0] == 0 }
        guard starts.count == 1, let start = starts.first else {
            throw SpikelineError("the graph has \(starts.count) inputs, expected one", at: graph.name)
        }
        let sizes = runner.shapes[start]
        guard sizes.count == 1 || sizes.count == 3 else {
            throw SpikelineError(
                "the input has the shape \(sizes), expected [values] or [channels, rows, columns]", at: graph.name)
        }
        stack = try LayerStack(
            input: sizes.count == 1
                ? ReLUNetwork.Shape(channels: sizes[0])
                : ReLUNetwork.Shape(channels: sizes[0], height: sizes[1], width: sizes[2]),
            isList: sizes.count == 1, file: graph.name)
        var current = next[start]
        while let node = current {
            nodes.append(node)
            current = next[node]
        }
    }

    private func title(_ node: Int) -> String { "the node \"\(graph.nodes[node].name)\" (\(graph.nodes[node].type))" }

    mutating func network(rectifies: Bool) throws(SpikelineError) -> ReLUNetwork {
        let layers = nodes.filter { NIRChain.weighing.contains(graph.nodes[$0].type) }
        guard rectifies || layers.count < 2 else {
            throw SpikelineError(
                "NIR has no Relu, so the file does not say what stands between its \(layers.count) layers with weights",
                at: graph.name,
                hint: "If it is a network of rectified linear units, say so with --relu-between-layers")
        }
        for node in nodes {
            try take(node)
            if layers.contains(node), node != layers.last { try stack.rectify(title(node)) }
        }
        return try stack.network()
    }

    private mutating func take(_ node: Int) throws(SpikelineError) {
        let type = graph.nodes[node].type
        switch (type, runner.unit(of: node)) {
        case ("Input", _), ("Output", _): return
        case ("Flatten", _):
            guard runner.shapes[node].count == 1 else {
                throw stack.failure(title(node), "leaves several dimensions, expected that it makes a list of all")
            }
            stack.flatten()
        case (_, let unit as LinearUnit):
            try stack.dense(
                scaled(unit.weights), targets: unit.biases.count, sources: unit.columns, title(node))
            try stack.bias(unit.biases.map { Float($0) }, title(node))
        case ("Conv2d", let unit as ConvolutionUnit): try convolve(unit, node)
        case ("SumPool2d", let unit as ConvolutionUnit), ("AvgPool2d", let unit as ConvolutionUnit):
            guard unit.stride == unit.kernel, unit.padding.row == 0, unit.padding.column == 0 else {
                throw stack.failure(
                    title(node), "pools cells that overlap, leave gaps or lie beyond the border",
                    hint: "Use a stride that is the kernel, and no padding")
            }
            try stack.average(height: unit.kernel.row, width: unit.kernel.column, title(node))
            if type == "SumPool2d" { factor *= Float(unit.kernel.row * unit.kernel.column) }
        default:
            throw stack.failure(
                title(node), "is not converted",
                hint: type == "Threshold" ? "It gives zero or one, which is no rectified linear unit" : NIRChain.taken)
        }
    }

    private mutating func convolve(_ unit: ConvolutionUnit, _ node: Int) throws(SpikelineError) {
        guard unit.groups == 1 else {
            throw stack.failure(
                title(node), "has several groups, expected one", hint: "Train without groups (depthwise layers)")
        }
        guard unit.dilation.row == 1, unit.dilation.column == 1 else {
            throw stack.failure(title(node), "is dilated, expected no dilation")
        }
        guard unit.stride.row == unit.stride.column, unit.padding.row == unit.padding.column else {
            throw stack.failure(
                title(node), "has strides or padding that differ between rows and columns, expected the same")
        }
        try stack.convolution(
            scaled(unit.weights ?? []),
            shape: [unit.output.channels, unit.input.channels, unit.kernel.row, unit.kernel.column],
            stride: unit.stride.row, padding: unit.padding.row, title(node))
        try stack.bias(unit.biases.map { Float($0) }, title(node))
    }

    /// Weights times what the pools before them leave to them.
    private mutating func scaled(_ weights: [Double]) -> [Float] {
        defer { factor = 1 }
        return weights.map { Float($0) * factor }
    }
}
