import Foundation
import SpikeTestSupport
import Testing

@testable import SpikeSensors

/// What a manifest says of a recording.
struct EventFixture: Decodable, Sendable, CustomTestStringConvertible {
    var file: String
    var format: String
    var width: Int?
    var height: Int?
    var events: Int
    var on: Int
    var first: [Int64]?
    var last: [Int64]?
    var sumOfTimes: Int64
    var sumOfColumns: Int
    var sumOfRows: Int
    var digest: String
    var hints: [String: String]?
    var note: String?

    enum CodingKeys: String, CodingKey {
        case file, format, width, height, events, on, first, last, hints, note
        case sumOfTimes = "sum_t"
        case sumOfColumns = "sum_x"
        case sumOfRows = "sum_y"
        case digest = "sha256_txyp"
    }

    var testDescription: String { file }

    /// The format by our name.
    var kind: EventFileFormat? {
        let names: [(String, EventFileFormat)] = [
            ("EVT2.1", .evt21), ("EVT2", .evt2), ("EVT3", .evt3), ("DAT", .dat), ("AEDAT 2.0", .aedat2),
            ("AEDAT 3.1", .aedat3), ("AEDAT4", .aedat4), ("Event Stream", .es), ("N-MNIST", .nmnist), ("CSV", .csv),
            ("HDF5", .hdf5),
        ]
        return names.first { format.hasPrefix($0.0) }?.1
    }
}

/// The recordings beside the tests and those of the shared data.
enum EventFixtures {
    private struct Manifest: Decodable {
        var files: [EventFixture]
    }

    static let folder = SharedData.packageRoot + "/Tests/SpikeSensorsTests/Fixtures/events"

    /// The recordings by independent writers.
    static let manifest = list(folder + "/manifest.json")
    /// Unusual and damaged files.
    static let robustness = list(folder + "/robustness.json")
    /// Real recordings that are not part of the package.
    static let shared = SharedData.path("events/manifest.json").map { list($0) } ?? []

    static func list(_ path: String) -> [EventFixture] {
        guard let data = FileManager.default.contents(atPath: path),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { return [] }
        return manifest.files
    }

    /// The bytes of a recording beside the tests.
    static func bytes(_ name: String) -> [UInt8] { TemporaryFolder.bytes(of: folder + "/" + name) }
}
