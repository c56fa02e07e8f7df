import SpikeSignals

/// Decodes a line of text per event; see ``EventTextLayout`` for what a line holds.
///
/// Fractions of a microsecond are rounded to nearest. A line that is no event is counted and, if it is not a comment,
/// noted as damage.
@safe final class EventTextDecoder: EventDecoder {
    let minimumBytes = 8

    /// The longest line.
    static let longestLine = 1_024

    private let layout: EventTextLayout
    private let quick: QuickLine
    private let fields: UnsafeMutablePointer<TextNumber>

    init(_ layout: EventTextLayout, isWide: Bool = WideLoops.areThere) {
        self.layout = layout
        quick = QuickLine(layout, isWide: isWide)
        unsafe fields = .allocate(capacity: EventTextLayout.mostColumns)
        unsafe fields.initialize(repeating: TextNumber(), count: EventTextLayout.mostColumns)
    }

    deinit { unsafe fields.deallocate() }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        var index = 0
        var count = batch.count
        defer { batch.count = count }
        let out = unsafe batch.words
        while count < EventBatch.capacity, index < bytes.count {
            if count > 0 {
                index += unsafe quick.takeWide(bytes, from: index, batch.timeBase, into: out, &count)
                if count == EventBatch.capacity { break }
            }
            if !bytes.isLast, bytes.count - index < EventTextDecoder.longestLine, !holdsLine(bytes, index) { break }
            var next = index
            if let event = quick.event(bytes, &next) ?? parse(bytes, &next) {
                if count == 0 { batch.timeBase = event.time }
                guard let offset = Int32(exactly: event.time &- batch.timeBase) else {
                    return DecodeStep(used: index, isBatchDone: true)
                }
                unsafe out[count] = UInt64(UInt32(bitPattern: offset)) << 32 | event.pixel
                count &+= 1
            } else {
                next = lineEnd(bytes, from: index)
                noteLine(bytes, index, next, log)
            }
            index = next
        }
        return DecodeStep(used: index, isBatchDone: count == EventBatch.capacity)
    }

    /// The event of the line at `index`, which moves behind the line; nil if it is none.
    @inline(__always)
    private func parse(_ bytes: EventBytes, _ index: inout Int) -> TextEvent? {
        let end = bytes.count
        let fields = unsafe fields
        var column = 0
        while column < EventTextLayout.mostColumns {
            while index < end, EventTextDecoder.isBlank(bytes.byte(index)) { index &+= 1 }
            guard unsafe fields[column].read(bytes, &index) else { return nil }
            column &+= 1
            guard index < end else { break }
            var byte = bytes.byte(index)
            if EventTextDecoder.isBlank(byte) {
                while index < end, EventTextDecoder.isBlank(bytes.byte(index)) { index &+= 1 }
                guard index < end else { break }
                byte = bytes.byte(index)
            }
            if byte == 0x2C || byte == 0x3B {
                index &+= 1
            } else if byte == 0x0A {
                index &+= 1
                break
            } else if byte == 0x0D, index &+ 1 == end || bytes.byte(index &+ 1) == 0x0A {
                index = min(index &+ 2, end)
                break
            }
        }
        return column >= layout.columns ? event : nil
    }

    /// The event that the fields make.
    @inline(__always)
    private var event: TextEvent? {
        let sign = unsafe fields[layout.polarity]
        guard let time = unsafe fields[layout.time].microseconds(layout.unit), let x = unsafe fields[layout.x].place,
            let y = unsafe fields[layout.y].place, y < 1 << 15, sign.fraction == 0, sign.magnitude <= 1
        else { return nil }
        let isOn: UInt64 = sign.magnitude == 1 && !sign.isNegative ? 1 << 31 : 0
        return TextEvent(time: time, pixel: isOn | UInt64(y) << 16 | UInt64(x))
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

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
