/// One temporal convolution with optional batch normalisation, forward and backward, for one worker.
///
/// Rows are time-major as everywhere in the trainer. A stride of two splits the input into its even and its odd steps,
/// so that each tap is one matrix product over contiguous rows.
@safe
final class ConvolutionUnit {
    let shape: TeacherArchitecture.Convolution
    let clips: Int
    /// Where weights, gains and shifts stand in the parameters.
    let weights: Range<Int>
    let gains: Range<Int>
    let shifts: Range<Int>
    /// The result after normalisation, `[outputSteps * clips][outputs]`; its gradient replaces it on the way back.
    let output: FloatBuffer
    /// The gradient of the input, `[steps * clips][inputs]`.
    let inputGradient: FloatBuffer
    /// The statistics of the latest batch.
    private(set) var means: [Float] = []
    private(set) var variances: [Float] = []

    private let phases: [FloatBuffer]
    private let phaseGradients: [FloatBuffer]
    private let sums: FloatBuffer

    init(_ shape: TeacherArchitecture.Convolution, clips: Int, firstParameter: Int) {
        self.shape = shape
        self.clips = clips
        weights = firstParameter..<firstParameter + shape.taps * shape.inputs * shape.outputs
        gains = weights.upperBound..<weights.upperBound + shape.outputs
        shifts = gains.upperBound..<gains.upperBound + shape.outputs
        output = FloatBuffer(shape.outputSteps * clips * shape.outputs)
        sums = FloatBuffer(shape.outputSteps * clips * shape.outputs)
        inputGradient = FloatBuffer(shape.steps * clips * shape.inputs)
        let phaseSize = (shape.steps + shape.stride - 1) / shape.stride * clips * shape.inputs
        phases = (0..<shape.stride).map { _ in FloatBuffer(phaseSize) }
        phaseGradients = (0..<shape.stride).map { _ in FloatBuffer(phaseSize) }
    }

    private var rows: Int { shape.outputSteps * clips }

    /// Convolves `input` and normalises with the batch's statistics, or with `running` ones (means and variances).
    func forward(_ input: FloatBuffer, parameters: FloatBuffer, running: (means: [Float], variances: [Float])?) {
        split(input)
        sums.clear()
        forEachTap { tap, phase, source, target, count in
            unsafe MatrixProduct.add(
                phases[phase].start + source * shape.inputs,
                times: parameters.start + weights.lowerBound + tap * shape.inputs * shape.outputs,
                to: sums.start + target * shape.outputs, rows: count, inner: shape.inputs, columns: shape.outputs)
        }
        guard shape.isNormalized else {
            unsafe output.start.update(from: sums.start, count: output.count)
            return
        }
        if let running {
            (means, variances) = running
        } else {
            let statistics = unsafe BatchNormalization(width: shape.outputs).statistics(
                sums.start, rows: rows, floor: 0)
            means = statistics.means
            variances = statistics.deviations.map { $0 * $0 }
        }
        let scale = (0..<shape.outputs).map {
            unsafe parameters.start[gains.lowerBound + $0] / (variances[$0] + 1e-5).squareRoot()
        }
        for row in 0..<rows {
            for channel in 0..<shape.outputs {
                let index = row * shape.outputs + channel
                unsafe output.start[index] =
                    (sums.start[index] - means[channel]) * scale[channel]
                    + parameters.start[shifts.lowerBound + channel]
            }
        }
    }

    /// Takes the gradient of the output from ``output`` and computes those of input and parameters.
    func backward(parameters: FloatBuffer, gradients: FloatBuffer) {
        if shape.isNormalized {
            unsafe BatchNormalization(width: shape.outputs).backward(
                output.start, currents: sums.start, rows: rows, means: means,
                deviations: variances.map { ($0 + 1e-5).squareRoot() }, gains: parameters.start + gains.lowerBound,
                gainGradients: gradients.start + gains.lowerBound,
                shiftGradients: gradients.start + shifts.lowerBound)
        }
        for buffer in phaseGradients { buffer.clear() }
        forEachTap { tap, phase, source, target, count in
            let weight = weights.lowerBound + tap * shape.inputs * shape.outputs
            unsafe MatrixProduct.add(
                transposed: phases[phase].start + source * shape.inputs, times: output.start + target * shape.outputs,
                to: gradients.start + weight, rows: count, inner: shape.inputs, columns: shape.outputs)
            unsafe MatrixProduct.add(
                output.start + target * shape.outputs, timesTransposed: parameters.start + weight,
                to: phaseGradients[phase].start + source * shape.inputs, rows: count, inner: shape.inputs,
                columns: shape.outputs)
        }
        join()
    }

    /// Calls `body(tap, phase, first source row, first target row, rows)` for each tap with something to do.
    private func forEachTap(_ body: (Int, Int, Int, Int, Int) -> Void) {
        for tap in 0..<shape.taps {
            let offset = tap - shape.taps / 2
            let phase = ((offset % shape.stride) + shape.stride) % shape.stride
            let shift = (offset - phase) / shape.stride
            let phaseSteps = (shape.steps - phase + shape.stride - 1) / shape.stride
            let first = max(0, -shift)
            let last = min(shape.outputSteps, phaseSteps - shift)
            guard first < last else { continue }
            body(tap, phase, (first + shift) * clips, first * clips, (last - first) * clips)
        }
    }

    private func split(_ input: FloatBuffer) {
        let row = clips * shape.inputs
        for step in 0..<shape.steps {
            unsafe (phases[step % shape.stride].start + step / shape.stride * row).update(
                from: input.start + step * row, count: row)
        }
    }

    private func join() {
        let row = clips * shape.inputs
        for step in 0..<shape.steps {
            unsafe (inputGradient.start + step * row).update(
                from: phaseGradients[step % shape.stride].start + step / shape.stride * row, count: row)
        }
    }
}
