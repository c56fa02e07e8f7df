import SpikeSignals
import Testing

@testable import SpikePipeline

#if canImport(Glibc)
import Glibc
#endif

@Suite struct LoadTests {
    private func complaint(_ path: String) -> String {
        do {
            _ = try Pipeline.load(path: path, catalogue: toyCatalogue())
            return ""
        } catch {
            return error.description
        }
    }

    /// A file with these bytes; removed by `body`'s end.
    private func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) rethrows -> Result {
        let path = "/tmp/spikeline-load-\(getpid())-\(UInt64.random(in: 0 ... .max)).yaml"
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        close(file)
        defer { _ = unsafe unlink(path) }
        return try body(path)
    }

    @Test func loadsAFile() throws {
        try withFile(Array(GuardTests.sound.utf8)) { path in
            let pipeline = try Pipeline.load(path: path, catalogue: toyCatalogue())
            #expect(pipeline.folder == "/tmp")
            #expect(pipeline.name.hasPrefix("spikeline-load-"))
            #expect(!pipeline.name.hasSuffix(".yaml"))
        }
    }

    @Test func missingFile() { #expect(complaint("no/such.yaml") == "no/such.yaml: error: there is no such file") }

    @Test func folder() { #expect(complaint("/tmp") == "/tmp: error: expected a pipeline file, found a folder") }

    @Test func notText() {
        withFile([0x61, 0x3A, 0xFF]) { path in
            #expect(complaint(path) == "\(path): error: the file is not text in UTF-8")
        }
    }

    @Test func endlessFile() {
        #expect(
            complaint("/dev/zero") == "/dev/zero: error: the file is larger than 1048576 bytes, which no pipeline needs"
        )
    }

    @Test func emptyFile() { #expect(complaint("/dev/null") == "/dev/null: error: the file is empty") }
}
