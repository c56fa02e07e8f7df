import SpikeSignals

/// Puts a ``ReLUNetwork`` together, operation by operation, and refuses what it cannot be.
///
/// Readers of files translate their nodes into these calls; `title` is what messages call a node.
struct LayerStack {
    let file: String
    let input: ReLUNetwork.Shape
    private(set) var shape: ReLUNetwork.Shape
    private var layers: [ReLUNetwork.Layer] = []
    private var pool: (height: Int, width: Int)?
    private var operations = 0
    /// Weights of all layers, and how often weights have been multiplied by a normalisation.
    private var (weights, scaled) = (0, 0)
    /// Whether values are a list, and no longer on a grid.
    private var isList: Bool

    /// A network without layers; the input is a list or lies on a grid.
    init(input: ReLUNetwork.Shape, isList: Bool, file: String) throws(SpikelineError) {
        self.file = file
        self.input = input
        shape = input
        self.isList = isList
        guard LayerStack.fits(input) else {
            throw SpikelineError(
                "the input has the shape \(input.text), expected at most \(ReLUNetwork.Limits.values) values", at: file)
        }
    }

    func failure(_ title: String, _ what: String, hint: String = "") -> SpikelineError {
        SpikelineError("\(title) \(what)", at: file, hint: hint)
    }

    private static func fits(_ shape: ReLUNetwork.Shape) -> Bool {
        let side = 1...ReLUNetwork.Limits.side
        return shape.channels >= 1 && shape.channels <= ReLUNetwork.Limits.values && side.contains(shape.height)
            && side.contains(shape.width)
            && shape.channels <= ReLUNetwork.Limits.values / (shape.height * shape.width)
    }

    /// Whether values lie on a grid.
    var isOnGrid: Bool { !isList }

    /// Whether the last operation is one that a bias or a normalisation may follow.
    private var isOpen: Bool { pool == nil && layers.last?.isRectified == false }

    private mutating func expectRectified(_ title: String) throws(SpikelineError) {
        guard !isOpen else {
            throw failure(
                title, "follows a layer that is not rectified",
                hint: "A spiking neuron is a rectified linear unit: put a Relu between them")
        }
    }

    private mutating func append(_ layer: ReLUNetwork.Layer, _ title: String) throws(SpikelineError) {
        guard LayerStack.fits(layer.output) else {
            throw failure(
                title, "gives \(layer.output.text) values, expected at most \(ReLUNetwork.Limits.values)")
        }
        // Both factors are bounded: at most 65,535 values, and a kernel no larger than its weights.
        operations += layer.operations
        guard operations <= ReLUNetwork.Limits.operations else {
            throw failure(title, "makes a picture cost more than \(ReLUNetwork.Limits.operations) multiplications")
        }
        // What the integer network could not hold is not gathered first.
        weights += layer.weights.count
        guard weights <= NetworkLimits.weights else {
            throw failure(title, "is one weight too many: the network has more than \(NetworkLimits.weights)")
        }
        layers.append(layer)
        if case .dense = layer.pattern { isList = true }
        pool = nil
        shape = layer.output
    }

    /// A dense layer of `weights`, `[target][source]`.
    mutating func dense(_ weights: [Float], targets: Int, sources: Int, _ title: String) throws(SpikelineError) {
        try expectRectified(title)
        guard isList else {
            throw failure(title, "expects a list, and \(shape.text) come in", hint: "Put a Flatten between them")
        }
        guard targets >= 1, sources == shape.count, weights.count == targets * sources else {
            throw failure(title, "takes \(sources) values, and \(shape.text) come in")
        }
        let before = unpooled
        try append(
            ReLUNetwork.Layer(
                name: title, input: before, poolHeight: pool?.height ?? 1, poolWidth: pool?.width ?? 1,
                pattern: .dense, weights: weights, biases: Array(repeating: 0, count: targets),
                output: ReLUNetwork.Shape(channels: targets)), title)
    }

    /// What comes out of the last layer, before the pool behind it.
    private var unpooled: ReLUNetwork.Shape { layers.last?.output ?? input }

    /// A convolution with `weights`, `[target][source][row][column]`.
    mutating func convolution(
        _ weights: [Float], shape sizes: [Int], stride: Int, padding: Int, _ title: String
    ) throws(SpikelineError) {
        try expectRectified(title)
        try expectGrid(title)
        guard sizes.count == 4, sizes.allSatisfy({ $0 >= 1 }), weights.count == sizes.reduce(1, *) else {
            throw failure(title, "has weights of the shape \(sizes), expected [targets, sources, rows, columns]")
        }
        guard sizes[2] == sizes[3], sizes[2] <= ReLUNetwork.Limits.kernel else {
            throw failure(
                title,
                "has a kernel of \(sizes[2]) x \(sizes[3]), expected a square one of at most "
                    + "\(ReLUNetwork.Limits.kernel) x \(ReLUNetwork.Limits.kernel)")
        }
        guard sizes[1] == shape.channels else {
            throw failure(title, "takes \(sizes[1]) channels, and \(shape.text) come in")
        }
        let kernel = sizes[2]
        guard (1...ReLUNetwork.Limits.kernel).contains(stride), (0..<kernel).contains(padding) else {
            throw failure(
                title,
                "has a stride of \(stride) and a padding of \(padding), expected a stride of 1 to "
                    + "\(ReLUNetwork.Limits.kernel) and a padding below the kernel's \(kernel)")
        }
        if let pool, pool.height != pool.width {
            throw failure(title, "follows an average over \(pool.height) x \(pool.width), expected a square")
        }
        guard shape.height + 2 * padding >= kernel, shape.width + 2 * padding >= kernel else {
            throw failure(title, "has a kernel of \(kernel) x \(kernel), and \(shape.text) come in")
        }
        let output = ReLUNetwork.Shape(
            channels: sizes[0], height: (shape.height + 2 * padding - kernel) / stride + 1,
            width: (shape.width + 2 * padding - kernel) / stride + 1)
        try append(
            ReLUNetwork.Layer(
                name: title, input: unpooled, poolHeight: pool?.height ?? 1, poolWidth: pool?.width ?? 1,
                pattern: .convolution(kernel: kernel, stride: stride, padding: padding), weights: weights,
                biases: Array(repeating: 0, count: sizes[0]), output: output), title)
    }

