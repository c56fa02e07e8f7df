import SpikeSignals

/// Finds spoken words in the potentials of a network, tick by tick, in integers; knows nothing of batches and records.
///
/// ```
/// potentials -> EvidenceWindow -> ScoreSmoother -> DetectionRule -> Detection
/// levels     -> LevelTrack -------------------------> WordExtent -----^
/// ```
struct KeywordDetector {
    /// One detected word.
    struct Detection: Equatable {
        /// The index of its label.
        var label: Int
        /// Its smoothed score in Q16.
        var score: Int32
        /// Its first and last tick, and level.
        var extent: WordExtent
    }

    private var window: EvidenceWindow
    private var smoother: ScoreSmoother
    private var rule: DetectionRule
    private var levels: LevelTrack
    private let extentRule: WordExtent.Rule
    /// The smoothed score of each label in Q16.
    var scores: [Int32] { smoother.means }

    /// A detector for ticks of that many nanoseconds.
    init(_ parameters: KeywordParameters, tickNanoseconds: Int64) throws(SpikelineError) {
        let coefficients = KeywordCoefficients(parameters, tickNanoseconds: tickNanoseconds)
        let labels = parameters.labels.count
        window = try EvidenceWindow(
            labels: labels, ticks: coefficients.window, scaleBits: parameters.potentialScaleBits)
        smoother = ScoreSmoother(labels: labels, ticks: coefficients.smoothing)
        rule = DetectionRule(
            thresholds: coefficients.thresholds, releases: coefficients.releases, confirm: coefficients.confirm,
            holdOff: coefficients.holdOff)
        extentRule = WordExtent.Rule(tickNanoseconds: tickNanoseconds)
        levels = LevelTrack(ticks: extentRule.trackTicks(window: coefficients.window))
    }

    /// Takes in `tick`, whose potentials start at index `start`.
    mutating func step(tick: Int64, potentials: [Int32], at start: Int, level: Int16) -> Detection? {
        window.add(potentials, at: start)
        smoother.add(window.scores)
        levels.add(level)
        guard let label = rule.step(smoother.means, tick: tick) else { return nil }
        let extent = WordExtent(of: label, in: window, levels: levels, rule: extentRule)
        return Detection(label: label, score: smoother.means[label], extent: extent)
    }

    /// Appends everything that the detector remembers.
    func write(to writer: inout IntegerWriter) {
        window.write(to: &writer)
        smoother.write(to: &writer)
        rule.write(to: &writer)
        levels.write(to: &writer)
    }

    /// Takes over what ``write(to:)`` wrote; false if that cannot belong to a detector like this one.
    mutating func read(from reader: inout IntegerReader) -> Bool {
        window.read(from: &reader) && smoother.read(from: &reader) && rule.read(from: &reader)
            && levels.read(from: &reader)
    }
}
