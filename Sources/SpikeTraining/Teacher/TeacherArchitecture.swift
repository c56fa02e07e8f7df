/// The shape of the teacher: TC-ResNet8, a float network of temporal convolutions with residual blocks.
///
/// ```
/// 100 steps x 40 --conv 3--> 24 --block--> 36 --block--> 48 --block--> 72 --mean over time--> dense --> logits
/// block:  conv 9, stride 2 -> norm -> relu -> conv 9 -> norm --(+)--> relu
///         conv 1, stride 2 -> norm -> relu ---------------------'
/// ```
/// It looks at the whole window at once and is neither causal nor spiking: it only teaches.
/// Source: Choi et al., "Temporal Convolution for Real-time Keyword Spotting on Mobile Devices" (2019), with widths
/// times 1.5.
public struct TeacherArchitecture: Hashable, Sendable {
    /// The steps of the window.
    public var steps: Int
    /// The channels of a step.
    public var channels: Int
    /// The widths of the first convolution and of the blocks.
    public var widths: [Int]
    /// The number of labels.
    public var outputs: Int

    /// A teacher for `steps` steps of `channels` channels.
    public init(steps: Int, channels: Int, widths: [Int] = [24, 36, 48, 72], outputs: Int) {
        self.steps = steps
        self.channels = channels
        self.widths = widths
        self.outputs = outputs
    }

    /// One convolution of the network.
    struct Convolution: Hashable, Sendable {
        var inputs: Int
        var outputs: Int
        var taps: Int
        var stride: Int
        /// Steps of its input.
        var steps: Int
        /// Whether normalisation follows.
        var isNormalized: Bool
        /// Steps of its output.
        var outputSteps: Int { (steps + stride - 1) / stride }
    }

    /// All convolutions: the first, then three for each block (down, up, skip).
    var convolutions: [Convolution] {
        var list = [
            Convolution(
                inputs: channels, outputs: widths[0], taps: 3, stride: 1, steps: steps, isNormalized: false)
        ]
        var steps = steps
        for (width, next) in zip(widths, widths.dropFirst()) {
            let down = Convolution(
                inputs: width, outputs: next, taps: 9, stride: 2, steps: steps, isNormalized: true)
            list.append(down)
            list.append(
                Convolution(
                    inputs: next, outputs: next, taps: 9, stride: 1, steps: down.outputSteps, isNormalized: true))
            list.append(
                Convolution(inputs: width, outputs: next, taps: 1, stride: 2, steps: steps, isNormalized: true))
            steps = down.outputSteps
        }
        return list
    }

    /// Steps after the last block.
    var finalSteps: Int { convolutions.last?.outputSteps ?? steps }
}
