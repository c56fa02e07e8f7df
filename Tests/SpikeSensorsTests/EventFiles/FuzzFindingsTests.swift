import SpikeSignals
import Testing

@testable import SpikeSensors

/// What Scripts/fuzz found, each as short as it can be; see Documentation/fuzzing.md.
@Suite struct FuzzFindingsTests {
    /// The reader passed over as many bytes as the text has in UTF-8, where each byte that is none becomes three: a trap
    /// at the end of the input, and lost events elsewhere.
    @Test func aHeaderLineIsAsLongAsItsBytes() throws {
        let line: [UInt8] = [0x25, 0x20, 0xFF, 0xFF, 0x0A]
        #expect(try Reading(line, .evt3).events.isEmpty)
        #expect(try Reading(line + [0x01, 0x80, 0x02, 0x00, 0x03, 0x20], .evt3).events == [[4_096, 3, 2, 0]])
    }

    /// A field of the format with neither name nor value was a trap.
    @Test func aFieldOfNothingIsNone() throws {
        let header = "% format EVT3;=;width=4;height=3\n% end\n"
        #expect(try Reading(Array(header.utf8) + [0x01, 0x80, 0x03, 0x20], .evt3).events == [[4_096, 3, 0, 0]])
    }

    /// A block of records was looked at as a whole: of two beginnings of the counter it counted one.
    @Test func everyNewBeginningOfACounterIsCounted() throws {
        let times: [UInt32] = [0xFFFF_FFF0, 5, 0xFFFF_FFF0, 6]
        let records: [UInt8] = times.flatMap { number($0) + [0, 0, 0, 0] as [UInt8] }
        let whole = try Reading([0x0C, 8] + records, .dat)
        #expect(whole.log.tally[.timeWraps] == 2)
        #expect(whole.events.map { $0[0] } == [0xFFFF_FFF0, 1 << 32 + 5, 0xFFFF_FFF0, 1 << 32 + 6])
        for isWide in Set([false, WideLoops.areThere]) {
            let pieces = Reading(records, DAT2Decoder(isWide: isWide), piece: 8)
            #expect(pieces.log.tally[.timeWraps] == 2)
            #expect(pieces.events == whole.events)
        }
    }

    /// A packet's header could say that its times lie up to 146,000 years away, where sums of times overflow.
    @Test func aPacketBeyondAllSensorTimesIsDamage() throws {
        let event = number(UInt32(1)) + number(UInt32(7))
        let near = packet(events: [event], overflows: 1 << 22 - 1)
        #expect(try Reading(aedat3(near), .aedat3).events == [[(1 << 22 - 1) << 31 + 7, 0, 0, 0]])
        let far = try Reading(aedat3(packet(events: [event], overflows: 1 << 22)), .aedat3)
        #expect(far.events.isEmpty)
        #expect(far.log.damage.first?.offset == Int64(aedat3([]).count))
    }

    /// Events that are not valid were counted as if they took room in the batch; when the batch seemed full, the rest of
    /// the file was taken for a packet that is cut short.
    @Test func eventsThatAreNotValidTakeNoRoom() throws {
        let number = EventBatch.capacity + 5
        let invalid = EventBatch.capacity - 1
        let events = (0..<number).map { index in
            self.number(UInt32(index == invalid || index == invalid + 1 ? 0 : 1)) + self.number(UInt32(index))
        }
        let bytes = aedat3(packet(events: events, valid: number - 2))
        let whole = try Reading(bytes, .aedat3)
        #expect(whole.events.count == number - 2)
        #expect(whole.log.tally[.invalidEvents] == 2)
        #expect(whole.log.tally[.damage] == 0)
        let pieces = Reading(Array(bytes.dropFirst(aedat3([]).count)), AEDAT3Decoder(isWide: false), piece: 1_000)
        #expect(pieces.events == whole.events)
    }

