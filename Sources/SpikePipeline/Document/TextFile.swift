import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Small text files, read whole.
package enum TextFile {
    /// The text of the file at `path`, which must be UTF-8 and no longer than `limit` bytes.
    package static func read(_ path: String, atMost limit: Int) throws(SpikelineError) -> String {
        let bytes = try self.bytes(of: path, atMost: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SpikelineError("the file is not text in UTF-8", at: path)
        }
        return text
    }

    private static func bytes(of path: String, atMost limit: Int) throws(SpikelineError) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(at: path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(at: path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            if bytes.count > limit {
                throw SpikelineError("the file is larger than \(limit) bytes, which no pipeline needs", at: path)
            }
        }
    }

    private static func failure(at path: String) -> SpikelineError {
        switch errno {
        case ENOENT: SpikelineError("there is no such file", at: path)
        case EISDIR: SpikelineError("expected a pipeline file, found a folder", at: path)
        case EACCES: SpikelineError("the file may not be read", at: path, hint: "Check its permissions")
        default: SpikelineError(unsafe "the file cannot be read: \(String(cString: strerror(errno)))", at: path)
        }
    }
}
