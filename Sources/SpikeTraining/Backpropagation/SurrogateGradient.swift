#if canImport(Glibc)
import Glibc
#endif

/// What stands for the derivative of the staircase of spikes over potential on the way back.
///
/// With the potential `x` in thresholds, a neuron fires `min(floor(x), M)` spikes: a step at each `n = 1...M`. Each step
/// becomes a smooth rise `S` of one, `width` thresholds wide, and the surrogate is the sum of their slopes:
/// ```
/// s(x) = sum over n of S(z)          h(x) = s'(x) = sum over n of S'(z) / width          z = (x - n) / width
///
/// straight-line  s(x) = x within 0 and M + 1, constant outside      (straight-through estimator, Bengio et al. 2013)
/// fast-sigmoid   S'(z) = 1/2 (1 + |z|)^-2              Zenke and Ganguli, "SuperSpike", 2018, eq. 9 and after it
/// exponential    S'(z) = 1/2 exp(-|z|)                 Shrestha and Orchard, "SLAYER", 2018, section 3.3
/// arctangent     S'(z) = 1/pi (1 + z^2)^-1             Fang et al., "... Learnable Membrane Time Constant", 2021
/// triangular     S'(z) = max(0, 1 - |z|)               Esser et al. 2016; Bellec et al., "LSNN", 2018
/// ```
/// Papers differ in the height; here each step rises by exactly one, so that shapes can be compared at equal learning
/// rates. The straight line has no width.
public struct SurrogateGradient: Hashable, Sendable {
    /// The shapes.
    public enum Shape: String, CaseIterable, Sendable {
        /// A line through all steps.
        case straightLine = "straight-line"
        /// The derivative of `z / (1 + |z|)`.
        case fastSigmoid = "fast-sigmoid"
        /// A two-sided exponential.
        case exponential
        /// The derivative of the arctangent.
        case arctangent
        /// A triangle of half-width one.
        case triangular

        /// The width in thresholds if none is given.
        public var usualWidth: Float { self == .straightLine || self == .triangular ? 1 : 0.5 }
    }

    /// The widths that there may be.
    public static let widths: ClosedRange<Float> = 0.05...4
    /// The straight line, which trainers use if nothing else is asked for.
    public static let straightLine = SurrogateGradient(.straightLine)

    /// The shape.
    public let shape: Shape
    /// The width in thresholds, within ``widths``; 1 for the straight line.
    public let width: Float

    /// A surrogate of that shape; `width` is clamped to ``widths``, and of no meaning for the straight line.
    public init(_ shape: Shape, width: Float? = nil) {
        self.shape = shape
        let wanted = width ?? shape.usualWidth
        self.width =
            shape == .straightLine || wanted.isNaN
            ? shape.usualWidth : min(max(wanted, Self.widths.lowerBound), Self.widths.upperBound)
    }

    /// `s(x)` for at most `maximum` spikes, which only gradient checks run forward.
    func smoothed(_ x: Float, maximum: Int32) -> Float {
        if shape == .straightLine { return min(max(x, 0), Float(maximum) + 1) }
        return (1...max(maximum, 1)).reduce(0) { $0 + rise((x - Float($1)) / width) }
    }

    private func rise(_ z: Float) -> Float {
        switch shape {
        case .straightLine: z
        case .fastSigmoid: 0.5 + 0.5 * z / (1 + abs(z))
        case .exponential: z < 0 ? 0.5 * exp(z) : 1 - 0.5 * exp(-z)
        case .arctangent: 0.5 + atan(z) / .pi
        case .triangular:
            z <= -1 ? 0 : z >= 1 ? 1 : z < 0 ? 0.5 * (1 + z) * (1 + z) : 1 - 0.5 * (1 - z) * (1 - z)
        }
    }
}
