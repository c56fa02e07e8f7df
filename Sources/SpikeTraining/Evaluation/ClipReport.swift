import SpikeSignals

/// What a model reaches on labelled clips, and what it costs: the answer of `spikeline evaluate MODEL --data DIR`.
public struct ClipReport: Sendable {
    /// Who was taken for whom.
    public var confusion: ConfusionMatrix
    /// Weights added to neurons because a spike arrived, over all clips.
    public var synapticOperations: Int
    /// Spikes of the network's own neurons, over all clips.
    public var spikes: Int
    /// How much sound was processed.
    public var seconds: Double

    /// A report over no clips.
    public init(labels: [String]) {
        confusion = ConfusionMatrix(labels: labels)
        synapticOperations = 0
        spikes = 0
        seconds = 0
    }

    /// Synaptic operations per second of sound, or nil without sound.
    public var synapticOperationsPerSecond: Double? { perSecond(synapticOperations) }

    /// Spikes per second of sound, or nil without sound.
    public var spikesPerSecond: Double? { perSecond(spikes) }

    private func perSecond(_ count: Int) -> Double? { seconds > 0 ? Double(count) / seconds : nil }

    /// The report as the JSON object that the manual promises; a figure that does not exist is `null`.
    public var jsonValue: JSONValue {
        let classes = confusion.labels.indices.map { index in
            (
                confusion.labels[index],
                JSONValue.object([
                    ("recall", .share(confusion.recall(index))), ("precision", .share(confusion.precision(index))),
                    ("clips", .integer(confusion.spoken(index))),
                ])
            )
        }
        return .object([
            ("v", .integer(1)), ("clips", .integer(confusion.total)), ("accuracy", .share(confusion.accuracy)),
            ("classes", .object(classes)),
            (
                "confusion",
                .object([
                    ("labels", .array(confusion.labels.map(JSONValue.string))),
                    ("counts", .array(confusion.counts.map { .array($0.map(JSONValue.integer)) })),
                ])
            ),
            ("synaptic_ops_per_s", .measure(synapticOperationsPerSecond)),
            ("spikes_per_s", .measure(spikesPerSecond)),
        ])
    }
}

extension JSONValue {
    /// A share of 1 with four decimals, or `null`.
    static func share(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 4) } ?? .null }

    /// A measured quantity with one decimal, or `null`.
    static func measure(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 1) } ?? .null }
}
