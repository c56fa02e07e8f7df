import SpikeSignals

/// The streams of live sensors.
///
/// ```
/// NAME.live.KIND.SENSOR           NAME_LIVE         audio, events and spikes, for a day; the oldest go first
/// NAME.live.records.SENSOR        NAME_RECORDS      records, for ever
/// $KV.NAME_sensors.lease.P.S      KV_NAME_sensors   who attends to sensor S with pipeline P
/// $KV.NAME_sensors.state.P.S                        the last checkpoint of sensor S
/// ```
/// The bucket is one of JetStream's key-value store (NATS ADR-8), so its tools show it.
extension Fleet {
    /// The longest name of a sensor or pipeline.
    static let longestName = 64

    var live: String { "\(name)_LIVE" }
    var records: String { "\(name)_RECORDS" }
    var bucket: String { "KV_\(name)_sensors" }

    /// The stream that holds live data of that kind.
    func stream(of kind: PortKind) -> String { kind == .records ? records : live }

    /// Where a sensor's data of that kind is.
    func subject(_ kind: PortKind, sensor: String) -> String { "\(name).live.\(kind.rawValue).\(sensor)" }

    /// A key of the bucket.
    func key(_ what: String, _ pipeline: String, _ whose: String) -> String {
        "$KV.\(name)_sensors.\(what).\(pipeline).\(whose)"
    }

    /// Makes the stream for live data of that kind, if there is none.
    func prepare(live kind: PortKind, _ stream: JetStream) throws(SpikelineError) {
        let day = 24 * 3_600_000_000_000
        if kind == .records {
            try stream.makeStream(
                records,
                [
                    ("subjects", .array([.string("\(name).live.records.*")])), ("discard", .string("new")),
                    ("allow_direct", .bool(true)),
                ])
        } else {
            let kinds = LiveMessage.kinds.filter { $0 != PortKind.records.rawValue }
            try stream.makeStream(
                live,
                [
                    ("subjects", .array(kinds.map { .string("\(name).live.\($0).*") })), ("discard", .string("old")),
                    ("max_age", .integer(day)), ("allow_direct", .bool(true)),
                ])
        }
    }

    /// Makes the bucket, if there is none.
    func prepareBucket(_ stream: JetStream, replicas: Int) throws(SpikelineError) {
        try stream.makeStream(
            bucket,
            [
                ("subjects", .array([.string("$KV.\(name)_sensors.>")])), ("max_msgs_per_subject", .integer(1)),
                ("discard", .string("new")), ("allow_direct", .bool(true)), ("allow_rollup_hdrs", .bool(true)),
                ("deny_delete", .bool(true)), ("num_replicas", .integer(replicas)),
            ])
    }

    /// Refuses what cannot be one level of a subject.
    static func checkName(_ text: String, of what: String, at place: String) throws(SpikelineError) {
        guard isSimple(text, longest: longestName) else {
            throw SpikelineError(
                "the name of a \(what) is 1 to \(longestName) letters, digits, _ or -, found \"\(text.prefix(80))\"",
                at: place)
        }
    }
}
