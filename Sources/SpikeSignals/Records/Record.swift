/// What a pipeline tells the world: one JSON object per line, stable field names, `"v": 1`.
public enum Record: Hashable, Sendable {
    /// A spoken word was detected.
    case keyword(KeywordRecord)
    /// A gesture was recognised.
    case gesture(GestureRecord)
    /// Something is not as it was when normal was learned.
    case anomaly(AnomalyRecord)
    /// A stage that learns has come to another phase.
    case phase(PhaseRecord)
    /// A sensor misbehaved.
    case sensorFault(SensorFaultRecord)
    /// Another pipeline made it, perhaps elsewhere.
    case received(ReceivedRecord)

    /// When it was noticed, in stream time; a stage gives its records in this order.
    public var at: StreamTime {
        switch self {
        case .keyword(let record): record.at
        case .gesture(let record): record.at
        case .anomaly(let record): record.at
        case .phase(let record): record.at
        case .sensorFault(let record): record.at
        case .received(let record): record.at
        }
    }

    /// The record as one JSON object without line breaks; the order of the fields is fixed.
    public var json: String {
        if case .received(let record) = self { record.json } else { jsonValue.text }
    }

    /// The record as a JSON value.
    public var jsonValue: JSONValue {
        switch self {
        case .keyword(let record): record.jsonValue
        case .gesture(let record): record.jsonValue
        case .anomaly(let record): record.jsonValue
        case .phase(let record): record.jsonValue
        case .sensorFault(let record): record.jsonValue
        case .received(let record): record.jsonValue
        }
    }
}

/// One spoken word, reported once.
public struct KeywordRecord: Hashable, Sendable {
    /// The word.
    public var word: String
    /// How sure the detector is, 0 to 1.
    public var score: Double
    /// When the word was detected.
    public var at: StreamTime
    /// When the word is thought to have begun.
    public var from: StreamTime
    /// When the word is thought to have ended; not later than `at`.
    public var to: StreamTime
    /// The loudest level between `from` and `at` in dB relative to full scale, or nil if the sensor has none.
    public var levelDecibels: Double?
    /// The name of the pipeline.
    public var pipeline: String
    /// The stage that made the record.
    public var stage: String
    /// Counts the records of this stage from 1.
    public var sequence: Int

    /// A detection of `word`; see the properties for the meaning of each value.
    public init(
        word: String, score: Double, at: StreamTime, from: StreamTime, to: StreamTime, levelDecibels: Double?,
        pipeline: String, stage: String, sequence: Int
    ) {
        self.word = word
        self.score = score
        self.at = at
        self.from = from
        self.to = to
        self.levelDecibels = levelDecibels
        self.pipeline = pipeline
        self.stage = stage
        self.sequence = sequence
    }

    /// The record as a JSON object.
    public var jsonValue: JSONValue {
        .object([
            ("v", .integer(1)), ("kind", .string("keyword")), ("word", .string(word)),
            ("score", .fixed(score, decimals: 3)), ("at_s", .fixed(at.seconds, decimals: 3)),
            ("from_s", .fixed(from.seconds, decimals: 3)), ("to_s", .fixed(to.seconds, decimals: 3)),
            ("level_db", levelDecibels.map { .fixed($0, decimals: 1) } ?? .null),
            ("pipeline", .string(pipeline)), ("stage", .string(stage)), ("seq", .integer(sequence)),
        ])
    }
}
