import Foundation
import SpikeInterchange
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import spikeline

@Suite("Models that were read already") struct ModelCacheTests {
    private static let keywords = SharedData.packageRoot + "/Pipelines/Models/keywords.nir"

    /// Waits until what was written counts as settled.
    private static func settle() { usleep(3_100_000) }

    @Test("are not read again until their file changes; what changed a moment ago, or is damaged, is not kept")
    func changes() throws {
        let folder = try TemporaryFolder()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.keywords))
        let path = try folder.write("model.nir", bytes)
        let cache = ModelCache()
        let expected = try ModelFile(contentsOf: Self.keywords)
        // It has just been written: another change could bear the same times.
        #expect(try cache.model(at: path) == expected)
        #expect(try cache.model(at: path) == expected && cache.reads == 2)
        Self.settle()
        for _ in 0..<5 { #expect(try cache.model(at: path) == expected) }
        #expect(cache.reads == 3)

        var damaged = Array(bytes)
        damaged[damaged.count / 2] ^= 1
        try folder.write("model.nir", damaged)
        for _ in 0..<2 { #expect(throws: SpikelineError.self) { try cache.model(at: path) } }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: SpikelineError.self) { try cache.model(at: path) }
        try folder.write("model.nir", bytes)
        #expect(try cache.model(at: path) == expected && cache.reads == 4)
        // Another file under the same name, moved there whole and with the times of long ago.
        let other = SharedData.packageRoot + "/Pipelines/Models/gestures.nir"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: other)
        #expect(try cache.model(at: path) == ModelFile(contentsOf: other))
    }

    @Test("are forgotten when there are too many, the oldest first")
    func capacity() throws {
        let folder = try TemporaryFolder()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.keywords))
        let paths = try (0...ModelCache.capacity).map { try folder.write("\($0).nir", bytes) }
        Self.settle()
        let cache = ModelCache()
        for path in paths { _ = try cache.model(at: path) }
        for path in paths.reversed() { _ = try cache.model(at: path) }
        // All but the first were there; reading that one took the place of the second.
        #expect(cache.reads == paths.count + 1)
        _ = try cache.model(at: paths[1])
        #expect(cache.reads == paths.count + 2)
    }
}
