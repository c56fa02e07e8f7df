import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// An event with its sensor time, away from its batch.
struct PlainEvent: Hashable {
    var time: Int64
    var x: UInt16
    var y: UInt16
    var isOn: Bool

    init(_ time: Int64, _ x: Int, _ y: Int, _ isOn: Bool) {
        (self.time, self.x, self.y, self.isOn) = (time, UInt16(x), UInt16(y), isOn)
    }

    init(_ event: PixelEvent, of batch: EventBatch) {
        (time, x, y, isOn) = (batch.time(of: event), event.x, event.y, event.isOn)
    }
}

/// Everything that a reader gives.
struct EventReading: Equatable {
    var events: [PlainEvent] = []
    var tally = EventTally()
    var damage: [EventDamage] = []

    init() {}

    /// All that `reader` gives; breaches of what a batch promises are recorded as issues.
    init(_ reader: EventFileReader) throws(SpikelineError) {
        let batch = EventBatch()
        var check = BatchCheck()
        while try reader.read(into: batch) {
            check.look(at: batch)
            for event in batch { events.append(PlainEvent(event, of: batch)) }
            batch.removeAll()
        }
        check.finish(reader)
        (tally, damage) = (reader.log.tally, reader.log.damage)
    }

    /// All that is in `bytes`.
    init(
        _ bytes: [UInt8], format: EventFileFormat? = nil, name: String = "test",
        options: EventFileReader.Options = EventFileReader.Options()
    ) throws(SpikelineError) {
        var options = options
        options.format = format ?? options.format
        try self.init(EventFileReader(bytes: bytes, name: name, options: options))
    }

    /// The digest of all events as quadruples t, x, y, p of 64-bit numbers, lowest byte first.
    var digest: String {
        var digest = SHA256()
        for event in events {
            digest.update(number: event.time)
            digest.update(number: Int64(event.x))
            digest.update(number: Int64(event.y))
            digest.update(number: event.isOn ? 1 : 0)
        }
        return digest.finish()
    }

    /// What was counted, without zeros.
    var counts: [EventTally.Item: Int] {
        Dictionary(uniqueKeysWithValues: EventTally.Item.allCases.map { ($0, tally[$0]) }.filter { $0.1 != 0 })
    }
}

/// Checks batch after batch what every batch of a reader promises.
struct BatchCheck {
    private(set) var complaint: String?
    private var events = 0
    private var start: Int64?
    private var upTo = StreamTime.zero

    mutating func look(at batch: EventBatch) {
        guard batch.count > 0, batch.count <= EventBatch.capacity else {
            complaint = "a batch of \(batch.count) events"
            return
        }
        let first = batch.time(of: batch[0])
        if start == nil { start = first }
        if batch.startTime != start { complaint = "stream time moved to \(batch.startTime)" }
        if batch.upTo < upTo { complaint = "upTo fell to \(batch.upTo)" }
        upTo = batch.upTo
        let last = batch.time(of: batch[batch.count - 1])
        if batch.upTo < batch.streamTime(sensor: last) { complaint = "upTo is before the last event" }
        for event in batch where !EventBatch.sensorTimes.contains(batch.time(of: event)) {
            complaint = "an event at \(batch.time(of: event)) µs"
        }
        events += batch.count
    }

    mutating func finish(_ reader: EventFileReader) {
        if reader.eventsDelivered != events { complaint = "\(reader.eventsDelivered) delivered, \(events) came" }
        let log = reader.log
        if log.damage.count != min(log.tally[.damage], EventLog.mostDamage) {
            complaint = "\(log.damage.count) damaged places told, \(log.tally[.damage]) counted"
        }
        if let complaint { Issue.record("\(reader.name): \(complaint)") }
    }
}
