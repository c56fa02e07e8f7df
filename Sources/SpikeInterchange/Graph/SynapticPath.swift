import SpikeNetwork
import SpikeSignals

/// All that lies between an origin of spikes and the neurons that they reach, as one matrix or one convolution.
///
/// ```
/// origin > Delay > SumPool2d or AvgPool2d side by side > Flatten > Linear or Affine             > neurons
/// origin > Delay > SumPool2d or AvgPool2d side by side > Conv2d > SumPool2d or AvgPool2d        > neurons
/// ```
/// where everything but the origin may be missing. Pooling behind a convolution makes its kernel larger: of `p x p`
/// cells every `q`, behind a kernel of `k` with a stride of `s`, it is a kernel of `k + (p - 1) s` with a stride of `q s`.
/// Groups and dilation are zeros in the engine's kernel. Weights stay in NIR's order, channels first, until
/// ``engineWeights(_:source:target:)``.
struct SynapticPath {
    /// Where the weights are.
    enum Pattern: Equatable {
        /// A matrix.
        case dense
        /// A kernel of `side x side` cells, of which every `dilation`-th has a weight.
        case convolution(side: Int, stride: Int, padding: Int, dilation: Int, groups: Int)
    }

    /// Where spikes come from.
    var origin = Connection.Origin.input
    /// The shape of what the origin gives, in NIR's order.
    let input: [Int]
    /// By how many ticks spikes are late.
    var delay = 0
    /// The side of the squares that are summed before the weights.
    var pool = 1
    /// Nil until there are weights.
    var pattern: Pattern?
    /// `[target][source]`, or `[target][source of the group][row][column]`.
    var weights: [Double] = []
    /// One for each target neuron of a matrix, for each target channel of a convolution.
    var biases: [Double] = []
    /// The node of the file whose weights these are, one for one; nil if there is none.
    var node: Int?
    /// What weights are multiplied by when they come: averages are sums of this share.
    private var share = 1.0

    /// What a node is called in messages, and what is wrong with it.
    typealias Failure = (_ what: String, _ hint: String) -> SpikelineError

    /// A path without nodes from an origin of the shape `input`.
    init(input: [Int]) { self.input = input }

    /// The shape `[channels, rows, columns]` after ``pool``; nil if values are no grid.
    private var pooled: [Int]? {
        guard input.count == 3 else { return nil }
        return [input[0], input[1] / pool, input[2] / pool]
    }

    // MARK: Nodes, in the order of data flow

    mutating func delay(by steps: [Int], _ failure: Failure) throws(SpikelineError) {
        guard let first = steps.first, steps.allSatisfy({ $0 == first }) else {
            throw failure("has delays of several lengths", "")
        }
        guard biases.allSatisfy({ $0 == 0 }) else {
            throw failure("stands behind a bias, which it delays too", "Put the Delay before the weights")
        }
        delay += first
        guard delay <= Connection.maximumDelay else {
            throw failure("delays by more than \(Connection.maximumDelay) ticks", "Say with --dt how long a tick is")
        }
    }

    mutating func multiply(by unit: LinearUnit, _ failure: Failure) throws(SpikelineError) {
        try expectNoWeights(failure)
        pattern = .dense
        weights = unit.weights
        biases = unit.biases
        scale()
    }

    mutating func convolve(with unit: ConvolutionUnit, _ failure: Failure) throws(SpikelineError) {
        let (kernel, stride, padding, dilation) = (unit.kernel, unit.stride, unit.padding, unit.dilation)
        if unit.weights == nil {
            try expectSquare(unit, failure)
            if pattern == nil, kernel == stride, padding.row == 0 {
                pool *= kernel.row
                share *= unit.shared
                return
            }
            if pattern != nil { return try widen(by: unit, failure) }
        }
        try expectNoWeights(failure)
        try expectSquare(unit, failure)
        let side = dilation.row * (kernel.row - 1) + 1
        guard side <= Self.largestSide, stride.row <= Self.largestSide, padding.row < side else {
            throw failure(
                "has a kernel of \(side) x \(side), a stride of \(stride.row) and a padding of \(padding.row), expected "
                    + "at most \(Self.largestSide), and a padding below the kernel", "Train with smaller ones")
        }
        pattern = .convolution(
            side: side, stride: stride.row, padding: padding.row, dilation: dilation.row, groups: unit.groups)
        weights =
            unit.weights
            ?? Array(repeating: unit.shared, count: unit.output.channels * kernel.row * kernel.column)
        biases = unit.biases
        scale()
    }

