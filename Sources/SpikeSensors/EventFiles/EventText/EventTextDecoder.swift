import SpikeSignals

/// Decodes a line of text per event; see ``EventTextLayout`` for what a line holds.
///
/// Fractions of a microsecond are rounded to nearest. A line that is no event is counted and, if it is not a comment,
/// noted as damage.
final class EventTextDecoder: EventDecoder {
    let minimumBytes = 8

    /// The longest line.
    static let longestLine = 1_024

    private let layout: EventTextLayout
    private var fields = [TextNumber](repeating: TextNumber(), count: EventTextLayout.mostColumns)

    init(_ layout: EventTextLayout) { self.layout = layout }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        var index = 0
        while !batch.isFull {
            if !bytes.isLast, bytes.count - index < EventTextDecoder.longestLine, !holdsLine(bytes, index) { break }
            guard index < bytes.count else { break }
            var next = index
            if let event = parse(bytes, &next) {
                guard batch.append(time: event.time, x: event.x, y: event.y, isOn: event.isOn) else {
                    return DecodeStep(used: index, isBatchDone: true)
                }
            } else {
                next = lineEnd(bytes, from: index)
                noteLine(bytes, index, next, log)
            }
            index = next
        }
        return DecodeStep(used: index, isBatchDone: batch.isFull)
    }

    private struct Event {
        var time: Int64
        var x: UInt16
        var y: UInt16
        var isOn: Bool
    }

    /// The event of the line at `index`, which moves behind the line; nil if it is none.
    private func parse(_ bytes: EventBytes, _ index: inout Int) -> Event? {
        let end = bytes.count
        var column = 0
        while true {
            while index < end, bytes.byte(index) == 0x20 || bytes.byte(index) == 0x09 { index &+= 1 }
            guard column < fields.count, fields[column].read(bytes, &index) else { return nil }
            column &+= 1
            while index < end, bytes.byte(index) == 0x20 || bytes.byte(index) == 0x09 { index &+= 1 }
            guard index < end else { break }
            let byte = bytes.byte(index)
            if byte == 0x0A {
                index &+= 1
                break
            }
            if byte == 0x0D, index &+ 1 == end || bytes.byte(index &+ 1) == 0x0A {
                index = min(index &+ 2, end)
                break
            }
            if byte == 0x2C || byte == 0x3B { index &+= 1 }
        }
        guard column >= layout.columns, let time = fields[layout.time].microseconds(layout.unit),
            let x = fields[layout.x].place, let y = fields[layout.y].place, y < 1 << 15
        else { return nil }
        let sign = fields[layout.polarity]
        guard sign.fraction == 0, sign.magnitude <= 1 else { return nil }
        return Event(time: time, x: x, y: y, isOn: sign.magnitude == 1 && !sign.isNegative)
    }

    private func holdsLine(_ bytes: EventBytes, _ index: Int) -> Bool {
        var place = index
        while place < bytes.count {
            if bytes.byte(place) == 0x0A { return true }
            place &+= 1
        }
        return false
    }

    private func lineEnd(_ bytes: EventBytes, from index: Int) -> Int {
        var place = index
        while place < bytes.count, place - index < EventTextDecoder.longestLine {
            place += 1
            if bytes.byte(place - 1) == 0x0A { break }
        }
        return place
    }

    private func noteLine(_ bytes: EventBytes, _ start: Int, _ end: Int, _ log: EventLog) {
        let text = String(decoding: bytes.bytes(start..<min(end, start + 60)), as: UTF8.self).trimmed
        if text.isEmpty { return }
        if text.hasPrefix("#") || text.hasPrefix("%") || text.hasPrefix("//") {
            log.tally[.unknown] += 1
        } else if end == bytes.count, bytes.isLast {
            log.noteCut("a line", at: bytes.offset + Int64(start), bytes: end - start)
        } else {
            log.note("expected an event, found \"\(text)\"", at: bytes.offset + Int64(start), bytes: end - start)
        }
    }
}
