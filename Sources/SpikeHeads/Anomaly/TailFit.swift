import SpikeSignals

/// How high the maximum of a block will be once in so many blocks, extrapolated from those that were seen.
///
/// The upper half of the maxima, above their median u, is taken for a generalised Pareto distribution (Pickands 1975),
///
/// ```
/// P(maximum > u + y) = 1/2 (1 + xi y / sigma)^(-1 / xi)
/// ```
/// with xi and sigma from mean and variance of the excesses (Hosking and Wallis 1987, method of moments). Few maxima say
/// little, so both are pulled towards what steady machines show: sigma towards an eighth of u with the weight of
/// ``priorExcesses``, and xi towards 0, the exponential tail. xi is kept within 0 and 0.3: the tail is never thought to end.
enum TailFit {
    /// Scale and shape of the excesses count in full only with many more of them than this.
    static let priorExcesses = 10.0
    /// The scale of the excesses, as a part of the median, that is expected before any were seen.
    static let priorScale = 0.12
    /// The heaviest tail.
    static let heaviest = 0.3

    /// The level that a block exceeds with that probability; nil if there are fewer than 4 maxima.
    ///
    /// - Parameters:
    ///   - independence: How much a block tells that its neighbours do not, above 0 to 1.
    ///   - stretch: What the excess of the level over the median is multiplied by.
    static func level(
        of maxima: [Int64], probability: Double, independence: Double = 1, stretch: Double = 1
    ) -> Double? {
        guard maxima.count >= 4 else { return nil }
        let sorted = maxima.sorted()
        let median = Double(sorted[sorted.count / 2])
        let excesses = sorted[(sorted.count / 2)...].map { Double($0) - median }
        let count = Double(excesses.count)
        var mean = 0.0
        for excess in excesses { mean += excess / count }
        var variance = 0.0
        for excess in excesses { variance += (excess - mean) * (excess - mean) / max(count - 1, 1) }
        let moment = variance > 0 ? (1 - mean * mean / variance) / 2 : 0
        let told = count * min(max(independence, 0), 1)
        let trust = told / (told + priorExcesses)
        let shape = min(max(moment * trust, 0), heaviest)
        let scale = max(mean * (1 - shape) * trust + median * priorScale * (1 - trust), median / 50, 1)
        let odds = 0.5 / min(max(probability, 1e-12), 0.5)
        let logarithm = SetUpMath.log(odds)
        guard shape > 1e-6 else { return median + stretch * scale * logarithm }
        return median + stretch * scale / shape * (SetUpMath.exp(shape * logarithm) - 1)
    }
}
