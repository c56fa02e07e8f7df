import SpikeSignals

/// One worker's part of the teacher's batch: forward, loss, backward.
@safe
final class TeacherShard {
    let architecture: TeacherArchitecture
    let clips: Int
    /// The input, `[step * clips + clip][channel]`.
    let input: FloatBuffer
    /// The gradient of the parameters.
    let gradients: FloatBuffer
    /// The logits, `[clip][output]`.
    private(set) var logits: [Float] = []
    /// The convolutions in the order of ``TeacherArchitecture/convolutions``.
    let units: [ConvolutionUnit]
    /// Where the dense layer's weights `[channel][output]` and biases stand.
    let denseWeights: Range<Int>
    let denseBiases: Range<Int>

    private let activations: [FloatBuffer]
    private var means: [Float] = []
    private var keep: [Float] = []

    init(_ architecture: TeacherArchitecture, clips: Int) {
        self.architecture = architecture
        self.clips = clips
        var next = 0
        units = architecture.convolutions.map { shape in
            let unit = ConvolutionUnit(shape, clips: clips, firstParameter: next)
            next = unit.shifts.upperBound
            return unit
        }
        let width = architecture.widths.last ?? 1
        denseWeights = next..<next + width * architecture.outputs
        denseBiases = denseWeights.upperBound..<denseWeights.upperBound + architecture.outputs
        input = FloatBuffer(architecture.steps * clips * architecture.channels)
        gradients = FloatBuffer(denseBiases.upperBound)
        // After relu: the inner activation and the sum of each block.
        activations = (0..<(units.count - 1) / 3).flatMap { [units] block in
            [FloatBuffer(units[3 * block + 1].output.count), FloatBuffer(units[3 * block + 2].output.count)]
        }
    }

    /// The number of parameters.
    var parameterCount: Int { denseBiases.upperBound }

    /// Computes the logits; with `running` statistics if given, with the batch's and dropout otherwise.
    func forward(
        parameters: FloatBuffer, running: [(means: [Float], variances: [Float])]?, dropout: Float = 0,
        using generator: inout SeededGenerator
    ) {
        units[0].forward(input, parameters: parameters, running: running?[0])
        var source = units[0].output
        for block in 0..<activations.count / 2 {
            let (down, up, skip) = (units[3 * block + 1], units[3 * block + 2], units[3 * block + 3])
            let (inner, sum) = (activations[2 * block], activations[2 * block + 1])
            down.forward(source, parameters: parameters, running: running?[3 * block + 1])
            unsafe rectify(down.output.start, into: inner.start, count: inner.count)
            up.forward(inner, parameters: parameters, running: running?[3 * block + 2])
            skip.forward(source, parameters: parameters, running: running?[3 * block + 3])
            for index in 0..<sum.count {
                unsafe sum.start[index] = max(up.output.start[index] + max(skip.output.start[index], 0), 0)
            }
            source = sum
        }
        pool(source, dropout: dropout, using: &generator)
        let width = architecture.widths.last ?? 1
        logits = [Float](repeating: 0, count: clips * architecture.outputs)
        for clip in 0..<clips {
            for output in 0..<architecture.outputs {
                var sum = unsafe parameters.start[denseBiases.lowerBound + output]
                for channel in 0..<width {
                    let weight = denseWeights.lowerBound + channel * architecture.outputs + output
                    unsafe sum += means[clip * width + channel] * parameters.start[weight]
                }
                logits[clip * architecture.outputs + output] = sum
            }
        }
    }

    /// Computes the gradients from the slopes of the loss for the logits.
    func backward(slopes: [Float], parameters: FloatBuffer) {
        gradients.clear()
        let width = architecture.widths.last ?? 1
        let outputs = architecture.outputs
        var meanGradients = [Float](repeating: 0, count: clips * width)
        for clip in 0..<clips {
            for output in 0..<outputs {
                let slope = slopes[clip * outputs + output]
                unsafe gradients.start[denseBiases.lowerBound + output] += slope
                for channel in 0..<width {
                    let weight = denseWeights.lowerBound + channel * outputs + output
                    unsafe gradients.start[weight] += slope * means[clip * width + channel]
                    meanGradients[clip * width + channel] += unsafe slope * parameters.start[weight]
                }
            }
        }
        unpool(meanGradients)
        for block in (0..<activations.count / 2).reversed() { backward(block: block, parameters: parameters) }
        units[0].backward(parameters: parameters, gradients: gradients)
    }

    /// Takes the gradient of a block's sum from the sum's buffer and leaves that of its input where it came from.
    private func backward(block: Int, parameters: FloatBuffer) {
        let (down, up, skip) = (units[3 * block + 1], units[3 * block + 2], units[3 * block + 3])
        let (inner, sum) = (activations[2 * block], activations[2 * block + 1])
        for index in 0..<sum.count {
            let g = unsafe sum.start[index]
            unsafe up.output.start[index] = g
            unsafe skip.output.start[index] = skip.output.start[index] > 0 ? g : 0
        }
        up.backward(parameters: parameters, gradients: gradients)
        for index in 0..<inner.count {
            unsafe down.output.start[index] = inner.start[index] > 0 ? up.inputGradient.start[index] : 0
        }
        down.backward(parameters: parameters, gradients: gradients)
        skip.backward(parameters: parameters, gradients: gradients)
        // The source is the first convolution's output or the sum of the block before; that one is rectified.
        let target = block == 0 ? units[0].output : activations[2 * block - 1]
        for index in 0..<target.count {
            let g = unsafe down.inputGradient.start[index] + skip.inputGradient.start[index]
            unsafe target.start[index] = block == 0 || target.start[index] > 0 ? g : 0
        }
    }

    private func rectify(_ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, count: Int) {
        for index in 0..<count { unsafe target[index] = max(source[index], 0) }
    }

    private func pool(_ source: FloatBuffer, dropout: Float, using generator: inout SeededGenerator) {
        let width = architecture.widths.last ?? 1
        let steps = architecture.finalSteps
        means = [Float](repeating: 0, count: clips * width)
        keep = (0..<clips * width).map { _ in dropout > 0 ? (generator.unit() < dropout ? 0 : 1 / (1 - dropout)) : 1 }
        for row in 0..<steps * clips {
            for channel in 0..<width {
                means[(row % clips) * width + channel] += unsafe source.start[row * width + channel]
            }
        }
        for index in means.indices { means[index] *= keep[index] / Float(steps) }
    }

    private func unpool(_ meanGradients: [Float]) {
        let width = architecture.widths.last ?? 1
        let steps = architecture.finalSteps
        guard let sum = activations.last else { return }
        for row in 0..<steps * clips {
            for channel in 0..<width {
                let cell = (row % clips) * width + channel
                let index = row * width + channel
                unsafe sum.start[index] = sum.start[index] > 0 ? meanGradients[cell] * keep[cell] / Float(steps) : 0
            }
        }
    }
}
