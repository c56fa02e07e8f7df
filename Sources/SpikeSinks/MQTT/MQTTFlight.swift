import CMosquitto
import SpikeSignals

/// The messages of some records that are under way, and what the broker has said about them so far.
struct MQTTFlight {
    /// What became of the records.
    var result = Delivery()
    private var owners: [Int32: Int64] = [:]
    private var open: [Int64: Int] = [:]
    private var refusals: [Int64: SpikelineError] = [:]

    /// Whether the broker has answered for all of them.
    var isOver: Bool { open.isEmpty }

    /// The messages that follow are those of the record `key`.
    mutating func begin(_ key: Int64) { open[key] = 0 }

    /// Message `mid` belongs to the record `key`.
    mutating func add(_ mid: Int32, of key: Int64) {
        owners[mid] = key
        open[key, default: 0] += 1
    }

    /// The broker has answered message `mid`; a failure if it takes nothing of this kind at present.
    mutating func confirm(_ mid: Int32, reason: Int32, at place: String) -> DeliveryFailure? {
        guard let key = owners.removeValue(forKey: mid) else { return nil }
        if reason >= 0x80 {
            let what = "the broker does not take the message: \(MosquittoLibrary.text(reason: reason))"
            let error = SpikelineError(what, at: place, cause: .lost)
            guard MQTTFlight.isAboutTheMessage(reason) else { return DeliveryFailure(error: error) }
            refusals[key] = error
        }
        let left = (open[key] ?? 1) - 1
        open[key] = left > 0 ? left : nil
        if left == 0 {
            if let why = refusals.removeValue(forKey: key) {
                result.refused.append((key, why))
            } else {
                result.delivered.append(key)
            }
        }
        return nil
    }

    /// Whether sending the same message again would be refused again.
    private static func isAboutTheMessage(_ reason: Int32) -> Bool {
        [
            MQTT_RC_TOPIC_NAME_INVALID.rawValue, MQTT_RC_PACKET_TOO_LARGE.rawValue,
            MQTT_RC_PAYLOAD_FORMAT_INVALID.rawValue,
        ].contains(UInt32(reason))
    }
}
