import SpikeSignals

/// What a detector reaches on streams: the answer of `spikeline evaluate MODEL --stream FILE --truth CSV`.
public struct StreamReport: Sendable {
    /// Hits and false alarms of one word.
    public struct Word: Hashable, Sendable {
        /// How often it was spoken.
        public var words = 0
        /// How often it was detected when it was spoken.
        public var hits = 0
        /// How often it was reported when it was not spoken.
        public var falseAlarms = 0
    }

    /// The least score that was reported, of words that have no threshold of their own.
    public var threshold: Double
    /// The least score of each word, if words have thresholds of their own; else empty.
    public var thresholds: [String: Double] = [:]
    /// Hours of the streams in which words were spoken.
    public private(set) var hours = 0.0
    /// The words to be reported, each with its counts over all streams.
    public private(set) var words: [String: Word]
    /// False alarms in the streams in which words were spoken.
    public private(set) var falseAlarms = 0
    /// From the end of each detected word to its detection, in milliseconds.
    public private(set) var latenciesMilliseconds: [Double] = []
    /// Hours of the streams in which none of the words is spoken.
    public private(set) var otherHours = 0.0
    /// False alarms in the streams in which none of the words is spoken.
    public private(set) var otherFalseAlarms = 0

    /// A report over nothing.
    public init(reportable: Set<String>, threshold: Double) {
        self.threshold = threshold
        words = Dictionary(uniqueKeysWithValues: reportable.map { ($0, Word()) })
    }

    /// Adds a stream of `hours`; without targets it is one in which any detection is a false alarm if
    /// `isFalseAlarmStream` says so.
    public mutating func add(_ outcome: StreamScoring.Outcome, hours: Double, isFalseAlarmStream: Bool) {
        for target in outcome.targets {
            words[target.spoken.word, default: Word()].words += 1
            if target.detection != nil { words[target.spoken.word, default: Word()].hits += 1 }
        }
        for alarm in outcome.falseAlarms { words[alarm.word, default: Word()].falseAlarms += 1 }
        latenciesMilliseconds += outcome.latenciesMilliseconds
        if isFalseAlarmStream {
            otherHours += hours
            otherFalseAlarms += outcome.falseAlarms.count
        } else {
            self.hours += hours
            falseAlarms += outcome.falseAlarms.count
        }
    }

    /// How many words were to be detected.
    public var spokenWords: Int { words.values.reduce(0) { $0 + $1.words } }
    /// How many of them were.
    public var hits: Int { words.values.reduce(0) { $0 + $1.hits } }
    /// The share of the words that were detected, or nil if none was spoken.
    public var hitRate: Double? { ratio(hits, spokenWords) }
    /// False alarms per hour of the streams in which words were spoken, or nil if they have no length.
    public var falseAlarmsPerHour: Double? { hours > 0 ? Double(falseAlarms) / hours : nil }
    /// False alarms per hour of the streams in which none of the words is spoken, or nil if there are none.
    public var otherFalseAlarmsPerHour: Double? { otherHours > 0 ? Double(otherFalseAlarms) / otherHours : nil }

    /// The report as the JSON object that the manual promises; a figure that does not exist is `null`, and
    /// `thresholds` and `false_alarm_streams` are there only if words have their own and such streams were given.
    public var jsonValue: JSONValue {
        var fields: [(String, JSONValue)] = [
            ("v", .integer(1)), ("hours", .fixed(hours, decimals: 4)), ("words", .integer(spokenWords)),
            ("hits", .integer(hits)), ("hit_rate", .share(hitRate)), ("false_alarms", .integer(falseAlarms)),
            ("false_alarms_per_hour", .rate(falseAlarmsPerHour)),
            (
                "latency_ms",
                .object([
                    ("median", .measure(Percentile.median(of: latenciesMilliseconds))),
                    ("p95", .measure(Percentile.value(0.95, of: latenciesMilliseconds))),
                ])
            ),
            ("threshold", .fixed(threshold, decimals: 4)),
            ("classes", .object(words.sorted { $0.key < $1.key }.map { ($0.key, $0.value.jsonValue) })),
        ]
        if !thresholds.isEmpty {
            let sorted = thresholds.sorted { $0.key < $1.key }
            fields.append(("thresholds", .object(sorted.map { ($0.key, .fixed($0.value, decimals: 4)) })))
        }
        if otherHours > 0 {
            fields.append(
                (
                    "false_alarm_streams",
                    .object([
                        ("hours", .fixed(otherHours, decimals: 4)), ("false_alarms", .integer(otherFalseAlarms)),
                        ("false_alarms_per_hour", .rate(otherFalseAlarmsPerHour)),
                    ])
                ))
        }
        return .object(fields)
    }
}

extension StreamReport.Word {
    /// The counts as a JSON object.
    var jsonValue: JSONValue {
        .object([
            ("words", .integer(words)), ("hits", .integer(hits)), ("hit_rate", .share(ratio(hits, words))),
            ("false_alarms", .integer(falseAlarms)),
        ])
    }
}

extension JSONValue {
    /// Events per hour with two decimals, or `null`.
    static func rate(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 2) } ?? .null }
}
