import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// How large recordings are, known before they are read.
enum RecordingSize {
    /// The bytes of the regular file at `path`.
    static func bytes(of path: String) throws(SpikelineError) -> Int {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            let why = unsafe String(cString: strerror(errno))
            throw SpikelineError("the recording cannot be read: \(why)", at: path, hint: "Check the path")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SpikelineError("expected a regular file", at: path) }
        return Int(status.st_size)
    }
}