    /// Events that are left out at the end of a packet, where a batch is full before them, end neither the packet nor the
    /// file.
    @Test func eventsLeftOutBehindAFullBatchEndNothing() throws {
        let full = (0..<EventBatch.capacity).flatMap { aedat4Event(Int64($0)) }
        let strange = (0..<5).flatMap { _ in aedat4Event(1 << 60) }
        let bytes = aedat4([full + strange, aedat4Event(900_000)])
        let reading = try Reading(bytes, .aedat4)
        #expect(reading.events.count == EventBatch.capacity + 1)
        #expect(reading.events.last == [900_000, 3, 2, 1])
        #expect(reading.log.tally[.invalidEvents] == 5 && reading.log.tally[.damage] == 0)
    }

    private func aedat4Event(_ time: Int64) -> [UInt8] {
        number(UInt32(truncatingIfNeeded: time)) + number(UInt32(truncatingIfNeeded: time >> 32)) + [
            3, 0, 2, 0, 1, 0, 0, 0,
        ]
    }

    /// A file without compression that holds packets of these events; see `Scripts/fuzz`.
    private func aedat4(_ packets: [[UInt8]]) -> [UInt8] {
        let description = Array(
            ("<dv><node name=\"outInfo\"><node name=\"0\"><attr key=\"typeIdentifier\">EVTS</attr></node></node></dv>")
                .utf8)
        var table = number(20) + Array("IOHE".utf8) + [0, 0, 10, 0, 20, 0, 4, 0, 8, 0, 16, 0, 10, 0, 0, 0]
        table += number(0) + [UInt8](repeating: 0xFF, count: 8) + number(4) + number(UInt32(description.count))
        table += description + [UInt8](repeating: 0, count: 4 - description.count % 4)
        var file = Array("#!AER-DAT4.0\r\n".utf8) + number(UInt32(table.count)) + table
        for events in packets {
            var body = number(16) + Array("EVTS".utf8) + [6, 0, 8, 0, 4, 0, 0, 0] + number(8) + number(4)
            body += number(UInt32(events.count / 16)) + events
            file += number(0) + number(UInt32(body.count + 4)) + number(UInt32(body.count)) + body
        }
        return file
    }

    private func aedat3(_ packets: [UInt8]) -> [UInt8] { Array("#!AER-DAT3.1\r\n#!END-HEADER\r\n".utf8) + packets }

    private func packet(events: [[UInt8]], valid: Int? = nil, overflows: Int = 0) -> [UInt8] {
        let numbers = [8, 4, overflows, events.count, events.count, valid ?? events.count]
        return [1, 0, 0, 0] + numbers.flatMap { number(UInt32($0)) } + events.flatMap { $0 }
    }

    private func number(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}

/// The events of some bytes, as time, column, row and polarity, and what was met besides.
private struct Reading {
    private(set) var events: [[Int64]] = []
    let log: EventLog

    /// Reads a whole recording.
    init(_ bytes: [UInt8], _ format: EventFileFormat) throws {
        var options = EventFileReader.Options()
        options.format = format
        let reader = try EventFileReader(bytes: bytes, name: "found", options: options)
        log = reader.log
        let batch = EventBatch()
        while try reader.read(into: batch) { take(batch) }
    }

    /// Gives `decoder` the bytes behind a header in pieces.
    init(_ bytes: [UInt8], _ decoder: any EventDecoder, piece: Int) {
        log = EventLog()
        let input = EventInput(bytes: bytes, name: "found")
        let batch = EventBatch()
        var end = 0
        while input.count > 0 {
            end = min(end + piece, bytes.count)
            let window = input.window
            let part = unsafe EventBytes(
                base: window.base, count: end - Int(window.offset), offset: window.offset, isLast: end == bytes.count)
            let step = decoder.decode(part, into: batch, log: log)
            input.consume(step.used)
            if step.isBatchDone, batch.count > 0 { take(batch) }
        }
        take(batch)
    }

    private mutating func take(_ batch: EventBatch) {
        for event in batch {
            events.append([batch.time(of: event), Int64(event.x), Int64(event.y), event.isOn ? 1 : 0])
        }
        batch.removeAll()
    }
}
