import SpikeSignals

/// Makes Home Assistant show what a pipeline reports, without any configuration there (MQTT discovery).
///
/// | records | entity | messages |
/// |---|---|---|
/// | `keyword` | an event, one type for each word | `TOPIC/keyword` itself |
/// | `gesture` | a binary sensor: on from onset to end | `TOPIC/gesture/state`, retained |
/// | `anomaly` | a binary sensor: on while any alarm lasts | `TOPIC/anomaly/state`, retained |
///
/// An entity is announced when the connection is made if it is in `announced`, and otherwise before the first record of
/// its kind. What was announced and the last states are kept in `memory`, and said again at every connection, so a
/// restart of the broker, of Home Assistant or of the pipeline leaves no entity unknown.
struct HomeAssistant {
    /// Where facts survive the end of a run.
    struct Memory {
        var recall: (String) -> String?
        var remember: (String, String) -> Void
    }

    /// The names by which entities, topics and the device are known.
    struct Names: Sendable {
        /// Where Home Assistant looks for announcements; `homeassistant` by default there.
        var prefix = "homeassistant"
        /// Where the records are.
        var topic: String
        /// Where it is said whether we are there.
        var availability: String
        /// What is unique to this sink: letters, digits, `_` and `-`.
        var node: String
        /// What people call the device.
        var device: String
        /// After how many seconds without news a state is unknown; 0 for never.
        var expireAfterSeconds = 0
    }

    /// The kinds that become entities.
    static let kinds = ["keyword", "gesture", "anomaly"]
    /// The most words and the most alarms that are kept in mind.
    private static let mostRemembered = 256

    private let names: Names
    private let memory: Memory?
    private var announced: Set<String>
    private var words: [String]
    private var switches: [String: HomeSwitch] = [:]
    /// What is in the memory about alarms.
    private var kept: String?

    /// Entities for the kinds `announced`, with these words, at once, and for others as they come.
    init(_ names: Names, announced: [String], words: [String], memory: Memory?) {
        self.names = names
        self.memory = memory
        self.announced = Set(announced)
        self.words = words
        func recalled(_ name: String) -> [String] {
            memory?.recall(name)?.split(separator: "\n").map(String.init) ?? []
        }
        self.announced.formUnion(recalled("announced").filter(HomeAssistant.kinds.contains))
        for word in recalled("words") where !self.words.contains(word) { self.words.append(word) }
        for kind in ["gesture", "anomaly"] {
            switches[kind] = HomeSwitch(remembered: kind == "anomaly" ? memory?.recall(kind) : nil)
        }
        kept = switches["anomaly"]?.remembered
    }

    /// What is said when a connection has been made: the announcements, then the states.
    func greeting() -> [MQTTMessage] {
        HomeAssistant.kinds.filter(announced.contains).map(announcement(of:))
            + ["gesture", "anomaly"].filter(announced.contains).compactMap(state(of:))
    }

    /// What must be known before `record` comes.
    mutating func announcements(before record: OutgoingRecord) -> [MQTTMessage] {
        guard HomeAssistant.kinds.contains(record.kind) else { return [] }
        var isNew = announced.insert(record.kind).inserted
        if isNew { memory?.remember("announced", announced.sorted().joined(separator: "\n")) }
        if record.kind == "keyword", let word = record.fields["word"], !words.contains(word),
            words.count < HomeAssistant.mostRemembered
        {
            words.append(word)
            memory?.remember("words", words.joined(separator: "\n"))
            isNew = true
        }
        return isNew ? [announcement(of: record.kind)] : []
    }

    /// The states that `record` leads to, in order.
    mutating func states(after record: OutgoingRecord) -> [MQTTMessage] {
        guard let steps = switches[record.kind]?.take(record, most: HomeAssistant.mostRemembered) else { return [] }
        return steps.map { message($0, of: record.kind) }
    }

    /// Keeps what the last states were.
    mutating func keepState() {
        guard let memory, let alarms = switches["anomaly"]?.remembered, alarms != kept else { return }
        memory.remember("anomaly", alarms)
        kept = alarms
    }

    private func state(of kind: String) -> MQTTMessage? { switches[kind].map { message($0.payload, of: kind) } }

    private func message(_ payload: String, of kind: String) -> MQTTMessage {
        MQTTMessage(topic: "\(names.topic)/\(kind)/state", payload: payload, isRetained: true)
    }

    /// The message that makes the entity of `kind` appear.
    private func announcement(of kind: String) -> MQTTMessage {
        let component = kind == "keyword" ? "event" : "binary_sensor"
        let fields: [(String, JSONValue)] =
            [
                ("name", .string(kind == "keyword" ? "Keyword" : kind == "gesture" ? "Gesture" : "Anomaly")),
                ("unique_id", .string("\(names.node)_\(kind)")), ("object_id", .string("\(names.node)_\(kind)")),
                ("availability_topic", .string(names.availability)),
                (
                    "device",
                    .object([
                        ("identifiers", .array([.string(names.node)])), ("name", .string(names.device)),
                        ("manufacturer", .string("Spikeline")), ("model", .string("Pipeline")),
                    ])
                ),
                ("origin", .object([("name", .string("Spikeline"))])),
            ] + (kind == "keyword" ? eventFields : sensorFields(of: kind))
        return MQTTMessage(
            topic: "\(names.prefix)/\(component)/\(names.node)/\(kind)/config", payload: JSONValue.object(fields).text,
            isRetained: true)
    }

    private var eventFields: [(String, JSONValue)] {
        [
            ("state_topic", .string("\(names.topic)/keyword")), ("event_types", .array(words.map { .string($0) })),
            ("value_template", .string("{{ dict(value_json, event_type=value_json.word) | tojson }}")),
            ("icon", .string("mdi:microphone-message")),
        ]
    }

    private func sensorFields(of kind: String) -> [(String, JSONValue)] {
        let topic = JSONValue.string("\(names.topic)/\(kind)/state")
        var fields: [(String, JSONValue)] = [
            ("state_topic", topic), ("value_template", .string("{{ value_json.state }}")),
            ("payload_on", .string("ON")), ("payload_off", .string("OFF")), ("json_attributes_topic", topic),
            ("json_attributes_template", .string("{{ value_json.record | tojson }}")),
        ]
        if kind == "anomaly" { fields.append(("device_class", .string("problem"))) }
        if kind == "gesture" { fields.append(("icon", .string("mdi:gesture"))) }
        if names.expireAfterSeconds > 0 { fields.append(("expire_after", .integer(names.expireAfterSeconds))) }
        return fields
    }
}
