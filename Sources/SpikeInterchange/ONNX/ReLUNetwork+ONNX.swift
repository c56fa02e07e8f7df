import SpikeContainers
import SpikeSignals

extension ReLUNetwork {
    /// Reads the network in the ONNX file at `path`.
    ///
    /// - Throws: as ``init(onnx:name:)``, and if the file cannot be read.
    public init(onnxFile path: String) throws(SpikelineError) {
        try self.init(
            onnx: try WholeFile.read(path, limit: ModelFile.maximumWholeFile, expecting: "an ONNX model"), name: path)
    }

    /// Reads a network from the bytes of an ONNX file; `name` stands for the file in messages.
    ///
    /// Takes a chain of `Conv` (two-dimensional, square kernel, the same stride and padding all around, one group, no
    /// dilation), `Gemm`, `MatMul`, `Add` of biases, `BatchNormalization`, `Relu`, `AveragePool` (side by side),
    /// `GlobalAveragePool`, `Flatten`, `Reshape` to a list, `Identity` and `Dropout`, from operator set 7 on, in single
    /// precision.
    ///
    /// - Throws: naming the node that is none of these or is used in another way. Whatever the bytes are, reading ends
    ///   with a network or an error, and memory stays in proportion to the limits.
    public init(onnx bytes: [UInt8], name: String) throws(SpikelineError) {
        var reader = try ONNXChain(ONNXGraph(bytes: bytes, file: name))
        self = try reader.network()
    }
}

/// Follows a chain of nodes from the input to the output.
private struct ONNXChain {
    private let graph: ONNXGraph
    private var stack: LayerStack
    /// Constants by name, and those that nodes called `Constant` give.
    private var tensors: [String: ONNXGraph.Tensor]
    /// What the last node gave.
    private var current: String

    init(_ graph: ONNXGraph) throws(SpikelineError) {
        self.graph = graph
        tensors = graph.tensors
        guard graph.operatorSet >= 7 else {
            throw SpikelineError(
                "the model is of operator set \(graph.operatorSet), expected 7 or later", at: graph.file,
                hint: "Export it again, as with opset_version=17")
        }
        let inputs = graph.inputs.filter { graph.tensors[$0.name] == nil }
        guard inputs.count == 1, let input = inputs.first else {
            throw SpikelineError("the model has \(inputs.count) inputs, expected one", at: graph.file)
        }
        let sizes = (input.shape ?? []).dropFirst().map { $0 ?? 0 }
        let sides = 1...Limits.side
        guard sizes.count == 1 || sizes.count == 3, sizes.allSatisfy({ (1...ReLUNetwork.Limits.values).contains($0) }),
            sizes.count == 1 || (sides.contains(sizes[1]) && sides.contains(sizes[2]))
        else {
            throw SpikelineError(
                "the input \"\(input.name)\" has the shape \(ONNXChain.text(input.shape)), expected [batch, values] or "
                    + "[batch, channels, rows, columns]", at: graph.file,
                hint: "Only the size of the batch may be open")
        }
        typealias Limits = ReLUNetwork.Limits
        let shape =
            sizes.count == 1
            ? ReLUNetwork.Shape(channels: sizes[0])
            : ReLUNetwork.Shape(channels: sizes[0], height: sizes[1], width: sizes[2])
        stack = try LayerStack(input: shape, isList: sizes.count == 1, file: graph.file)
        current = input.name
    }

    private static func text(_ shape: [Int?]?) -> String {
        guard let shape else { return "of no dimensions" }
        return "[" + shape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
    }

    private func failure(_ node: ONNXGraph.Node, _ what: String, hint: String = "") -> SpikelineError {
        stack.failure(node.title, what, hint: hint)
    }

    mutating func network() throws(SpikelineError) -> ReLUNetwork {
        for node in graph.nodes { try take(node) }
        guard graph.outputs.count == 1, graph.outputs[0].name == current else {
            throw SpikelineError(
                "the model gives \(graph.outputs.count) outputs, expected the result of its last node only",
                at: graph.file)
        }
        return try stack.network()
    }

