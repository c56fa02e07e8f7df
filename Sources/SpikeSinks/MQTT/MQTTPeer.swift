import CMosquitto
import SpikeSignals

/// A broker as the taker of records: each is published with quality of service 1, and counts as delivered when the
/// broker has confirmed it (PUBACK).
///
/// | topic | message | retained |
/// |---|---|---|
/// | `TOPIC/KIND` | a record, as JSON | no |
/// | `TOPIC/availability` | `online`, and `offline` as last will and at the end | yes |
/// | those of ``HomeAssistant`` | if asked for | yes |
final class MQTTPeer: Peer {
    let window = 50
    private let settings: MQTTSettings
    private let topic: String
    private var home: HomeAssistant?
    private var client: MQTTClient?

    /// Publishes under `topic`, and what `home` wants besides.
    init(_ settings: MQTTSettings, topic: String, home: HomeAssistant?) {
        self.settings = settings
        self.topic = topic
        self.home = home
    }

    var isConnected: Bool { client?.isConnected ?? false }
    var descriptor: Int32? { client?.descriptor }

    func tend(until deadline: Deadline) -> DeliveryFailure? {
        do throws(DeliveryFailure) {
            let client = try connected(until: deadline)
            if let failure = client.turn(milliseconds: 0) { throw failure }
            _ = client.takeConfirmed()
            return nil
        } catch {
            client = nil
            return error
        }
    }

    func deliver(_ records: [OutgoingRecord], until deadline: Deadline) -> Delivery {
        var flight = MQTTFlight()
        do throws(DeliveryFailure) {
            let client = try connected(until: deadline)
            for record in records {
                flight.begin(record.key)
                let message = MQTTMessage(topic: topic + "/" + record.kind.asTopicLevel, payload: record.json)
                let before = home?.announcements(before: record) ?? []
                let after = home?.states(after: record) ?? []
                for extra in before { flight.add(try client.publish(extra, qos: 1).get(), of: record.key) }
                flight.add(try client.publish(message, qos: settings.qos).get(), of: record.key)
                for extra in after { flight.add(try client.publish(extra, qos: 1).get(), of: record.key) }
            }
            try wait(for: &flight, client, until: deadline)
        } catch {
            client = nil
            flight.result.failure = error
        }
        home?.keepState()
        return flight.result
    }

    func close(until deadline: Deadline) {
        guard let client, client.isConnected else { return }
        let farewell = MQTTMessage(topic: settings.availabilityTopic, payload: "offline", isRetained: true)
        guard case .success(let mid) = client.publish(farewell, qos: 1) else { return }
        while client.unconfirmed.contains(mid), !deadline.hasPassed {
            guard client.turn(milliseconds: 20) == nil else { return }
            _ = client.takeConfirmed()
        }
        client.disconnect(until: deadline)
    }

    /// The connection, made now if there is none, with what has to be said first.
    private func connected(until deadline: Deadline) throws(DeliveryFailure) -> MQTTClient {
        if let client, client.isConnected { return client }
        let fresh: MQTTClient
        do { fresh = try MQTTClient(settings) } catch { throw DeliveryFailure(error: error, isForGood: true) }
        client = fresh
        if let failure = fresh.connect(until: deadline) { throw failure }
        let hello = MQTTMessage(topic: settings.availabilityTopic, payload: "online", isRetained: true)
        for message in [hello] + (home?.greeting() ?? []) { _ = try fresh.publish(message, qos: 1).get() }
        return fresh
    }

    /// Waits until the broker has confirmed everything; a broker that says nothing for long is away.
    private func wait(
        for flight: inout MQTTFlight, _ client: MQTTClient, until deadline: Deadline
    ) throws(DeliveryFailure) {
        let patience = Int64(settings.timeoutSeconds * 1e9)
        var timeout = MonotonicClock.nanoseconds() + patience
        while true {
            let confirmed = client.takeConfirmed()
            for (mid, reason) in confirmed {
                if let failure = flight.confirm(mid, reason: reason, at: settings.broker.text) { throw failure }
            }
            if flight.isOver || deadline.hasPassed { return }
            if !confirmed.isEmpty { timeout = MonotonicClock.nanoseconds() + patience }
            if MonotonicClock.nanoseconds() > timeout {
                let error = SpikelineError("the broker confirms nothing", at: settings.broker.text, cause: .lost)
                throw DeliveryFailure(error: error)
            }
            if let failure = client.turn(milliseconds: 20) {
                for (mid, reason) in client.takeConfirmed() {
                    _ = flight.confirm(mid, reason: reason, at: settings.broker.text)
                }
                throw failure
            }
        }
    }
}

extension String {
    /// The text as one level of a topic: what has a meaning there, and control characters, become `_`.
    var asTopicLevel: String {
        let level = String(
            String.UnicodeScalarView(
                unicodeScalars.map { scalar in
                    scalar.value < 0x20 || "/+#\u{7F}".unicodeScalars.contains(scalar) ? "_" : scalar
                }))
        return level.isEmpty ? "_" : level
    }
}
