import SpikeSignals

/// What one chooses about a keyword head; times in milliseconds.
public struct KeywordParameters: Hashable, Sendable {
    /// The label of each output of the network.
    public var labels: [String]
    /// The labels that are no words, like `unknown` and `silence`; they never fire.
    public var background: [String] = ["unknown", "silence"]
    /// The threshold of every word, above 0 and at most 1; ``thresholds`` counts only while this is nil.
    public var threshold: Double?
    /// Thresholds by word; words that are not in it have ``defaultThreshold``.
    public var thresholds: [String: Double] = [:]
    /// The length of the window over which evidence is summed. The same word said twice within it counts once.
    public var windowMilliseconds = 1_000
    /// The length of the running mean over the scores.
    public var smoothingMilliseconds = 100
    /// For how long a score has to stay at its threshold.
    public var confirmMilliseconds = 40
    /// For how long nothing fires after a word did.
    public var holdOffMilliseconds = 800
    /// The part of its threshold that a score must fall below before the word can fire again, 0.01 to 1.
    public var releaseRatio = 0.7
    /// Potentials are octaves times two to this power, 0 to 24.
    public var potentialScaleBits = 8
    /// The words that are reported; nil for all that are not background.
    public var only: [String]?

    /// The threshold of a word for which none is given.
    public static let defaultThreshold = 0.8

    /// Parameters with their defaults.
    public init(labels: [String]) { self.labels = labels }

    /// The threshold of label `index` in Q16, or nil if it never fires.
    public func threshold(ofLabel index: Int) -> Int32? {
        let label = labels[index]
        guard !background.contains(label), only?.contains(label) ?? true else { return nil }
        let value = threshold ?? thresholds[label] ?? KeywordParameters.defaultThreshold
        return max(1, Int32(min(max(value, 0), 1) * Double(EvidenceWindow.unity) + 0.5))
    }

    /// What is wrong with the names in the parameters, or nil.
    func complaint() -> SpikelineError? {
        if labels.isEmpty { return SpikelineError("\"labels\" is empty, expected one for each output of the network") }
        for (index, label) in labels.enumerated() where labels[..<index].contains(label) {
            return SpikelineError("\"labels\" names \"\(label)\" twice")
        }
        for (option, names) in [("thresholds", thresholds.keys.sorted()), ("only", only ?? [])] {
            for name in names where !labels.contains(name) {
                let hint = NearMiss.hint(for: name, among: labels)
                return SpikelineError(
                    "\"\(option)\" names \"\(name)\", which is not a label",
                    hint: hint.isEmpty ? "The labels are " + labels.joined(separator: ", ") : String(hint.dropFirst()))
            }
        }
        return nil
    }
}

/// ``KeywordParameters`` in ticks and Q16, computed once when the length of a tick is known.
struct KeywordCoefficients {
    let window: Int
    let smoothing: Int
    let confirm: Int
    let holdOff: Int
    let thresholds: [Int32]
    let releases: [Int32]

    /// The coefficients for ticks of that many nanoseconds; a part of a tick counts as a whole one.
    init(_ parameters: KeywordParameters, tickNanoseconds: Int64) {
        func ticks(_ milliseconds: Int) -> Int {
            let tick = Int(max(tickNanoseconds, 1))
            return (min(max(milliseconds, 0), 1_000_000) * 1_000_000 + tick - 1) / tick
        }
        window = max(ticks(parameters.windowMilliseconds), 1)
        smoothing = max(ticks(parameters.smoothingMilliseconds), 1)
        confirm = max(ticks(parameters.confirmMilliseconds), 1)
        holdOff = ticks(parameters.holdOffMilliseconds)
        let levels = parameters.labels.indices.map { parameters.threshold(ofLabel: $0) }
        thresholds = levels.map { $0 ?? DetectionRule.never }
        releases = levels.map { level in
            max(1, Int32(Double(level ?? 1) * min(max(parameters.releaseRatio, 0.01), 1)))
        }
    }
}
