import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

#if canImport(Glibc)
import Glibc
#endif

@Suite struct WholeFileTests {
    @Test func aModelIsWrittenWholeOverAnOldOne() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/model.nir"
        try WholeFile.write([1, 2, 3], to: path)
        try Samples.small().write(to: path)
        #expect(try ModelFile(contentsOf: path) == Samples.small())
        #expect(Scratch.names(folder) == ["model.nir"])
    }

    @Test func nothingIsLeftWhenWritingFails() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        _ = unsafe mkdir(folder + "/model.nir", 0o755)
        #expect(throws: SpikelineError.self) { try Samples.small().write(to: folder + "/model.nir") }
        #expect(Scratch.names(folder) == ["model.nir"])
        let error = #expect(throws: SpikelineError.self) { try Samples.small().write(to: folder + "/no/model.nir") }
        #expect(
            error?.description == """
                \(folder)/no/model.nir: the file cannot be written: No such file or directory. Check the path
                """)
    }

    @Test func filesAboveTheLimitAreNotRead() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/big"
        try WholeFile.write([UInt8](repeating: 0, count: 1_001), to: path)
        let error = #expect(throws: SpikelineError.self) {
            try WholeFile.read(path, limit: 1_000, expecting: "a model file")
        }
        #expect(error?.description == "\(path): the file has 1001 bytes, expected at most 1000")
        #expect(try WholeFile.read(path, limit: 1_001, expecting: "a model file").count == 1_001)
    }
}
