import SpikeContainers
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A file that is replaced by a fresh one when it has become long.
///
/// ```
/// words.jsonl  ──full──►  words.jsonl.1  ──►  words.jsonl.2  ──►  gone
/// ```
final class RotatingFile {
    /// When a file is replaced, and how many old ones stay.
    struct Rotation: Hashable, Sendable {
        /// The most bytes of a file; a batch that is longer has a file of its own.
        var bytes: Int64
        /// How many full files are kept beside the one that is written.
        var keep = 5
    }

    private let path: String
    private let rotation: Rotation?
    private var file: OutputFile?
    private let isFile: Bool
    private var size: Int64

    /// Opens `path`; `-` is standard output, which cannot be replaced.
    init(path: String, append: Bool, rotation: Rotation? = nil) throws(SpikelineError) {
        self.path = path
        self.rotation = rotation
        file = try OutputFile(path: path, append: append)
        var status = stat()
        isFile = unsafe path != "-" && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        guard isFile || rotation == nil else {
            throw SpikelineError(
                "\"rotate_mb\" expects a file, found \(path == "-" ? "standard output" : "a pipe or device")", at: path)
        }
        size = append ? Int64(status.st_size) : 0
    }

    /// Writes all of `bytes` to one file, waiting as long as it takes.
    func write(_ bytes: [UInt8]) throws(SpikelineError) {
        if let rotation, size > 0, size + Int64(bytes.count) > rotation.bytes { try rotate(rotation) }
        let file = try opened()
        do throws(SpikelineError) { try file.write(bytes) } catch {
            // What was written of an unfinished line goes, so that the next attempt does not follow it.
            if isFile { _ = unsafe truncate(path, off_t(size)) }
            throw error
        }
        size += Int64(bytes.count)
    }

    /// Waits until what was written is on the disk.
    func sync() throws(SpikelineError) { try file?.sync() }

    /// Closes the file; the next write opens it again and appends.
    func close() throws(SpikelineError) {
        defer { file = nil }
        try file?.close()
    }

    private func opened() throws(SpikelineError) -> OutputFile {
        if let file { return file }
        let fresh = try OutputFile(path: path, append: true)
        file = fresh
        return fresh
    }

    private func rotate(_ rotation: Rotation) throws(SpikelineError) {
        try close()
        for number in stride(from: rotation.keep, to: 0, by: -1) {
            let older = "\(path).\(number)"
            let newer = number == 1 ? path : "\(path).\(number - 1)"
            if unsafe rename(newer, older) != 0, errno != ENOENT {
                let why = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
                throw SpikelineError("cannot be renamed to \(older) (\(why))", at: newer, cause: .lost)
            }
        }
        if rotation.keep == 0 { _ = unsafe unlink(path) }
        size = 0
    }
}
