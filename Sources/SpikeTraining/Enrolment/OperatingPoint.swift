#if canImport(Glibc)
import Glibc
#endif

/// Where to put the threshold of a new class, from what was measured on recordings that were not learned from.
///
/// Everything is in octaves of evidence: log2 of the new output's evidence over that of all old ones.
/// ```
/// background:  the largest odds of each second. The upper twentieth is taken to fall off exponentially above its
///              beginning q with mean excess m (peaks over a threshold, Pickands 1975, shape 0), so that
///              P(odds of a second > q + x) = 1/20 exp(-x / m)
/// quiet        the level that this says is exceeded so often per hour as is allowed
/// heard        the level that nine of ten recordings of the class reach
/// threshold    half way between the two; quiet, if heard is lower
/// ```
public struct OperatingPoint: Hashable, Sendable {
    /// The level at which background is reported as often as is allowed.
    public let quiet: Double
    /// The level that nine of ten recordings reach.
    public let heard: Double

    /// Chooses for at most `perHour` false alarms an hour.
    ///
    /// - Parameters:
    ///   - background: the largest odds of each second of background.
    ///   - recordings: the largest odds in each recording of the class.
    public init(background: [Float], recordings: [Float], perHour: Double) {
        let sorted = background.sorted()
        let tail = max(sorted.count / 20, 1)
        let first = Double(sorted.isEmpty ? 0 : sorted[max(sorted.count - 1 - tail, 0)])
        let excess = sorted.suffix(tail).reduce(0) { $0 + max(Double($1) - first, 0) } / Double(tail)
        quiet = first + max(excess, 0.1) * log(max(0.05 * 3_600 / max(perHour, 1e-3), 1))
        let reached = recordings.sorted()
        heard = reached.isEmpty ? quiet : Double(reached[reached.count / 10])
    }

    /// The threshold in octaves.
    public var threshold: Double { heard > quiet ? (quiet + heard) / 2 : quiet }
}
