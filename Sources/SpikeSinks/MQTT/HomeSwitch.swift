import SpikeSignals

/// A binary sensor: on while something lasts, with the record that changed it last.
struct HomeSwitch {
    /// What lasts: the ids of alarms, the names of gestures.
    private var active: [String] = []
    /// The last record as JSON.
    private var record = "{}"

    /// Off, or as ``remembered`` was.
    init(remembered: String? = nil) {
        guard let lines = remembered?.split(separator: "\n").map(String.init), let first = lines.first else { return }
        record = first
        active = Array(lines.dropFirst())
    }

    /// The record and what lasts, one a line.
    var remembered: String { ([record] + active).joined(separator: "\n") }

    /// The message of the state as it is.
    var payload: String { payload(isOn: !active.isEmpty) }

    private func payload(isOn: Bool) -> String { "{\"state\": \"\(isOn ? "ON" : "OFF")\", \"record\": \(record)}" }

    /// Takes a record whose `state` is onset, update, end or clear; the messages that follow. What ends without having
    /// begun is shown as on for a moment.
    mutating func take(_ record: OutgoingRecord, most: Int) -> [String] {
        self.record = record.json
        let name = (record.fields["id"] == record.id ? nil : record.fields["id"]) ?? record.fields["gesture"] ?? "it"
        let key = name.replacing("\n", with: " ")
        switch record.fields["state"] {
        case "end", "clear":
            let began = active.contains(key)
            active.removeAll { $0 == key }
            return (began ? [] : [payload(isOn: true)]) + [payload]
        default:
            if !active.contains(key), active.count < most { active.append(key) }
            return [payload]
        }
    }
}
