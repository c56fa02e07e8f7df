import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Strict reading: the first thing that is wrong ends it, after what came before.
struct StrictReadingTests {
    static let cases: [(file: String, message: String)] = [
        (
            "evt3_odd_byte.raw",
            "test: byte 640: the file ends inside a word: 1 byte left over. Without --strict, or with when_damaged: keep, the rest is read"
        ),
        (
            "evt3_back_by_one.raw",
            "test: expected no time steps back, found 1 up to byte 176. Without --strict, or with when_damaged: keep, they are counted"
        ),
        (
            "evt3_outside.raw",
            "test: expected no outside sensor, found 6 up to byte 164. Without --strict, or with when_damaged: keep, they are counted"
        ),
        (
            "evt2_no_time_high_yet.raw",
            "test: expected no events before time base, found 20 up to byte 776. Without --strict, or with when_damaged: keep, they are counted"
        ),
        (
            "aedat4_inverted_lz4.aedat4",
            "test: byte 1,265: a packet cannot be read, LZ4 says ERROR_decompressionFailed. Without --strict, or with when_damaged: keep, the rest is read"
        ),
        (
            "es_cut.es",
            "test: byte 636: the file ends inside an event: 2 bytes left over. Without --strict, or with when_damaged: keep, the rest is read"
        ),
    ]

    @Test(arguments: cases.indices) func firstComplaint(index: Int) throws {
        let (file, text) = StrictReadingTests.cases[index]
        var options = EventFileReader.Options()
        options.isStrict = true
        let reader = try EventFileReader(bytes: EventFixtures.bytes(file), name: "test", options: options)
        let batch = EventBatch()
        var delivered = 0
        let found = message {
            while try reader.read(into: batch) {
                delivered += batch.count
                batch.removeAll()
            }
        }
        #expect(found == text)
        #expect(delivered > 0 && delivered == reader.eventsDelivered)
        // And it stays that way.
        #expect(message { _ = try reader.read(into: batch) } == text)
    }

    @Test("Sound files pass", arguments: EventFixtures.manifest.filter { $0.kind != .hdf5 })
    func sound(fixture: EventFixture) throws {
        var options = EventFileReader.Options()
        options.isStrict = true
        #expect(try EventReading(EventFixtures.bytes(fixture.file), options: options).events.count == fixture.events)
    }

    @Test func damageIsKeptUpToALimitAndCountedBeyond() throws {
        let text = "t,x,y,p\n" + String(repeating: "oops\n", count: 250)
        let reading = try EventReading(Array(text.utf8))
        #expect(reading.tally[.damage] == 250 && reading.damage.count == EventLog.mostDamage)
    }
}
