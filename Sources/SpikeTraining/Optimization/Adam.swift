/// The optimiser Adam with bias correction and decoupled weight decay.
///
/// Sources: Kingma and Ba, "Adam" (2015), algorithm 1; Loshchilov and Hutter, "Decoupled Weight Decay" (2019).
@safe
final class Adam {
    /// The decay of the mean of the gradients.
    let beta1: Float = 0.9
    /// The decay of the mean of the squared gradients.
    let beta2: Float = 0.98
    let epsilon: Float = 1e-8
    /// The first moments.
    let first: FloatBuffer
    /// The second moments.
    let second: FloatBuffer
    /// Steps so far.
    var steps = 0

    /// An optimiser for `count` parameters.
    init(count: Int) {
        first = FloatBuffer(count)
        second = FloatBuffer(count)
    }

    /// Moves `parameters` against `gradients` by at most about `rate` each.
    func step(_ parameters: FloatBuffer, gradients: FloatBuffer, rate: Float, weightDecay: Float) {
        steps += 1
        let correction1 = 1 - power(beta1, steps)
        let correction2 = 1 - power(beta2, steps)
        let m = unsafe first.start
        let v = unsafe second.start
        let p = unsafe parameters.start
        let g = unsafe gradients.start
        for index in 0..<parameters.count {
            unsafe m[index] = beta1 * m[index] + (1 - beta1) * g[index]
            unsafe v[index] = beta2 * v[index] + (1 - beta2) * g[index] * g[index]
            let mean = unsafe m[index] / correction1
            let root = unsafe (v[index] / correction2).squareRoot() + epsilon
            unsafe p[index] -= rate * (mean / root + weightDecay * p[index])
        }
    }

    private func power(_ base: Float, _ exponent: Int) -> Float {
        var result: Float = 1
        var square = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
