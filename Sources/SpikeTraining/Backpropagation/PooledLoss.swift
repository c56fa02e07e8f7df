#if canImport(Glibc)
import Glibc
#endif

/// The loss that the keyword head's evidence gives rise to.
///
/// With `u[t][k]` the readout of label `k` in octaves, the head sums `A[k] = sum over the window of 2^u[t][k]` and
/// reports `p[k] = A[k] / sum A`. The loss is the cross-entropy of `p` with the (smoothed) label, optionally mixed with
/// the Kullback-Leibler divergence from a teacher's `p` at a temperature (Hinton et al., "Distilling the Knowledge in
/// a Neural Network", 2015).
struct PooledLoss {
    let clips: Int
    let outputs: Int
    /// The share of the label that is spread over all labels.
    var smoothing: Float = 0
    /// The share of the teacher in the loss.
    var teacherShare: Float = 0
    /// The temperature at which teacher and student are compared.
    var temperature: Float = 2

    /// The logarithm of the evidence of each clip and label over the window `ticks`: `[clips][outputs]`.
    func logEvidence(_ readout: UnsafePointer<Float>, ticks: Range<Int>) -> [Float] {
        var result = [Float](repeating: 0, count: clips * outputs)
        for clip in 0..<clips {
            for output in 0..<outputs {
                var largest = -Float.infinity
                for tick in ticks { largest = max(largest, unsafe readout[(tick * clips + clip) * outputs + output]) }
                var sum: Float = 0
                for tick in ticks { sum += exp2(unsafe readout[(tick * clips + clip) * outputs + output] - largest) }
                result[clip * outputs + output] = largest * Self.ln2 + log(sum)
            }
        }
        return result
    }

    /// Computes the loss summed over the clips and its gradient for the readout in octaves.
    ///
    /// - Parameters:
    ///   - labels: the label of each clip.
    ///   - weights: the weight of each clip.
    ///   - teacher: the teacher's log evidence, as ``logEvidence(_:ticks:)`` gives it, or nil.
    ///   - gradients: `dL/du` is added to it within the window, `[ticks of the batch * clips][outputs]`.
    func evaluate(
        _ readout: UnsafePointer<Float>, ticks: Range<Int>, labels: [Int], weights: [Float], teacher: [Float]?,
        gradients: UnsafeMutablePointer<Float>
    ) -> (loss: Float, correct: Int) {
        let evidence = unsafe logEvidence(readout, ticks: ticks)
        var loss: Float = 0
        var correct = 0
        for clip in 0..<clips {
            let logits = Array(evidence[clip * outputs..<(clip + 1) * outputs])
            let p = softmax(logits, temperature: 1)
            let spread = smoothing / Float(outputs)
            var slope = [Float](repeating: 0, count: outputs)
            let hard = 1 - (teacher == nil ? 0 : teacherShare)
            for output in 0..<outputs {
                let target = (output == labels[clip] ? 1 - smoothing : 0) + spread
                loss -= weights[clip] * hard * target * log(max(p[output], 1e-12))
                slope[output] = weights[clip] * hard * (p[output] - target)
            }
            if let teacher {
                let wanted = softmax(
                    Array(teacher[clip * outputs..<(clip + 1) * outputs]), temperature: temperature)
                let soft = softmax(logits, temperature: temperature)
                for output in 0..<outputs {
                    // The factor T^2 keeps the gradient's size; one T cancels against the derivative of the softmax.
                    slope[output] += weights[clip] * teacherShare * temperature * (soft[output] - wanted[output])
                    loss +=
                        weights[clip] * teacherShare * temperature * temperature * wanted[output]
                        * log(max(wanted[output], 1e-12) / max(soft[output], 1e-12))
                }
            }
            if p.indices.max(by: { p[$0] < p[$1] }) == labels[clip] { correct += 1 }
            for output in 0..<outputs {
                let total = evidence[clip * outputs + output]
                for tick in ticks {
                    let position = (tick * clips + clip) * outputs + output
                    let share = exp(unsafe readout[position] * Self.ln2 - total)
                    unsafe gradients[position] += slope[output] * share * Self.ln2
                }
            }
        }
        return (loss, correct)
    }

    private func softmax(_ logits: [Float], temperature: Float) -> [Float] {
        let largest = logits.max() ?? 0
        let powers = logits.map { exp(($0 - largest) / temperature) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private static let ln2: Float = 0.693_147_18
}
