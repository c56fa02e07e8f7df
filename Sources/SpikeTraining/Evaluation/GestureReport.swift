import SpikeSignals

/// What a model reaches on labelled recordings of gestures, and what it costs: the answer of
/// `spikeline evaluate MODEL --data DIR` for a gesture model.
public struct GestureReport: Sendable {
    /// A layer of neurons.
    public struct Layer: Sendable {
        /// Its name.
        public var name: String
        /// How many neurons it has.
        public var neurons: Int
        /// Its spikes over all recordings.
        public var spikes = 0
        /// Synaptic operations that delivered spikes to it.
        public var synapticOperations = 0

        /// A layer that has not fired yet.
        public init(name: String, neurons: Int) { (self.name, self.neurons) = (name, neurons) }
    }

    /// Who was taken for whom, a recording at a time; the last label is `unknown`: never enough events.
    public var recordings: ConfusionMatrix
    /// The same, a window of the head at a time.
    public var windows: ConfusionMatrix
    /// For each recording in which its class was recognised, when that was, in milliseconds after its start.
    public var decisionTimes: [Double] = []
    /// The recordings whose class is one that the head reports.
    public var reportable = 0
    /// The layers, in order.
    public var layers: [Layer]
    /// Weights added to neurons because a spike arrived, over all recordings.
    public var synapticOperations = 0
    /// How much time of recordings was processed, silent time that was left out not included.
    public var seconds = 0.0
    /// Events over all recordings.
    public var events = 0

    /// A report over no recordings of a model with these labels and layers.
    public init(labels: [String], layers: [Layer]) {
        recordings = ConfusionMatrix(labels: labels + ["unknown"])
        windows = ConfusionMatrix(labels: labels)
        self.layers = layers
    }

    /// Synaptic operations per second, or nil without recordings.
    public var synapticOperationsPerSecond: Double? { perSecond(synapticOperations) }
    /// Spikes of all layers per second, or nil without recordings.
    public var spikesPerSecond: Double? { perSecond(layers.reduce(0) { $0 + $1.spikes }) }
    /// `count` per second, or nil without recordings.
    public func perSecond(_ count: Int) -> Double? { seconds > 0 ? Double(count) / seconds : nil }

    /// The report as the JSON object that the manual promises; a figure that does not exist is `null`.
    public var jsonValue: JSONValue {
        let classes = recordings.labels.indices.dropLast().map { index in
            (
                recordings.labels[index],
                JSONValue.object([
                    ("recall", .share(recordings.recall(index))), ("precision", .share(recordings.precision(index))),
                    ("clips", .integer(recordings.spoken(index))),
                ])
            )
        }
        let layers = layers.map { layer in
            JSONValue.object([
                ("name", .string(layer.name)), ("neurons", .integer(layer.neurons)),
                ("spikes_per_s", .measure(perSecond(layer.spikes))),
                ("synaptic_ops_per_s", .measure(perSecond(layer.synapticOperations))),
            ])
        }
        return .object([
            ("v", .integer(1)), ("clips", .integer(recordings.total)), ("accuracy", .share(recordings.accuracy)),
            ("classes", .object(Array(classes))), ("confusion", Self.json(recordings)),
            (
                "windows",
                .object([
                    ("count", .integer(windows.total)), ("accuracy", .share(windows.accuracy)),
                    ("confusion", Self.json(windows)),
                ])
            ),
            (
                "time_to_decision_ms",
                .object([
                    ("decided", .integer(decisionTimes.count)), ("of", .integer(reportable)),
                    ("median", .measure(Percentile.median(of: decisionTimes))),
                    ("p95", .measure(Percentile.value(0.95, of: decisionTimes))),
                ])
            ),
            ("seconds", .fixed(seconds, decimals: 2)), ("events_per_s", .measure(perSecond(events))),
            ("synaptic_ops_per_s", .measure(synapticOperationsPerSecond)),
            ("spikes_per_s", .measure(spikesPerSecond)), ("layers", .array(layers)),
        ])
    }

    private static func json(_ matrix: ConfusionMatrix) -> JSONValue {
        .object([
            ("labels", .array(matrix.labels.map(JSONValue.string))),
            ("counts", .array(matrix.counts.map { .array($0.map(JSONValue.integer)) })),
        ])
    }
}
