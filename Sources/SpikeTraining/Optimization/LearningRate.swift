#if canImport(Glibc)
import Glibc
#endif

/// The learning rate over a run: a linear warm-up, then half a cosine down to a hundredth.
///
/// Source: Loshchilov and Hutter, "SGDR" (2017), one cycle without restarts.
public struct LearningRate: Hashable, Sendable {
    /// The largest rate.
    public var peak: Float
    /// Steps of warm-up.
    public var warmUp: Int
    /// Steps in all.
    public var steps: Int

    /// A schedule over `steps` steps.
    public init(peak: Float, warmUp: Int, steps: Int) {
        self.peak = peak
        self.warmUp = warmUp
        self.steps = steps
    }

    /// The rate of step `index`, from 0.
    public func rate(atStep index: Int) -> Float {
        if index < warmUp { return peak * Float(index + 1) / Float(warmUp) }
        let progress = min(1, Float(index - warmUp) / Float(max(steps - warmUp, 1)))
        return peak * (0.01 + 0.99 * (0.5 + 0.5 * cos(.pi * progress)))
    }
}
