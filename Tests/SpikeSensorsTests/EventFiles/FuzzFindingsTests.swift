import SpikeSignals
import Testing

@testable import SpikeSensors

/// What Scripts/fuzz found, each as short as it can be.
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

    private mutating func take(_ batch: EventBatch) {
        for event in batch {
            events.append([batch.time(of: event), Int64(event.x), Int64(event.y), event.isOn ? 1 : 0])
        }
        batch.removeAll()
    }
}
