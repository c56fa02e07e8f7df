/// A stage that learns on site has come to another phase.
public struct PhaseRecord: Hashable, Sendable {
    /// The phase: `learning`, `calibrating` or `armed`.
    public var phase: String
    /// When it began.
    public var at: StreamTime
    /// Seconds of normal that have been learned from so far.
    public var learnedSeconds: Double
    /// The name of the pipeline.
    public var pipeline: String
    /// The stage that made the record.
    public var stage: String

    /// The stage is in `phase` from `at` on.
    public init(phase: String, at: StreamTime, learnedSeconds: Double, pipeline: String, stage: String) {
        self.phase = phase
        self.at = at
        self.learnedSeconds = learnedSeconds
        self.pipeline = pipeline
        self.stage = stage
    }

    /// The record as a JSON object.
    public var jsonValue: JSONValue {
        .object([
            ("v", .integer(1)), ("kind", .string("phase")), ("phase", .string(phase)),
            ("at_s", .fixed(at.seconds, decimals: 3)), ("learned_s", .fixed(learnedSeconds, decimals: 1)),
            ("pipeline", .string(pipeline)), ("stage", .string(stage)),
        ])
    }
}
