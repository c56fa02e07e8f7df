import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeContainers

#if canImport(Glibc)
import Glibc
#endif

@Suite("Whole files") struct WholeFileTests {
    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing is wrong"
    }

    @Test("are written over old ones, and nothing is left beside them", arguments: [0, 1, 4_096, 3_000_000])
    func written(count: Int) throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/file"
        try WholeFile.write([9, 9, 9], to: path)
        #expect(WholeFile.exists(path) && !WholeFile.exists(path + "2"))
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        try WholeFile.write(bytes, to: path)
        #expect(try WholeFile.read(path, limit: 3_000_000, expecting: "bytes") == bytes)
        #expect(Scratch.names(folder) == ["file"])
    }

    @Test("a reader sees an old or a new version at any moment, and never a part of one")
    func atomic() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/file"
        try WholeFile.write([UInt8](repeating: 0, count: 300_000), to: path)
        let done = folder + "/done"
        inThread {
            for round in 1...40 {
                try? WholeFile.write([UInt8](repeating: UInt8(round), count: 300_000 - round), to: path)
            }
            try? WholeFile.write([], to: done)
        }
        var (reads, versions) = (0, Set<UInt8>())
        while !WholeFile.exists(done) || reads == 0 {
            let bytes = try WholeFile.read(path, limit: 300_000, expecting: "bytes")
            let first = try #require(bytes.first)
            #expect(bytes.count == 300_000 - Int(first) && bytes.allSatisfy { $0 == first })
            versions.insert(first)
            reads += 1
        }
        #expect(versions.count > 1)
    }

    @Test("a failed writing leaves the old version and nothing else") func failed() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        // A folder cannot be replaced by a file.
        try #require(unsafe mkdir(folder + "/taken", 0o755) == 0)
        #expect(message { try WholeFile.write([1], to: folder + "/taken") }.contains("the file cannot be written"))
        #expect(Scratch.names(folder) == ["taken"])
        #expect(
            message { try WholeFile.write([1], to: folder + "/none/file") }
                == "\(folder)/none/file: the file cannot be written: No such file or directory. Check the path")
    }

    @Test("what is no regular file, too large or absent is refused with what was expected") func refused() throws {
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/file"
        #expect(
            message { _ = try WholeFile.read(path, limit: 1, expecting: "a state") }
                == "\(path): the file cannot be opened: No such file or directory. Check the path")
        try WholeFile.write([1, 2], to: path)
        #expect(
            message { _ = try WholeFile.read(path, limit: 1, expecting: "a state") }
                == "\(path): the file has 2 bytes, expected at most 1")
        #expect(
            message { _ = try WholeFile.read(folder, limit: 1, expecting: "a state") }
                == "\(folder): this is a folder, expected a state")
        try #require(unsafe mkfifo(folder + "/pipe", 0o644) == 0)
        #expect(
            message { _ = try WholeFile.read(folder + "/pipe", limit: 1, expecting: "a state") }
                == "\(folder)/pipe: this is not a regular file, expected a state")
    }
}
