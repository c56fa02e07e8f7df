import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// A recording that ends anywhere: the events before the end come, the end is told once, and nothing traps.
@Suite(.timeLimit(.minutes(2))) struct TruncationTests {
    /// One file of each format, and of each way in which a format may be written.
    static let files = [
        "own_evt2.raw", "own_evt21_legacy.raw", "own_evt21_little.raw", "own_evt3.raw", "faery_evt3.raw",
        "own_dat1.dat", "faery_dat2.dat", "own_dvs128.aedat", "own_aedat31.aedat", "dv_none.aedat4", "dv_lz4.aedat4",
        "dv_zstd.aedat4", "aedat4_no_table_lz4.aedat4", "own_dvs.es", "own_nmnist.bin", "own_txyp.csv",
        "own_signed.csv", "own_xypt.csv", "own_rpg.txt",
    ]
    /// Texts whose last column is the time: a cut number is a number, which the format cannot tell.
    static let endingInTime: Set = ["own_signed.csv", "own_xypt.csv"]

    @Test(arguments: files) func cutAtEveryByte(name: String) throws {
        let bytes = EventFixtures.bytes(name)
        let whole = try EventReading(bytes)
        let format = try EventFileFormat.detect(EventInput(bytes: bytes, name: name))
        // Without a header only some lines together tell which column is which.
        let unsure = ["own_xypt.csv", "own_rpg.txt"].contains(name) ? 150 : 0
        let header = try EventSamples.headerBytes(of: bytes, format)
        #expect(whole.events.count > 100 && header < bytes.count)
        var complaints: [String] = []
        var told = 0
        for length in 0..<bytes.count {
            let cut = Array(bytes[..<length])
            guard length >= header else {
                let events = (try? EventReading(cut).events.count) ?? 0
                if events > 0 { complaints.append("\(events) events of \(length) bytes of header") }
                continue
            }
            // A text needs a line before its columns can be told.
            guard let reading = try? EventReading(cut, format: format) else {
                if length > header + unsure { complaints.append("refused at \(length)") }
                continue
            }
            if reading.damage.count > 1 { complaints.append("cut at \(length): \(reading.damage)") }
            told += reading.damage.count
            var events = reading.events
            if TruncationTests.endingInTime.contains(name), cut.last != 0x0A { _ = events.popLast() }
            if length > header + unsure, !whole.events.starts(with: events) {
                complaints.append("cut at \(length): other events")
            }
            if let damage = reading.damage.first {
                let isPlaced = damage.offset >= 0 && damage.offset <= Int64(length)
                let rest = reading.tally[.damagedBytes]
                if !isPlaced || rest > length { complaints.append("cut at \(length): \(damage), \(rest) bytes") }
            }
        }
        #expect(complaints.isEmpty, "\(complaints.count): \(complaints.prefix(3)) ... \(complaints.suffix(2))")
        // Most cuts fall inside an item, except where items are of two bytes, or one.
        #expect(told > (bytes.count - header) / 3)
    }

    @Test func aCutIsToldWithItsPlace() throws {
        let cases: [(file: String, drop: Int, damage: String)] = [
            ("own_evt2.raw", 1, "byte 1,066: the file ends inside a word: 3 bytes left over"),
            ("own_evt3.raw", 1, "byte 1,226: the file ends inside a word: 1 byte left over"),
            ("own_dat1.dat", 3, "byte 1,324: the file ends inside an event: 5 bytes left over"),
            ("own_dvs.es", 1, "byte 1,763: the file ends inside an event: 4 bytes left over"),
            ("own_nmnist.bin", 2, "byte 615: the file ends inside an event: 3 bytes left over"),
            ("own_aedat31.aedat", 1, "byte 1,385: the file ends inside an event: 7 bytes left over"),
            ("own_txyp.csv", 2, "byte 2,136: the file ends inside a line: 12 bytes left over"),
        ]
        for (file, drop, damage) in cases {
            let bytes = EventFixtures.bytes(file)
            let format = try EventFileFormat.detect(EventInput(bytes: bytes, name: file))
            let reading = try EventReading(Array(bytes.dropLast(drop)), format: format)
            #expect(reading.damage.map(\.description) == [damage], "\(file)")
        }
    }
}
