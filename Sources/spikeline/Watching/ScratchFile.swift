import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A file for as long as the program runs.
final class ScratchFile {
    let path: String

    init() throws(SpikelineError) {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var name = Array((folder + "/spikeline-state-XXXXXX").utf8CString)
        guard unsafe mkdtemp(&name) != nil else {
            throw SpikelineError("no temporary folder can be made", at: folder, hint: "Give --state FILE")
        }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) + "/state"
    }

    deinit {
        _ = unsafe unlink(path)
        _ = unsafe rmdir(String(path.dropLast("/state".count)))
    }
}
