import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Whole files, read with a limit and written atomically.
package enum WholeFile {
    /// Whether there is something at `path`.
    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// The bytes of the regular file at `path`, of which there are at most `limit`.
    ///
    /// `what` says what is expected in it, for messages.
    package static func read(_ path: String, limit: Int, expecting what: String) throws(SpikelineError) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw failure("cannot be opened", path) }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw failure("cannot be read", path) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw SpikelineError("this is a folder, expected \(what)", at: path)
        default: throw SpikelineError("this is not a regular file, expected \(what)", at: path)
        }
        guard status.st_size <= limit else {
            throw SpikelineError("the file has \(status.st_size) bytes, expected at most \(limit)", at: path)
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                return unsafe Glibc.read(file, rest.baseAddress, rest.count)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure("cannot be read", path) }
            if got == 0 { break }
            count += got
        }
        return Array(bytes.prefix(count))
    }

    /// Writes `bytes` beside `path`, makes them durable, and then renames the file to `path`.
    package static func write(_ bytes: [UInt8], to path: String) throws(SpikelineError) {
        let temporary = path + ".\(getpid()).part"
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("cannot be written", path) }
        var problem = writeAll(bytes, to: file) && fsync(file) == 0 ? nil : failure("cannot be written", path)
        if close(file) != 0, problem == nil { problem = failure("cannot be written", path) }
        if problem == nil, unsafe rename(temporary, path) != 0 { problem = failure("cannot be written", path) }
        if let problem {
            _ = unsafe unlink(temporary)
            throw problem
        }
    }

    private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            var rest = unsafe buffer[...]
            while unsafe !rest.isEmpty {
                let done = unsafe Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if done < 0, errno == EINTR { continue }
                guard done > 0 else { return false }
                unsafe rest = rest.dropFirst(done)
            }
            return true
        }
    }

    private static func failure(_ what: String, _ path: String) -> SpikelineError {
        let number = errno
        let hint = number == ENOENT ? "Check the path" : ""
        return SpikelineError("the file \(what): \(unsafe String(cString: strerror(number)))", at: path, hint: hint)
    }
}
