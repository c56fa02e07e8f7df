import SpikeContainers
import SpikeSignals
import SpikeTestSupport

@testable import SpikeSensors

/// The recordings of `Scripts/make-hdf5-fixtures` and of others, and what they hold.
enum HDF5Recordings {
    /// An event as plain numbers.
    struct Event: Hashable {
        var time: Int64
        var x: Int
        var y: Int
        var isOn: Bool
    }

    static let own = ["dsec_blosc.h5", "e2vid.h5", "metavision.hdf5", "records.h5", "root_signed.h5"]
    /// Those of ``own`` that are not DSEC have these times; DSEC's are these without its offset.
    static let expected = (0..<2_000).map { index in
        Event(
            time: 5_000_000_000 + Int64(index / 37 * 17 + index / 500 * 100_000), x: index % 37, y: index / 37 % 720,
            isOn: index / 150 % 2 == 1)
    }

    static func path(_ name: String) -> String {
        let folder = name.hasPrefix("h5py") ? "events" : "hdf5"
        return SharedData.packageRoot + "/Tests/SpikeSensorsTests/Fixtures/\(folder)/" + name
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        let source = try ByteSource(path: path(name))
        return Array(try source.bytes(at: 0, count: source.count))
    }

    /// All events of a reader.
    static func events(_ reader: EventFileReader) throws(SpikelineError) -> [Event] {
        let batch = EventBatch()
        var events: [Event] = []
        while try reader.read(into: batch) {
            for event in batch {
                events.append(
                    Event(time: batch.time(of: event), x: Int(event.x), y: Int(event.y), isOn: event.isOn))
            }
            batch.removeAll()
        }
        return events
    }

    /// A file with these columns in the group `events`.
    static func file(_ columns: [(String, HDF5Content)]) -> [UInt8] {
        HDF5Writer.file(.group([("events", .group(columns.map { (name: $0.0, content: $0.1) }))]))
    }

    /// The message with which a recording is refused, or nil.
    static func message(_ bytes: [UInt8], _ options: EventFileReader.Options = EventFileReader.Options()) -> String? {
        do throws(SpikelineError) {
            let reader = try EventFileReader(bytes: bytes, name: "r.h5", options: options)
            _ = try events(reader)
            return nil
        } catch { return error.description }
    }
}
