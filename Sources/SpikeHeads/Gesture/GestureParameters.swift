import SpikeSignals

/// What one chooses about a gesture head; times in milliseconds.
public struct GestureParameters: Hashable, Sendable {
    /// When a gesture is reported.
    public enum Report: String, CaseIterable, Sendable {
        /// As soon as it is recognised.
        case onset
        /// When it is over.
        case end
        /// Both.
        case both
    }

    /// The label of each output of the network.
    public var labels: [String]
    /// The labels that are states but no gestures, like `other`.
    public var background = ["other"]
    /// The score at which a label is recognised, above 0 and at most 1.
    public var threshold = 0.6
    /// The part of the threshold that the score of a recognised label must fall below to lose it, 0.01 to 1.
    public var releaseRatio = 0.7
    /// The length of the window over which evidence is summed.
    public var windowMilliseconds = 400
    /// For how long a label has to be the best at its threshold to be recognised.
    public var confirmMilliseconds = 100
    /// For how long a recognised label has to be lost, to nothing or to another label, to be over.
    public var releaseMilliseconds = 200
    /// A gesture that lasts longer is reported in parts of this length.
    public var longestMilliseconds = 30_000
    /// With fewer events per second in the window nothing is recognised: a silent network has potentials, too.
    public var minimumEventsPerSecond = 1_000
    /// When gestures are reported.
    public var report = Report.end
    /// Whether background labels are reported like gestures.
    public var reportsBackground = false
    /// Potentials are octaves times two to this power, 0 to 24.
    public var potentialScaleBits = 8

    /// Parameters with their defaults.
    public init(labels: [String]) { self.labels = labels }

    /// Whether label `index` is reported.
    public func isReported(_ index: Int) -> Bool { reportsBackground || !background.contains(labels[index]) }

    /// What is wrong with the names in the parameters, or nil.
    func complaint() -> SpikelineError? {
        if labels.isEmpty { return SpikelineError("\"labels\" is empty, expected one for each output of the network") }
        for (index, label) in labels.enumerated() where labels[..<index].contains(label) {
            return SpikelineError("\"labels\" names \"\(label)\" twice")
        }
        return nil
    }
}

/// ``GestureParameters`` in ticks and Q16, computed once when the length of a tick is known.
struct GestureCoefficients {
    let window: Int
    let confirm: Int
    let release: Int
    let longest: Int
    let threshold: Int32
    let hold: Int32
    /// The least number of events in a full window.
    let minimumEvents: Int64

    /// The coefficients for ticks of that many nanoseconds; a part of a tick counts as a whole one.
    init(_ parameters: GestureParameters, tickNanoseconds: Int64) {
        let tick = max(tickNanoseconds, 1)
        func ticks(_ milliseconds: Int) -> Int {
            max(Int((Int64(min(max(milliseconds, 0), 10_000_000)) * 1_000_000 + tick - 1) / tick), 1)
        }
        func share(_ value: Double) -> Int32 { Int32(min(max(value, 0), 1) * Double(EvidenceWindow.unity) + 0.5) }
        window = ticks(parameters.windowMilliseconds)
        confirm = ticks(parameters.confirmMilliseconds)
        release = ticks(parameters.releaseMilliseconds)
        longest = ticks(parameters.longestMilliseconds)
        threshold = max(1, share(parameters.threshold))
        hold = max(1, share(parameters.threshold * min(max(parameters.releaseRatio, 0.01), 1)))
        let seconds = Double(window) * Double(tick) / 1e9
        minimumEvents = Int64(Double(min(max(parameters.minimumEventsPerSecond, 0), 1_000_000_000)) * seconds)
    }
}
