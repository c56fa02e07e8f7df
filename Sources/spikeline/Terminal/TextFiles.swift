import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Reads files whole.
enum TextInput {
    /// The text of the regular file (or pipe) at `path`, of at most `limit` bytes.
    static func read(_ path: String, limit: Int) throws(SpikelineError) -> String {
        guard let text = String(validating: try bytes(path, limit: limit), as: UTF8.self) else {
            throw SpikelineError("expected text in UTF-8, found other bytes", at: path)
        }
        return text
    }

    /// The bytes of the regular file (or pipe) at `path`, at most `limit` of them.
    static func bytes(_ path: String, limit: Int) throws(SpikelineError) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else {
            let hint = errno == ENOENT ? "Check the path" : ""
            throw SpikelineError("the file cannot be opened: \(reason())", at: path, hint: hint)
        }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe fread(&block, 1, block.count, file)
            bytes += block.prefix(count)
            guard bytes.count <= limit else {
                throw SpikelineError("expected at most \(limit) bytes, found more", at: path)
            }
            if count == 0 { break }
        }
        guard unsafe ferror(file) == 0 else { throw SpikelineError("the file cannot be read: \(reason())", at: path) }
        return bytes
    }
}

/// Writes text files whole.
enum TextOutput {
    /// Writes `text` to `path`, all at once: a reader sees the old file or the new one, never a part.
    static func write(_ text: String, to path: String) throws(SpikelineError) {
        if path == "-" { return Console.print(text.last == "\n" ? String(text.dropLast()) : text) }
        let temporary = path + ".\(getpid()).part"
        guard let file = unsafe fopen(temporary, "wb") else {
            throw SpikelineError("the file cannot be written: \(reason())", at: path)
        }
        let isWritten = unsafe fputs(text, file) >= 0
        guard unsafe fclose(file) == 0, isWritten, unsafe rename(temporary, path) == 0 else {
            let error = SpikelineError("the file cannot be written: \(reason())", at: path)
            _ = unsafe unlink(temporary)
            throw error
        }
    }
}

/// Makes folders, and knows whether something can be written to them.
enum Folders {
    /// Refuses a file whose folder does not exist or cannot be written to, before work is spent on its content.
    static func expectWritable(_ path: String) throws(SpikelineError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        guard unsafe access(folder, W_OK | X_OK) == 0 else {
            throw SpikelineError(
                "the file cannot be written: \(reason())", at: path,
                hint: "Name a folder that exists and may be written to")
        }
    }

    /// `path` from the root of the file system.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let folder = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }

    /// Makes the folder `path` and those above it, as far as they are not there.
    static func make(_ path: String) throws(SpikelineError) {
        var part = path.hasPrefix("/") ? "/" : ""
        for name in path.split(separator: "/") {
            part += (part.isEmpty || part == "/" ? "" : "/") + name
            guard unsafe mkdir(part, 0o777) == 0 || errno == EEXIST else {
                throw SpikelineError("the folder cannot be made: \(reason())", at: part)
            }
        }
    }
}

/// What the system says about the last failure.
private func reason() -> String { unsafe String(cString: strerror(errno)) }
