import SpikeContainers
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

#if canImport(Glibc)
import Glibc
#endif

@Suite struct ModelOnDiskTests {
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
}
