import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A fetched recording on disk, as the readers want files; it goes with the value.
struct ScratchRecording: ~Copyable {
    let path: String
    private let folder: String

    init(_ bytes: [UInt8], name: String) throws(SpikelineError) {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/spikeline-XXXXXX\0".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw SpikelineError("no folder for a recording can be made", at: base, cause: .lost)
        }
        let made = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // Readers go by the content; only the ending of the name, if it is a plain one, may help them.
        let parts = name.split(separator: ".")
        let ending = parts.count > 1 ? String(parts.last ?? "") : ""
        let file = made + "/recording" + (Fleet.isSimple(ending, longest: 12) ? "." + ending : "")
        guard ScratchRecording.write(bytes, to: file) else {
            _ = unsafe unlink(file)
            _ = unsafe rmdir(made)
            throw SpikelineError("the recording cannot be written", at: file, hint: "Is the disk full?", cause: .lost)
        }
        (path, folder) = (file, made)
    }

    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        var done = 0
        while done < bytes.count {
            let start = done
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(file, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    deinit {
        _ = unsafe unlink(path)
        _ = unsafe rmdir(folder)
    }
}
