import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// Recordings that other packages wrote, in all layouts.
@Suite struct HDF5RecordingTests {
    private func reader(_ name: String, offset: Bool = false) throws(SpikelineError) -> EventFileReader {
        var options = EventFileReader.Options()
        options.addsTimeOffset = offset
        options.isStrict = true
        return try EventFileReader(path: HDF5Recordings.path(name), options: options)
    }

    @Test(arguments: HDF5Recordings.own) func everyLayoutGivesItsEvents(name: String) throws {
        let reader = try reader(name, offset: true)
        #expect(reader.format == .hdf5)
        #expect(try HDF5Recordings.events(reader) == HDF5Recordings.expected)
        #expect(reader.log.damage.isEmpty)
        let size = name.hasPrefix("dsec") || name == "records.h5" ? nil : SensorSize(width: 1_280, height: 720)
        #expect(reader.size == size)
    }

    @Test func theHeaderTellsLayoutAndAttributes() throws {
        func header(_ name: String) throws -> [String] { try reader(name).header.map { "\($0.key)=\($0.value)" } }
        #expect(try header("dsec_blosc.h5") == ["layout=/events/{t,x,y,p}", "t_offset=5000000000"])
        #expect(
            try header("e2vid.h5")
                == ["layout=/events/{ts,xs,ys,ps}", "sensor_resolution=720 1280", "source=unknown"])
        #expect(try header("root_signed.h5").sorted() == ["height=720", "layout=/{t,x,y,p}", "width=1280"])
        #expect(
            try header("metavision.hdf5")
                == ["layout=/CD/events", "version=1.0", "geometry=1280x720", "serial_number=00042"])
        #expect(try header("records.h5") == ["layout=/events"])
    }

    @Test func theOffsetOfDSECIsAddedOnlyWhenAskedFor() throws {
        let stored = try reader("dsec_blosc.h5")
        #expect(stored.timeOffset == 5_000_000_000)
        #expect(try HDF5Recordings.events(stored).first?.time == 0)
        let added = try reader("dsec_blosc.h5", offset: true)
        #expect(try HDF5Recordings.events(added).first?.time == 5_000_000_000)
    }

    /// All eight hold the same events; the sums are those of the manifest.
    @Test(arguments: [
        "dsec_plain", "dsec_plain_latest", "dsec_gzip", "dsec_gzip_latest", "dsec_lzf", "dsec_blosc", "prophesee",
        "prophesee_gzip_latest",
    ]) func filesOfH5pyGiveWhatTheManifestSays(name: String) throws {
        let events = try HDF5Recordings.events(reader("h5py_\(name).h5", offset: true))
        #expect(events.count == 164)
        #expect(events.count { $0.isOn } == 85)
        #expect(events.first == .init(time: 1_700_000_000_123_456, x: 143, y: 217, isOn: false))
        #expect(events.last == .init(time: 1_700_000_000_128_149, x: 345, y: 259, isOn: true))
        #expect(events.reduce(0) { $0 + $1.time } == 278_800_000_020_821_254)
        #expect(events.reduce(0) { $0 + $1.x } == 25_440)
        #expect(events.reduce(0) { $0 + $1.y } == 24_074)
        #expect(try events == HDF5Recordings.events(reader("h5py_dsec_plain.h5", offset: true)))
    }

    @Test func bytesInMemoryAreReadAlike() throws {
        let reader = try EventFileReader(bytes: HDF5Recordings.bytes("metavision.hdf5"), name: "m")
        #expect(try HDF5Recordings.events(reader) == HDF5Recordings.expected)
    }

    @Test func timesFarApartBeginANewBatch() throws {
        let times: [Int64] = [0, 5, 1 << 40, 1 << 40 + 1, -(1 << 41), 7]
        let ones = [Int32](repeating: 1, count: times.count)
        let bytes = HDF5Recordings.file([
            ("t", .int64(times)), ("x", .int32(ones)), ("y", .int32(ones)), ("p", .int32(ones)),
        ])
        let events = try HDF5Recordings.events(EventFileReader(bytes: bytes, name: "m"))
        #expect(events.map(\.time) == times)
    }

    @Test func fullBatchesFollowOneAnother() throws {
        let count = 2 * EventBatch.capacity + 3
        let bytes = HDF5Recordings.file([
            ("ts", .int64((0..<count).map { Int64($0 * 3) })), ("xs", .int32((0..<count).map { Int32($0 % 1_000) })),
            ("ys", .int32((0..<count).map { Int32($0 / 1_000) })),
            ("ps", .int32((0..<count).map { Int32($0 % 3 - 1) })),
        ])
        let reader = try EventFileReader(bytes: bytes, name: "m")
        let batch = EventBatch()
        #expect(try reader.read(into: batch))
        #expect(batch.isFull)
        batch.removeAll()
        var index = EventBatch.capacity
        while try reader.read(into: batch) {
            for event in batch {
                #expect(batch.time(of: event) == Int64(index * 3))
                #expect(Int(event.x) == index % 1_000 && Int(event.y) == index / 1_000)
                #expect(event.isOn == (index % 3 == 2))
                index += 1
            }
            batch.removeAll()
        }
        #expect(index == count)
        #expect(try !reader.read(into: batch))
    }

    @Test func aRecordingWithoutEventsIsEmpty() throws {
        let bytes = HDF5Recordings.file([
            ("t", .int64([])), ("x", .int32([])), ("y", .int32([])), ("p", .int32([])),
        ])
        #expect(try HDF5Recordings.events(EventFileReader(bytes: bytes, name: "m")).isEmpty)
    }
}
