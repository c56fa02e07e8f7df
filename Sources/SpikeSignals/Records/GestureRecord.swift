/// One gesture, reported when it ends, or when it begins, or both.
public struct GestureRecord: Hashable, Sendable {
    /// What is reported.
    public enum State: String, Sendable {
        /// The gesture has just been recognised and goes on.
        case onset
        /// The gesture is over.
        case end
    }

    /// The name of the gesture.
    public var gesture: String
    /// Whether it begins or is over.
    public var state: State
    /// How sure the detector is, 0 to 1: the mean over the gesture, or what it is at its onset.
    public var score: Double
    /// When that was decided.
    public var at: StreamTime
    /// When the gesture is thought to have begun.
    public var from: StreamTime
    /// When the gesture is thought to have ended, not later than `at`; nil while it goes on.
    public var to: StreamTime?
    /// Events of the camera from `from` to `to`, or to `at` while it goes on.
    public var events: Int
    /// The name of the pipeline.
    public var pipeline: String
    /// The stage that made the record.
    public var stage: String
    /// Counts the records of this stage from 1.
    public var sequence: Int

    /// A report of `gesture`; see the properties for the meaning of each value.
    public init(
        gesture: String, state: State, score: Double, at: StreamTime, from: StreamTime, to: StreamTime?, events: Int,
        pipeline: String, stage: String, sequence: Int
    ) {
        self.gesture = gesture
        self.state = state
        self.score = score
        self.at = at
        self.from = from
        self.to = to
        self.events = events
        self.pipeline = pipeline
        self.stage = stage
        self.sequence = sequence
    }

    /// The record as a JSON object.
    public var jsonValue: JSONValue { .object(fields) }

    /// The fields of the object, in order.
    public var fields: [(String, JSONValue)] {
        [
            ("v", .integer(1)), ("kind", .string("gesture")), ("gesture", .string(gesture)),
            ("state", .string(state.rawValue)), ("score", .fixed(score, decimals: 3)),
            ("at_s", .fixed(at.seconds, decimals: 3)), ("from_s", .fixed(from.seconds, decimals: 3)),
            ("to_s", to.map { .fixed($0.seconds, decimals: 3) } ?? .null), ("events", .integer(events)),
            ("pipeline", .string(pipeline)), ("stage", .string(stage)), ("seq", .integer(sequence)),
        ]
    }
}