    private mutating func take(_ node: ONNXGraph.Node) throws(SpikelineError) {
        guard node.domain.isEmpty || node.domain == "ai.onnx" else {
            throw failure(node, "is of the domain \"\(node.domain)\", expected a standard operation")
        }
        if node.type == "Constant" {
            guard node.inputs.isEmpty, node.outputs.count == 1, case .tensor(let tensor)? = node.attributes["value"]
            else { throw failure(node, "is a constant that is no tensor") }
            tensors[node.outputs[0]] = tensor
            return
        }
        guard let action = ONNXChain.actions[node.type] else { throw refusal(of: node) }
        let others = node.inputs.filter { !$0.isEmpty && $0 != current }
        guard node.inputs.contains(current), node.inputs.count(where: { $0 == current }) == 1,
            others.allSatisfy({ tensors[$0] != nil })
        else {
            throw failure(
                node, "does not take the result of the node before it and constants, as a chain does",
                hint: "Branches and residual connections are not converted")
        }
        guard node.type == "Add" || node.inputs.first == current else {
            throw failure(node, "takes what comes in as its second input, expected as its first")
        }
        try action(&self, node)
        guard let output = node.outputs.first, !output.isEmpty else { throw failure(node, "gives nothing") }
        current = output
    }

    private static let actions: [String: @Sendable (inout ONNXChain, ONNXGraph.Node) throws(SpikelineError) -> Void] = [
        "Conv": { (chain, node) throws(SpikelineError) in try chain.convolution(node) },
        "Gemm": { (chain, node) throws(SpikelineError) in try chain.gemm(node) },
        "MatMul": { (chain, node) throws(SpikelineError) in
            let tensor = try chain.matrix(node, transposed: true)
            try chain.stack.dense(
                tensor.values, targets: tensor.targets, sources: tensor.sources, node.title)
        },
        "Add": { (chain, node) throws(SpikelineError) in try chain.add(node) },
        "BatchNormalization": { (chain, node) throws(SpikelineError) in try chain.normalize(node) },
        "Relu": { (chain, node) throws(SpikelineError) in try chain.stack.rectify(node.title) },
        "AveragePool": { (chain, node) throws(SpikelineError) in try chain.averagePool(node) },
        "GlobalAveragePool": { (chain, node) throws(SpikelineError) in
            try chain.stack.average(height: chain.stack.shape.height, width: chain.stack.shape.width, node.title)
        },
        "Flatten": { (chain, node) throws(SpikelineError) in
            guard try chain.integer("axis", of: node, or: 1) == 1 else {
                throw chain.failure(node, "flattens from another axis than 1")
            }
            chain.stack.flatten()
        },
        "Reshape": { (chain, node) throws(SpikelineError) in try chain.reshape(node) },
        "Identity": { (_, _) throws(SpikelineError) in },
        "Dropout": { (_, _) throws(SpikelineError) in },
    ]

    private func refusal(of node: ONNXGraph.Node) -> SpikelineError {
        let hint =
            switch node.type {
            case "MaxPool", "GlobalMaxPool":
                "Spikes do not tell a maximum: train with AveragePool, or with a stride of the Conv"
            case "Softmax", "LogSoftmax": "The highest score is the same without it: export the network without it"
            case "Sigmoid", "Tanh", "LeakyRelu", "PRelu", "Elu", "Gelu", "Clip", "HardSwish", "Selu":
                "A spiking neuron is a rectified linear unit: train with Relu"
            default: "Converted are " + (ONNXChain.actions.keys + ["Constant"]).sorted().joined(separator: ", ")
            }
        return failure(node, "is an operation that is not converted", hint: hint)
    }

    // MARK: Parameters

    private func integer(_ name: String, of node: ONNXGraph.Node, or value: Int64) throws(SpikelineError) -> Int64 {
        switch node.attributes[name] {
        case nil: return value
        case .integer(let number): return number
        default: throw failure(node, "has \"\(name)\", which is no whole number")
        }
    }

    private func float(_ name: String, of node: ONNXGraph.Node, or value: Float) throws(SpikelineError) -> Float {
        switch node.attributes[name] {
        case nil: return value
        case .float(let number) where number.isFinite: return number
        default: throw failure(node, "has \"\(name)\", which is no finite number")
        }
    }

    private func integers(_ name: String, of node: ONNXGraph.Node) throws(SpikelineError) -> [Int]? {
        switch node.attributes[name] {
        case nil: return nil
        case .integers(let numbers) where numbers.allSatisfy({ (0...1 << 16).contains($0) }):
            return numbers.map { Int($0) }
        default: throw failure(node, "has \"\(name)\", which are no numbers from 0 to 65536")
        }
    }