    /// Ends the path at neurons: pooled values that have met no weights get ones.
    mutating func close(_ failure: Failure) throws(SpikelineError) {
        guard pattern == nil else { return }
        guard let pooled else {
            throw failure(
                "is reached by spikes without weights, expected a Linear, Affine, Conv2d or pool before it",
                "Put a Linear with ones on its diagonal before it")
        }
        pattern = .convolution(side: 1, stride: 1, padding: 0, dilation: 1, groups: pooled[0])
        weights = Array(repeating: share, count: pooled[0])
        biases = Array(repeating: 0, count: pooled[0])
    }

    private static let largestSide = 31
    /// The most weights of all paths of a graph, which are doubles here.
    static let mostWeights = 1 << 25

    private func expectNoWeights(_ failure: Failure) throws(SpikelineError) {
        guard pattern == nil else {
            throw failure(
                "follows other weights without neurons between them, which an integer network does not have",
                "Multiply the two into one before the graph is exported")
        }
    }

    /// The engine's convolutions are square, on the grid of their source.
    private func expectSquare(_ unit: ConvolutionUnit, _ failure: Failure) throws(SpikelineError) {
        for part in [unit.kernel, unit.stride, unit.padding, unit.dilation] where part.row != part.column {
            throw failure(
                "has \(part.row) rows and \(part.column) columns as its kernel, stride, padding or dilation, expected "
                    + "the same of both", "Train with square kernels, equal strides and equal padding")
        }
        guard pattern != nil || pooled == [unit.input.channels, unit.input.height, unit.input.width] else {
            throw failure("takes another grid than its source gives", "Leave out what reshapes between them")
        }
    }

    /// Multiplies new weights by the share of the averages before them.
    private mutating func scale() {
        if share != 1 { for cell in weights.indices { weights[cell] *= share } }
    }

    /// Pools behind a convolution: the kernel grows.
    private mutating func widen(by unit: ConvolutionUnit, _ failure: Failure) throws(SpikelineError) {
        guard case .convolution(let side, let stride, let padding, let dilation, let groups)? = pattern else { return }
        guard unit.padding.row == 0 else { throw failure("pads behind a convolution", "Pool without padding") }
        let (cells, step) = (unit.kernel.row, unit.stride.row)
        let (wide, small) = (side + (cells - 1) * stride, (side - 1) / dilation + 1)
        guard wide <= Self.largestSide, stride * step <= Self.largestSide,
            weights.count / (small * small) <= Self.mostWeights / (wide * wide)
        else {
            throw failure(
                "makes a kernel of \(wide) x \(wide) of the one before it, expected at most "
                    + "\(Self.largestSide) x \(Self.largestSide)", "Put neurons between convolution and pool")
        }
        var result = [Double](repeating: 0, count: weights.count / (small * small) * wide * wide)
        for (index, weight) in weights.enumerated() {
            let (slice, cell) = index.quotientAndRemainder(dividingBy: small * small)
            let (row, column) = (cell / small * dilation, cell % small * dilation)
            for y in 0..<cells {
                for x in 0..<cells {
                    result[(slice * wide + row + y * stride) * wide + column + x * stride] += weight * unit.shared
                }
            }
        }
        weights = result
        node = nil
        for index in biases.indices { biases[index] *= Double(cells * cells) * unit.shared }
        pattern = .convolution(side: wide, stride: stride * step, padding: padding, dilation: 1, groups: groups)
    }

    // MARK: For the engine

