/// Something that is not as it was when normal was learned; reported when it begins, while it goes on, and when it is over.
public struct AnomalyRecord: Hashable, Sendable {
    /// What is reported.
    public enum State: String, Sendable {
        /// The alert has just been raised.
        case onset
        /// The alert goes on.
        case update
        /// The alert is over.
        case clear
    }

    /// Where the spikes differ most from what is expected.
    public struct Cause: Hashable, Sendable {
        /// The band or cell.
        public var place: ChannelLegend.Place
        /// Whether more spikes came than expected there, or fewer.
        public var isMore: Bool
        /// Its part of all that differs, 0 to 1.
        public var weight: Double
        /// The time over which it shows, in milliseconds.
        public var scaleMilliseconds: Double

        /// A cause of that weight.
        public init(place: ChannelLegend.Place, isMore: Bool, weight: Double, scaleMilliseconds: Double) {
            self.place = place
            self.isMore = isMore
            self.weight = weight
            self.scaleMilliseconds = scaleMilliseconds
        }
    }

    /// The same for all records of an alert, and for no other alert of the stage.
    public var id: String
    /// Whether the alert begins, goes on or is over.
    public var state: State
    /// The deviation now; 1 is the mean when normal was learned. At the end: the highest of the alert.
    public var score: Double
    /// The score at which an alert is raised.
    public var threshold: Double
    /// How many false alerts a day the threshold was set for.
    public var targetFalseAlarmsPerDay: Double
    /// Whether less has been seen of normal than the target needs to be verified.
    public var isProvisional: Bool
    /// The strongest first.
    public var causes: [Cause]
    /// When that was decided.
    public var at: StreamTime
    /// When the score first rose.
    public var from: StreamTime
    /// When the score last was high; nil while the alert goes on.
    public var to: StreamTime?
    /// The name of the pipeline.
    public var pipeline: String
    /// The stage that made the record.
    public var stage: String
    /// Counts the records of this stage from 1.
    public var sequence: Int

    /// A report; see the properties for the meaning of each value.
    public init(
        id: String, state: State, score: Double, threshold: Double, targetFalseAlarmsPerDay: Double,
        isProvisional: Bool, causes: [Cause], at: StreamTime, from: StreamTime, to: StreamTime?, pipeline: String,
        stage: String, sequence: Int
    ) {
        self.id = id
        self.state = state
        self.score = score
        self.threshold = threshold
        self.targetFalseAlarmsPerDay = targetFalseAlarmsPerDay
        self.isProvisional = isProvisional
        self.causes = causes
        self.at = at
        self.from = from
        self.to = to
        self.pipeline = pipeline
        self.stage = stage
        self.sequence = sequence
    }

    /// The record as a JSON object.
    public var jsonValue: JSONValue {
        .object([
            ("v", .integer(1)), ("kind", .string("anomaly")), ("id", .string(id)), ("state", .string(state.rawValue)),
            ("score", .fixed(score, decimals: 3)), ("threshold", .fixed(threshold, decimals: 3)),
            ("target_false_alarms_per_day", .fixed(targetFalseAlarmsPerDay, decimals: 3)),
            ("provisional", .bool(isProvisional)), ("phase", .string("armed")),
            ("causes", .array(causes.map(\.jsonValue))), ("at_s", .fixed(at.seconds, decimals: 3)),
            ("from_s", .fixed(from.seconds, decimals: 3)),
            ("to_s", to.map { .fixed($0.seconds, decimals: 3) } ?? .null), ("pipeline", .string(pipeline)),
            ("stage", .string(stage)), ("seq", .integer(sequence)),
        ])
    }
}

extension AnomalyRecord.Cause {
    /// The cause as a JSON object.
    public var jsonValue: JSONValue {
        .object(
            place.fields + [
                ("direction", .string(isMore ? "more" : "less")), ("weight", .fixed(weight, decimals: 3)),
                ("scale_ms", .fixed(scaleMilliseconds, decimals: 0)),
            ])
    }
}

extension ChannelLegend.Place {
    /// The place as fields of a JSON object.
    public var fields: [(String, JSONValue)] {
        switch self {
        case .band(let low, let centre, let high, let axis):
            let decimals = high < 100 ? 2 : 0
            return [
                ("band_hz", .array([.fixed(low, decimals: decimals), .fixed(high, decimals: decimals)])),
                ("centre_hz", .fixed(centre, decimals: decimals)), ("axis", .integer(axis)),
            ]
        case .cell(let region, let isOn):
            let sides = [region.x, region.y, region.width, region.height]
            return [
                ("cell", .array(sides.map { .integer($0) })),
                ("polarity", isOn.map { .string($0 ? "on" : "off") } ?? .null),
            ]
        case .channel(let channel): return [("channel", .integer(channel))]
        }
    }

    /// The place in words.
    public var text: String {
        switch self {
        case .band(let low, _, let high, let axis):
            let decimals = high < 100 ? 1 : 0
            let edges = [low, high].map { JSONValue.decimal($0, decimals: decimals) ?? "?" }
            return edges.joined(separator: " to ") + " Hz" + (axis > 0 ? " of channel \(axis)" : "")
        case .cell(let region, let isOn):
            let polarity = isOn.map { $0 ? ", brighter" : ", darker" } ?? ""
            return "pixels \(region.x) to \(region.x + region.width - 1), \(region.y) to "
                + "\(region.y + region.height - 1)\(polarity)"
        case .channel(let channel): return "channel \(channel)"
        }
    }
}