    /// Refuses padding by a rule; `VALID` is none.
    private func expectPlainPadding(_ node: ONNXGraph.Node) throws(SpikelineError) {
        switch node.attributes["auto_pad"] {
        case nil, .text("NOTSET"), .text("VALID"): return
        default:
            throw failure(node, "pads by a rule (auto_pad)", hint: "Export it with the numbers of rows and columns")
        }
    }

    /// The numbers of the input at `place`, which are of single precision; nil if there is none.
    private func numbers(_ node: ONNXGraph.Node, _ place: Int) throws(SpikelineError) -> ONNXGraph.Tensor? {
        guard place < node.inputs.count, !node.inputs[place].isEmpty else { return nil }
        guard let tensor = tensors[node.inputs[place]] else { return nil }
        if let problem = tensor.problem {
            throw failure(
                node, "takes the tensor \"\(node.inputs[place])\", which \(problem)",
                hint: "Export in single precision and into one file")
        }
        guard tensor.integers.isEmpty, !tensor.floats.isEmpty else {
            throw failure(
                node, "takes the tensor \"\(node.inputs[place])\", which holds no numbers of single precision")
        }
        return tensor
    }

    private func needed(_ node: ONNXGraph.Node, _ place: Int) throws(SpikelineError) -> ONNXGraph.Tensor {
        guard let tensor = try numbers(node, place) else { throw failure(node, "lacks its input \(place)") }
        return tensor
    }

    /// The matrix at input 1 as `[target][source]`.
    private func matrix(
        _ node: ONNXGraph.Node, transposed: Bool
    ) throws(SpikelineError) -> (values: [Float], targets: Int, sources: Int) {
        let tensor = try needed(node, 1)
        guard tensor.shape.count == 2 else {
            throw failure(node, "multiplies by a tensor of the shape \(tensor.shape), expected a matrix")
        }
        guard transposed else { return (tensor.floats, tensor.shape[0], tensor.shape[1]) }
        let (sources, targets) = (tensor.shape[0], tensor.shape[1])
        var values: [Float] = []
        values.reserveCapacity(tensor.floats.count)
        for target in 0..<targets {
            for source in 0..<sources { values.append(tensor.floats[source * targets + target]) }
        }
        return (values, targets, sources)
    }

    // MARK: Operations

    private mutating func gemm(_ node: ONNXGraph.Node) throws(SpikelineError) {
        guard try integer("transA", of: node, or: 0) == 0 else {
            throw failure(node, "transposes what comes in")
        }
        let (alpha, beta) = (try float("alpha", of: node, or: 1), try float("beta", of: node, or: 1))
        let isTransposed = try integer("transB", of: node, or: 0) != 0
        let matrix = try matrix(node, transposed: !isTransposed)
        let biases = try numbers(node, 2)
        try stack.dense(
            alpha == 1 ? matrix.values : matrix.values.map { $0 * alpha }, targets: matrix.targets,
            sources: matrix.sources, node.title)
        guard let biases else { return }
        try addBiases(biases, factor: beta, node)
    }

    private mutating func convolution(_ node: ONNXGraph.Node) throws(SpikelineError) {
        try expectPlainPadding(node)
        let weights = try needed(node, 1)
        let strides = try integers("strides", of: node) ?? [1, 1]
        let pads = try integers("pads", of: node) ?? [0, 0, 0, 0]
        let dilations = try integers("dilations", of: node) ?? [1, 1]
        guard weights.shape.count == 4, strides.count == 2, pads.count == 4, dilations.count == 2 else {
            throw failure(node, "is no convolution of two dimensions")
        }
        guard try integer("group", of: node, or: 1) == 1 else {
            throw failure(node, "has several groups, expected one", hint: "Train without groups (depthwise layers)")
        }
        guard dilations == [1, 1] else { throw failure(node, "is dilated by \(dilations), expected no dilation") }
        guard strides[0] == strides[1] else {
            throw failure(node, "has the strides \(strides), expected the same for rows and columns")
        }
        guard pads.allSatisfy({ $0 == pads[0] }) else {
            throw failure(node, "has the pads \(pads), expected the same on all sides")
        }
        if let kernel = try integers("kernel_shape", of: node), kernel != Array(weights.shape.suffix(2)) {
            throw failure(node, "has a kernel_shape \(kernel) and weights of the shape \(weights.shape)")
        }
        let biases = try numbers(node, 2)
        try stack.convolution(
            weights.floats, shape: weights.shape, stride: strides[0], padding: pads[0], node.title)
        if let biases { try addBiases(biases, factor: 1, node) }
    }

