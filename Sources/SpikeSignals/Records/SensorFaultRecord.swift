/// A sensor that stalled, died, clipped or jumped in time, or that is well again.
public struct SensorFaultRecord: Hashable, Sendable {
    /// What is wrong: `stalled`, `dead`, `hot`, `clipped`, `clock_jump`, `xrun` or `damaged`.
    public var fault: String
    /// Whether it begins, is over, or came and went.
    public var state: SensorFault.State
    /// Where it shows: a device, a channel, a pixel.
    public var place: String
    /// When it was noticed.
    public var at: StreamTime
    /// Milliseconds of stream time for which nothing was sensed; nil where that is not known (yet).
    public var lostMilliseconds: Int?
    /// The name of the pipeline.
    public var pipeline: String
    /// The stage that made the record.
    public var stage: String

    /// A fault of kind `fault` at `place`.
    public init(
        fault: String, state: SensorFault.State = .onset, place: String, at: StreamTime, lostMilliseconds: Int? = nil,
        pipeline: String, stage: String
    ) {
        self.fault = fault
        self.state = state
        self.place = place
        self.at = at
        self.lostMilliseconds = lostMilliseconds
        self.pipeline = pipeline
        self.stage = stage
    }

    /// What the sensor says of itself, with its place in a pipeline.
    public init(_ fault: SensorFault, pipeline: String, stage: String) {
        self.init(
            fault: fault.kind.rawValue, state: fault.state, place: fault.place, at: fault.at,
            lostMilliseconds: fault.lostMilliseconds, pipeline: pipeline, stage: stage)
    }

    /// The record as a JSON object.
    public var jsonValue: JSONValue {
        .object([
            ("v", .integer(1)), ("kind", .string("sensor_fault")), ("fault", .string(fault)),
            ("state", .string(state.rawValue)), ("where", .string(place)), ("at_s", .fixed(at.seconds, decimals: 3)),
            ("lost_ms", lostMilliseconds.map { .integer($0) } ?? .null), ("pipeline", .string(pipeline)),
            ("stage", .string(stage)),
        ])
    }
}
