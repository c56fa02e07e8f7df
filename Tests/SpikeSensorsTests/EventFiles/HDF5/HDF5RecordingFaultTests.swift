import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

/// Recordings with faults, and what is said of them.
@Suite struct HDF5RecordingFaultTests {
    private var strict: EventFileReader.Options {
        var options = EventFileReader.Options()
        options.isStrict = true
        return options
    }

    private let three: [(String, HDF5Content)] = [
        ("t", .int64([10, 20, 30])), ("x", .int32([1, 2, 3])), ("y", .int32([4, 5, 6])), ("p", .int32([0, 1, 0])),
    ]

    private func three(_ name: String, _ content: HDF5Content) -> [UInt8] {
        HDF5Recordings.file(three.map { $0.0 == name ? (name, content) : $0 })
    }

    @Test func aFileWithoutEventsIsToldApart() {
        let start = "r.h5: the file is HDF5 without events: expected t, x, y and p in \"events\" or at the root, or "
        let model = HDF5Writer.file(.group([("node", .group([])), ("version", .text("1"))]))
        #expect(HDF5Recordings.message(model) == start + "records in \"CD/events\", found \"node\", \"version\"")
        #expect(
            HDF5Recordings.message(HDF5Writer.file(.group([])))
                == start + "records in \"CD/events\", found nothing")
        #expect(
            HDF5Recordings.message(HDF5Recordings.file(Array(three.dropLast())))
                == start + "records in \"CD/events\", found \"events\"")
        #expect(
            HDF5Recordings.message(HDF5Writer.file(.group([("events", .int64([1, 2]))])))
                == "r.h5: \"events\" holds 64-bit whole numbers, expected records of t, x, y and p")
    }

    @Test func columnsOfAnotherKindAreNamed() {
        #expect(
            HDF5Recordings.message(three("x", .float32([1, 2, 3])))
                == "r.h5: \"events/x\" holds 32-bit floating-point numbers, expected whole numbers")
        #expect(
            HDF5Recordings.message(three("t", .text("now")))
                == "r.h5: \"events/t\" has shape one value, expected one dimension")
        #expect(
            HDF5Recordings.message(three("y", .int8([1, 2, 3, 4], dimensions: [2, 2])))
                == "r.h5: \"events/y\" has shape 2 x 2, expected one dimension")
    }

    @Test func columnsOfDifferentLengthsAreReadAsFarAsTheShortest() throws {
        let bytes = three("y", .int32([4, 5]))
        let what = """
            expected columns of one length, found that "events/t" has 3, "events/x" has 3, "events/y" has 2, \
            "events/p" has 3
            """
        let reader = try EventFileReader(bytes: bytes, name: "r.h5")
        #expect(try HDF5Recordings.events(reader).map(\.time) == [10, 20])
        #expect(reader.log.damage.map(\.what) == [what])
        #expect(
            HDF5Recordings.message(bytes, strict)
                == "r.h5: byte 0: \(what). Without --strict, or with when_damaged: keep, the rest is read")
    }

    @Test func eventsThatNoSensorHasAreLeftOutAndCounted() throws {
        let bytes = HDF5Recordings.file([
            ("t", .int64([10, 20, 30, .max, .min, 60])), ("x", .int32([-1, 65_536, 65_535, 1, 1, 1])),
            ("y", .int32([4, 5, 32_767, 1, 1, 32_768])), ("p", .int32([-1, 1, 1, 0, 0, 1])),
        ])
        let reader = try EventFileReader(bytes: bytes, name: "r.h5")
        #expect(
            try HDF5Recordings.events(reader) == [.init(time: 30, x: 65_535, y: 32_767, isOn: true)])
        #expect(reader.log.tally[.invalidEvents] == 5)
        #expect(HDF5Recordings.message(bytes, strict)?.contains("found 5 up to event 1") == true)
        let none = try EventFileReader(bytes: three("x", .int32([-1, -1, -1])), name: "r.h5")
        #expect(try HDF5Recordings.events(none).isEmpty)
        #expect(none.log.tally[.invalidEvents] == 3)
    }

    @Test func secondsThatAreNoNumbersAreCountedAsInvalid() throws {
        let bytes = three("t", .float32([.nan, 0.5, .infinity]))
        let reader = try EventFileReader(bytes: bytes, name: "r.h5")
        #expect(try HDF5Recordings.events(reader).map(\.time) == [500_000])
        #expect(reader.log.tally[.invalidEvents] == 2)
    }

    @Test func aDamagedChunkIsLeftOutAndTheRestIsRead() throws {
        var bytes = try HDF5Recordings.bytes("metavision.hdf5")
        // The second chunk of 512 events: the first that counts 512 events and begins at the time of event 512.
        let head: [UInt8] =
            [0, 8, 0, 0] + (0..<8).map { UInt8(truncatingIfNeeded: (5_000_100_221 as Int64) >> (8 * $0)) }
        let place = try #require((0..<bytes.count).first { bytes[$0...].starts(with: head) })
        bytes[place] = 0xFC
        bytes[place + 1] = 0xFF
        let reader = try EventFileReader(bytes: bytes, name: "r.h5")
        let expected = HDF5Recordings.expected
        #expect(try HDF5Recordings.events(reader) == Array(expected[..<512] + expected[1_024...]))
        #expect(
            reader.log.damage.map(\.description) == [
                """
                byte \(Int64(place).grouped): "CD/events" cannot be read: a chunk holds more than its shape; events 512 \
                to 1,023 are left out
                """
            ])
        let error = #expect(throws: SpikelineError.self) {
            try HDF5Recordings.events(EventFileReader(bytes: bytes, name: "r.h5", options: strict))
        }
        #expect(error?.description.hasPrefix("r.h5: byte \(Int64(place).grouped): \"CD/events\" cannot") == true)
    }

    @Test func aFileThatIsCutOffIsToldAsSuch() throws {
        let whole = try HDF5Recordings.bytes("metavision.hdf5")
        #expect(
            HDF5Recordings.message(Array(whole.prefix(300))) == """
                r.h5: the file is cut off, it has 300 of \(whole.count.grouped) bytes; "/" cannot be read: an address is \
                outside the file. Copy it again
                """)
        let short = Array(whole.dropLast(100))
        let reader = try EventFileReader(bytes: short, name: "r.h5")
        _ = try HDF5Recordings.events(reader)
        #expect(
            reader.log.damage.first?.description == """
                byte \(short.count.grouped): the file is cut off, it has \(short.count.grouped) of \
                \(whole.count.grouped) bytes
                """)
    }

    @Test func afterManyDamagedPlacesTheRestIsNotTried() throws {
        // A contiguous column of which nothing is there: 400 pieces that cannot be read.
        var bytes = HDF5Recordings.file([
            ("t", .int64((0..<8).map { Int64($0) })), ("x", .int32([Int32](repeating: 1, count: 8))),
            ("y", .int32([Int32](repeating: 1, count: 8))), ("p", .int32([Int32](repeating: 1, count: 8))),
        ])
        bytes = HDF5RecordingFaultTests.madeHuge(bytes)
        let reader = try EventFileReader(bytes: bytes, name: "r.h5")
        #expect(try HDF5Recordings.events(reader).isEmpty)
        #expect(reader.log.tally[.damage] == EventLog.mostDamage + 1)
    }

    /// Turns every compact column into a contiguous one of 2^40 rows that begins at the end of the file.
    private static func madeHuge(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for width in [8, 4] {
            let layout: [UInt8] = [8, UInt8(4 + 8 * width), 0, 0, 3, 0, UInt8(8 * width), 0]
            for place in 0..<(bytes.count - 64) where bytes[place...].starts(with: layout) {
                func number(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
                let message = [3, 1] + number(bytes.count) + number(width << 40)
                bytes.replaceSubrange((place + 4)..<(place + 4 + message.count), with: message)
            }
        }
        let space: [UInt8] = [2, 1, 0, 1, 8, 0, 0, 0, 0, 0, 0, 0]
        for place in 0..<(bytes.count - 16) where bytes[place...].starts(with: space) {
            bytes[place + 4] = 0
            bytes[place + 4 + 5] = 1
        }
        return bytes
    }

    @Test func pipesAndFollowedFilesAreRefused() throws {
        var options = EventFileReader.Options()
        options.follows = true
        options.idleMilliseconds = 0
        let hint =
            "HDF5 is read here and there, which a pipe or a file that is followed does not allow. Name the finished file"
        let followed = #expect(throws: SpikelineError.self) {
            try EventFileReader(path: HDF5Recordings.path("records.h5"), options: options)
        }
        #expect(followed?.description == HDF5Recordings.path("records.h5") + ": " + hint)
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        let bytes = try HDF5Recordings.bytes("records.h5")
        let far = ends[1]
        inThread {
            _ = unsafe bytes.withUnsafeBytes { unsafe write(far, $0.baseAddress, $0.count) }
            close(far)
        }
        let piped = #expect(throws: SpikelineError.self) {
            try EventFileReader(EventInput(descriptor: ends[0], name: "pipe"), options: EventFileReader.Options())
        }
        #expect(piped?.description == "pipe: " + hint)
    }
}