    private mutating func add(_ node: ONNXGraph.Node) throws(SpikelineError) {
        guard node.inputs.count == 2 else { throw failure(node, "adds \(node.inputs.count) values, expected two") }
        try addBiases(try needed(node, node.inputs[0] == current ? 1 : 0), factor: 1, node)
    }

    /// Adds a tensor that is the same for all cells: `[n]` behind dense layers, `[n, 1, 1]` behind convolutions.
    private mutating func addBiases(
        _ tensor: ONNXGraph.Tensor, factor: Float, _ node: ONNXGraph.Node
    ) throws(SpikelineError) {
        let isConv = stack.isOnGrid
        let axis = isConv && node.type != "Conv" ? 3 : 1
        let place = tensor.shape.count - axis
        let isSingle = tensor.count == 1
        guard isSingle || (place >= 0 && tensor.shape[place] == tensor.count) else {
            throw failure(
                node,
                "adds a tensor of the shape \(tensor.shape), expected a number for each "
                    + (isConv ? "channel" : "output"))
        }
        try stack.bias(factor == 1 ? tensor.floats : tensor.floats.map { $0 * factor }, node.title)
    }

    private mutating func normalize(_ node: ONNXGraph.Node) throws(SpikelineError) {
        guard try integer("training_mode", of: node, or: 0) == 0 else {
            throw failure(node, "is in training mode", hint: "Export the model for inference (eval)")
        }
        let epsilon = try float("epsilon", of: node, or: 1e-5)
        let parts = try [1, 2, 3, 4].map { (place) throws(SpikelineError) in try needed(node, place).floats }
        guard parts.allSatisfy({ $0.count == parts[0].count }), epsilon >= 0 else {
            throw failure(node, "has scale, bias, mean and variance of different lengths")
        }
        var (factors, terms): ([Float], [Float]) = ([], [])
        for index in parts[0].indices {
            let deviation = (parts[3][index] + epsilon).squareRoot()
            guard deviation > 0 else { throw failure(node, "has a variance of \(parts[3][index])") }
            factors.append(parts[0][index] / deviation)
            terms.append(parts[1][index] - parts[2][index] * parts[0][index] / deviation)
        }
        try stack.scale(factors, adding: terms, node.title)
    }

    private mutating func averagePool(_ node: ONNXGraph.Node) throws(SpikelineError) {
        try expectPlainPadding(node)
        guard let kernel = try integers("kernel_shape", of: node), kernel.count == 2 else {
            throw failure(node, "is no average over two dimensions")
        }
        let strides = try integers("strides", of: node) ?? [1, 1]
        guard strides == kernel else {
            throw failure(
                node, "averages \(kernel) cells every \(strides), expected them side by side",
                hint: "Use a stride that is the kernel")
        }
        let pads = try integers("pads", of: node) ?? []
        guard pads.allSatisfy({ $0 == 0 }), try integer("ceil_mode", of: node, or: 0) == 0 else {
            throw failure(node, "averages beyond the border, expected no padding and no ceil_mode")
        }
        let dilations = try integers("dilations", of: node) ?? []
        guard dilations.allSatisfy({ $0 == 1 }) else { throw failure(node, "is dilated, expected no dilation") }
        try stack.average(height: kernel[0], width: kernel[1], node.title)
    }

    private mutating func reshape(_ node: ONNXGraph.Node) throws(SpikelineError) {
        guard node.inputs.count == 2, let tensor = tensors[node.inputs[1]], tensor.problem == nil,
            tensor.integers.count == 2
        else { throw failure(node, "reshapes to something else than a list of constant length") }
        let (batch, count) = (tensor.integers[0], tensor.integers[1])
        let isList = count == Int64(stack.shape.count) || count == -1
        guard isList, (count != -1 && batch == -1) || batch == 0 || batch == 1 else {
            throw failure(node, "reshapes to \(tensor.integers), expected [batch, \(stack.shape.count)]")
        }
        stack.flatten()
    }
}
