import SpikeSignals

/// A feed-forward network of rectified linear units, layer after layer, in floating point.
///
/// A layer averages squares of what comes in, if it pools, multiplies by its weights, adds its biases, and all but the
/// last rectify: `y = max(0, W pool(x) + b)`. Values lie channels first, `[channel][row][column]`, as in ONNX and NIR.
/// Batch normalisation is part of weights and biases. ``init(onnx:name:)`` reads one; ``activations(of:)`` runs it;
/// ``SpikingConversion`` makes spikes of it.
public struct ReLUNetwork: Sendable {
    /// The sizes of values on a grid; a list of `n` values is `n x 1 x 1`.
    public struct Shape: Hashable, Sendable {
        /// Values in each cell.
        public var channels: Int
        /// Rows and columns.
        public var height = 1, width = 1

        /// A shape of these sizes.
        public init(channels: Int, height: Int = 1, width: Int = 1) {
            self.channels = channels
            self.height = height
            self.width = width
        }

        /// The number of values.
        public var count: Int { channels * height * width }

        var text: String { height == 1 && width == 1 ? "\(channels)" : "\(channels) x \(height) x \(width)" }
    }

    /// What a layer multiplies by.
    public enum Pattern: Hashable, Sendable {
        /// Weights `[target][source]`, sources in the order of the values.
        case dense
        /// Weights `[target channel][source channel][row][column]` of a square kernel, with zeros around the source.
        case convolution(kernel: Int, stride: Int, padding: Int)
    }

    /// One layer.
    public struct Layer: Sendable {
        /// What the file calls it.
        public var name: String
        /// What comes in, before pooling.
        public var input: Shape
        /// Rows and columns of the rectangles that are averaged before the weights; 1 for none.
        public var poolHeight = 1, poolWidth = 1
        /// What the layer multiplies by.
        public var pattern: Pattern
        /// The weights.
        public var weights: [Float]
        /// A bias for each value of a dense layer, for each channel of a convolution.
        public var biases: [Float]
        /// What comes out.
        public var output: Shape
        /// Whether what comes out is rectified.
        public var isRectified = false

        /// What the weights see: ``input`` after pooling. What does not fill a rectangle is left out.
        public var pooled: Shape {
            Shape(channels: input.channels, height: input.height / poolHeight, width: input.width / poolWidth)
        }

        /// Multiplications for one picture.
        var operations: Int {
            switch pattern {
            case .dense: weights.count
            case .convolution(let kernel, _, _): output.count * kernel * kernel * input.channels
            }
        }
    }

    /// What comes in.
    public internal(set) var input: Shape
    /// The layers, at least one; all but the last are rectified.
    public internal(set) var layers: [Layer]
    /// What the network is called in messages.
    public let name: String

    /// The largest network: values of a layer, multiplications for a picture.
    enum Limits {
        static let values = 65_535
        static let operations = 1 << 30
        static let side = 4_096
        static let kernel = 31
    }

    /// The number of outputs.
    public var outputs: Int { layers.last?.output.count ?? 0 }
}
