/// How high the maximum of a block will be once in so many blocks, extrapolated from those that were seen.
///
/// The upper half of the maxima, above their median u, is taken for a generalised Pareto distribution (Pickands 1975),
///
/// ```
/// P(maximum > u + y) = 1/2 (1 + xi y / sigma)^(-1 / xi)
/// ```
/// with xi and sigma from mean and variance of the excesses (Hosking and Wallis 1987, method of moments). Few
/// maxima say little of the shape, so xi is pulled towards 0, the exponential tail, and kept within 0 and 0.3: the tail is
/// never thought to end.
enum TailFit {
    /// The shape counts in full only with many more excesses than this.
    static let priorExcesses = 20.0
    /// The heaviest tail.
    static let heaviest = 0.3

    /// The level that a block exceeds with that probability; nil if there are fewer than 4 maxima.
    static func level(of maxima: [Int64], probability: Double) -> Double? {
        guard maxima.count >= 4 else { return nil }
        let sorted = maxima.sorted()
        let median = Double(sorted[sorted.count / 2])
        let excesses = sorted[(sorted.count / 2)...].map { Double($0) - median }
        let count = Double(excesses.count)
        var mean = 0.0
        for excess in excesses { mean += excess / count }
        var variance = 0.0
        for excess in excesses { variance += (excess - mean) * (excess - mean) / max(count - 1, 1) }
        // No spread at all would make any difference an alert: a twentieth of the median is always allowed for.
        let least = median / 20
        mean = max(mean, least, 1)
        let moment = variance > 0 ? (1 - mean * mean / variance) / 2 : 0
        let shape = min(max(moment * count / (count + priorExcesses), 0), heaviest)
        let scale = mean * (1 - shape)
        let odds = 0.5 / min(max(probability, 1e-12), 0.5)
        let logarithm = ScoreMath.log(odds)
        guard shape > 1e-6 else { return median + scale * logarithm }
        return median + scale / shape * (ScoreMath.exp(shape * logarithm) - 1)
    }
}

/// Logarithm and exponential from additions and multiplications alone, so that thresholds are the same on any machine.
enum ScoreMath {
    private static let ln2 = 0.6931471805599453

    /// The natural logarithm of a positive, finite number.
    static func log(_ x: Double) -> Double {
        var (mantissa, exponent) = (x.significand, Double(x.exponent))
        if mantissa > 1.4142135623730951 { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
        let s = (mantissa - 1) / (mantissa + 1)
        var (power, sum) = (s, 0.0)
        for n in stride(from: 1, through: 27, by: 2) {
            sum += power / Double(n)
            power *= s * s
        }
        return exponent * ln2 + 2 * sum
    }

    /// e to the power `x`, for |x| up to 100.
    static func exp(_ x: Double) -> Double {
        let x = min(max(x, -100), 100)
        let whole = (x / ln2).rounded(.down)
        let rest = x - whole * ln2
        var (term, sum) = (1.0, 1.0)
        for n in 1...20 {
            term *= rest / Double(n)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
    }
}
