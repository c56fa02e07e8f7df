import Foundation
import SpikeTestSupport
import Testing

/// The recordings that tests of the command line read: those beside the tests of the sensors.
enum Recordings {
    static func path(_ name: String) -> String {
        SharedData.packageRoot + "/Tests/SpikeSensorsTests/Fixtures/events/" + name
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// A folder that holds the recordings called `names`.
    static func folder(_ names: String...) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in names { try folder.write(name, bytes(name)) }
        return folder
    }

    /// What `inspect --json` says.
    static func inspect(_ arguments: [String], in folder: borrowing TemporaryFolder) throws -> [String: Any] {
        let outcome = try Program.run(["inspect", "--json"] + arguments, in: folder)
        #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }
}
