import SpikeSignals

/// Neurons or channels on a rectangle of cells, several in each cell.
///
/// Channels last: the neuron of channel `c` in row `y` and column `x` has the index `(y * width + x) * channels + c`.
public struct Grid: Hashable, Sendable {
    /// Rows, at least 1.
    public var height: Int
    /// Columns, at least 1.
    public var width: Int
    /// Neurons in each cell, at least 1.
    public var channels: Int

    /// A grid of `height x width x channels` neurons.
    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// The number of neurons.
    public var count: Int { height * width * channels }
}

/// A two-dimensional convolution from one ``Grid`` to another, with sum pooling before it.
///
/// Cells of the source are pooled in squares of `pool x pool` cells whose spikes count together; rows and columns that
/// do not fill a square are left out. The target neuron of channel `o` in row `y` and column `x` then receives
/// ```
/// sum over r, c, i of  weights[r][c][i][o] * spikes(row y * stride + r - padding, column x * stride + c - padding, i)
/// ```
/// with zero outside the grid, for `kernel x kernel` rows `r` and columns `c`. A kernel of 1 x 1 with a stride of 1 is
/// a pooling layer with mixed channels.
/// Source: the cross-correlation that deep learning calls convolution; NIR's primitives `SumPool2d` and `Conv2d`.
public struct Convolution: Hashable, Sendable {
    /// The source, before pooling.
    public var input: Grid
    /// The side of the squares whose spikes are summed, 1 for none.
    public var pool: Int
    /// The side of the kernel.
    public var kernel: Int
    /// The distance between the source cells of neighbouring target cells.
    public var stride: Int
    /// Rows and columns of silence around the pooled source.
    public var padding: Int
    /// The channels of the target.
    public var channels: Int

    /// A convolution of `input` to `channels` channels.
    public init(input: Grid, pool: Int = 1, kernel: Int, stride: Int = 1, padding: Int = 0, channels: Int) {
        self.input = input
        self.pool = pool
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.channels = channels
    }

    /// The source after pooling.
    public var pooled: Grid {
        Grid(height: input.height / pool, width: input.width / pool, channels: input.channels)
    }

    /// The target.
    public var output: Grid {
        let pooled = pooled
        func side(_ side: Int) -> Int { max((side + 2 * padding - kernel) / stride + 1, 0) }
        return Grid(
            height: pooled.height + 2 * padding < kernel ? 0 : side(pooled.height),
            width: pooled.width + 2 * padding < kernel ? 0 : side(pooled.width), channels: channels)
    }

    /// The weights of one tap, `[row][column][source channel][target channel]`.
    public var weightCount: Int { kernel * kernel * input.channels * channels }

    /// The index of a weight within its tap.
    @inline(__always)
    func weightIndex(row: Int, column: Int, source: Int) -> Int {
        ((row * kernel + column) * input.channels + source) * channels
    }

    /// The largest side of a grid, and of a kernel, a pool and a stride.
    public static let largestSide = 4_096
    static let largestKernel = 31

    /// Checks the parts, and that they leave a target of at least one neuron.
    public func checkShapes(at place: String) throws(SpikelineError) {
        let largest = Int64(Self.largestSide)
        try require(Int64(input.height), in: 1...largest, "a height of the source", at: place)
        try require(Int64(input.width), in: 1...largest, "a width of the source", at: place)
        try require(Int64(input.channels), in: 1...largest, "a number of source channels", at: place)
        try require(Int64(channels), in: 1...largest, "a number of target channels", at: place)
        try require(Int64(kernel), in: 1...Int64(Self.largestKernel), "a side of the kernel", at: place)
        try require(Int64(stride), in: 1...Int64(Self.largestKernel), "a stride", at: place)
        try require(Int64(padding), in: 0...Int64(kernel - 1), "a padding", at: place)
        try require(Int64(pool), in: 1...Int64(min(input.height, input.width)), "a side of the pool", at: place)
        guard output.count > 0 else {
            throw SpikelineError(
                "expected a kernel that fits its source, found \(kernel) x \(kernel) on \(pooled.height) x "
                    + "\(pooled.width) with a padding of \(padding)", at: place)
        }
    }
}
