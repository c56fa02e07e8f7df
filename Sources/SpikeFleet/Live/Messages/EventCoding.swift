import SpikeSignals

/// Events in messages: five or six bytes each.
///
/// ```
/// width | height | time base, signed | start time, signed | ns up to, signed | events | event | event | ...
/// event: microseconds since the one before, signed | x, times 2, + 1 if brighter | y
/// ```
/// A batch is a message; one without events goes only when stream time has moved on by `gather`.
final class EventCoding: LiveCoding {
    private let gather: Int64
    private var told = Int64.min

    init(gather: Int64) { self.gather = gather }

    func take(_ batch: EventBatch, _ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {
        let upTo = min(max(batch.upTo.nanoseconds, 0), LiveBounds.latest)
        guard batch.count > 0 || told == .min || upTo - told >= max(gather, 1) else { return }
        told = upTo
        var body: [UInt8] = []
        body.reserveCapacity(48 + 6 * batch.count)
        body.appendVariable(batch.width)
        body.appendVariable(batch.height)
        body.appendVariable(signed: batch.timeBase)
        body.appendVariable(signed: batch.startTime)
        body.appendVariable(signed: upTo)
        body.appendVariable(batch.count)
        var before: Int64 = 0
        for event in batch {
            body.appendVariable(signed: Int64(event.offset) - before)
            before = Int64(event.offset)
            body.appendVariable(Int(event.x) << 1 | (event.isOn ? 1 : 0))
            body.appendVariable(Int(event.y))
        }
        try send(body)
    }

    func finish(_ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {}

    static func read(_ body: [UInt8], into batch: EventBatch) throws(SpikelineError) {
        var reader = VariableReader(body)
        batch.width = try reader.number("columns", in: 0...65_536)
        batch.height = try reader.number("rows", in: 0...32_768)
        let times = EventBatch.sensorTimes
        batch.timeBase = try reader.signed("a time base", in: times)
        batch.startTime = try reader.signed("a start time", in: times)
        batch.upTo = StreamTime(nanoseconds: try reader.signed("a time", in: 0...LiveBounds.latest))
        let count = try reader.count("events", bytes: 3)
        guard count <= EventBatch.capacity else {
            throw SpikelineError("expected at most \(EventBatch.capacity) events in the message, found \(count)")
        }
        let (width, height) = (batch.width > 0 ? batch.width : 65_536, batch.height > 0 ? batch.height : 32_768)
        var offset: Int64 = 0
        for index in 0..<count {
            offset += try reader.signed("microseconds", in: -(1 << 33)...(1 << 33))
            let word: Int = try reader.number("a column", in: 0...(2 * width - 1))
            let row: Int = try reader.number("a row", in: 0...(height - 1))
            guard let exact = Int32(exactly: offset) else {
                throw SpikelineError("the message has an event too far from its time base")
            }
            let event = PixelEvent(
                offset: exact, x: UInt16(truncatingIfNeeded: word >> 1), y: UInt16(truncatingIfNeeded: row),
                isOn: word & 1 == 1)
            unsafe batch.words[index] = event.bits
        }
        batch.count = count
        try reader.expectEnd()
    }
}