    /// Adds biases, one for each output of a dense layer or each channel, or one for all.
    mutating func bias(_ biases: [Float], _ title: String) throws(SpikelineError) {
        guard isOpen, let last = layers.last else {
            throw failure(
                title, "adds numbers to something else than the sums of a layer",
                hint: "Biases stand directly behind Gemm, MatMul or Conv")
        }
        guard biases.count == last.biases.count || biases.count == 1 else {
            throw failure(title, "adds \(biases.count) numbers to \(last.biases.count) sums")
        }
        for index in last.biases.indices {
            layers[layers.count - 1].biases[index] += biases[biases.count == 1 ? 0 : index]
        }
    }

    /// Multiplies each output of the last layer (or each channel) by a factor and adds a number: a batch normalisation.
    mutating func scale(_ factors: [Float], adding terms: [Float], _ title: String) throws(SpikelineError) {
        guard isOpen, let last = layers.last.map({ (weights: $0.weights.count, biases: $0.biases.count) }) else {
            throw failure(
                title, "does not stand directly behind Gemm, MatMul or Conv",
                hint: "Only there it can become part of the weights")
        }
        guard factors.count == last.biases, terms.count == factors.count else {
            throw failure(title, "normalises \(factors.count) channels, and \(shape.text) come in")
        }
        let (place, row) = (layers.count - 1, last.weights / factors.count)
        scaled += last.weights
        guard scaled <= ReLUNetwork.Limits.operations else {
            throw failure(title, "normalises weights once more: together more than \(ReLUNetwork.Limits.operations)")
        }
        for target in factors.indices {
            for index in target * row..<(target + 1) * row { layers[place].weights[index] *= factors[target] }
            layers[place].biases[target] = layers[place].biases[target] * factors[target] + terms[target]
        }
    }

    /// Rectifies. What is rectified already stays as it is.
    mutating func rectify(_ title: String) throws(SpikelineError) {
        guard !layers.isEmpty, pool == nil else {
            throw failure(
                title, pool == nil ? "rectifies the input" : "stands behind an average",
                hint: "A Relu stands directly behind the layer that it belongs to")
        }
        layers[layers.count - 1].isRectified = true
    }

    /// Averages rectangles of `height x width` that lie side by side.
    mutating func average(height: Int, width: Int, _ title: String) throws(SpikelineError) {
        try expectRectified(title)
        try expectGrid(title)
        guard height >= 1, width >= 1, height <= shape.height, width <= shape.width else {
            throw failure(title, "averages \(height) x \(width) cells, and \(shape.text) come in")
        }
        let before = pool ?? (1, 1)
        let sides = unpooled
        // Pools of pools: exact as long as neither leaves out cells that the other would take.
        guard pool == nil || (sides.height % before.height == 0 && sides.width % before.width == 0) else {
            throw failure(title, "averages averages that leave out cells of \(sides.text)")
        }
        pool = (before.height * height, before.width * width)
        shape.height /= height
        shape.width /= width
    }

    /// Makes a list of values on a grid; their order stays.
    mutating func flatten() {
        shape = ReLUNetwork.Shape(channels: shape.count)
        isList = true
    }

    private func expectGrid(_ title: String) throws(SpikelineError) {
        guard !isList else { throw failure(title, "expects channels of rows and columns, and a list comes in") }
    }

    /// The network.
    func network() throws(SpikelineError) -> ReLUNetwork {
        guard let last = layers.last else { throw SpikelineError("the network has no layers", at: file) }
        guard pool == nil, !last.isRectified else {
            throw SpikelineError(
                "the network ends with \(pool == nil ? "a Relu" : "an average"), expected a layer whose sums are the scores",
                at: file, hint: "Export it without what stands behind the last Gemm or Conv")
        }
        // The engine counts channels last and the scores would be counted rows last; and which cell is which label?
        guard last.output.height == 1, last.output.width == 1 else {
            throw failure(
                last.name, "gives scores on a grid of \(last.output.text), expected one for each label",
                hint: "Put a GlobalAveragePool, or a Flatten, and a Gemm behind it")
        }
        guard last.output.count <= 4_096 else {
            throw SpikelineError("the network has \(last.output.count) outputs, expected at most 4096", at: file)
        }
        for layer in layers where !(layer.weights + layer.biases).allSatisfy(\.isFinite) {
            throw failure(layer.name, "has weights or biases that are not finite, normalisation included")
        }
        return ReLUNetwork(input: input, layers: layers, name: file)
    }
}