    /// The grid of the origin, if this is a convolution.
    var sourceGrid: Grid? { convolution?.input }
    /// The grid of the target, if this is a convolution.
    var targetGrid: Grid? { convolution?.output }

    /// The engine's convolution, if this is one.
    var convolution: Convolution? {
        guard case .convolution(let side, let stride, let padding, _, _)? = pattern, input.count == 3 else {
            return nil
        }
        return Convolution(
            input: Grid(height: input[1], width: input[2], channels: input[0]), pool: pool, kernel: side,
            stride: stride, padding: padding, channels: biases.count)
    }

    /// Target neurons that share a row of the weights.
    var cellsPerRow: Int { targetGrid.map { $0.height * $0.width } ?? 1 }

    /// The weights of one row.
    var rowLength: Int { weights.count / max(biases.count, 1) }

    /// The number of weights in the engine, or one more than it may have.
    func engineCount(targets: Int) -> Int {
        // Kernels have at most 31 x 31 cells, and grids at most 2^22 neurons.
        let (sources, kernels) =
            convolution.map { ($0.input.channels * $0.kernel * $0.kernel, $0.channels) } ?? (input.product, targets)
        let (count, overflow) = sources.multipliedReportingOverflow(by: kernels)
        return overflow ? NetworkLimits.weights + 1 : min(count, NetworkLimits.weights + 1)
    }

    /// `whole`, integers in the order of ``weights``, in the engine's order; `source` and `target` are the grids on which
    /// the neurons lie there, whichever path puts them on it.
    func engineWeights(_ whole: [Int8], source: Grid?, target: Grid?) -> [Int8] {
        guard case .convolution(let side, _, _, let dilation, let groups)? = pattern, let convolution else {
            return dense(whole, source, target)
        }
        let (channels, small) = (convolution.channels, (side - 1) / dilation + 1)
        let (inner, outer) = (convolution.input.channels / groups, channels / groups)
        var result = [Int8](repeating: 0, count: convolution.weightCount)
        for (index, weight) in whole.enumerated() {
            let (slice, cell) = index.quotientAndRemainder(dividingBy: small * small)
            let (channel, within) = slice.quotientAndRemainder(dividingBy: inner)
            let place = cell / small * dilation * side + cell % small * dilation
            let incoming = channel / outer * inner + within
            result[(place * convolution.input.channels + incoming) * channels + channel] = weight
        }
        return result
    }

    private func dense(_ whole: [Int8], _ source: Grid?, _ target: Grid?) -> [Int8] {
        let (sources, targets, columns) = (input.product, biases.count, rowLength)
        let (from, to) = (NeuronOrder(source, count: sources), NeuronOrder(target, count: targets))
        var result = [Int8](repeating: 0, count: sources * targets)
        for neuron in 0..<sources {
            var column = from.nir(neuron)
            if pool > 1, let pooled {
                let cells = input[1] * input[2]
                let (row, line) = (column % cells / input[2] / pool, column % input[2] / pool)
                // What does not fill a square is left out.
                guard row < pooled[1], line < pooled[2] else { continue }
                column = (column / cells * pooled[1] + row) * pooled[2] + line
            }
            for place in 0..<targets { result[neuron * targets + place] = whole[to.nir(place) * columns + column] }
        }
        return result
    }
}

/// Which of NIR's values a neuron of the engine is: on a grid NIR counts channels first, the engine last.
struct NeuronOrder {
    private let grid: Grid?
    /// The number of neurons.
    let count: Int

    /// The order of `count` neurons that lie on `grid`, or on none.
    init(_ grid: Grid?, count: Int) {
        self.grid = grid
        self.count = count
    }

    /// The place in NIR's order of neuron `index` of the engine.
    func nir(_ index: Int) -> Int {
        guard let grid else { return index }
        return index % grid.channels * (grid.height * grid.width) + index / grid.channels
    }

    /// The neuron of the engine at place `index` of NIR's order.
    func engine(_ index: Int) -> Int {
        guard let grid else { return index }
        let cells = grid.height * grid.width
        return index % cells * grid.channels + index / cells
    }
}
