import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Opens what a sound can come from: a path, a named pipe, or `-` for standard input.
///
/// Sound formats need seeking, so what cannot seek is first copied to a ``Spool``.
enum SoundInput {
    /// How an input is called in messages.
    static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// A descriptor of a seekable, non-empty regular file at its first byte; the caller closes it.
    static func open(_ path: String) throws(SpikelineError) -> Int32 {
        let name = name(of: path)
        let descriptor = path == "-" ? fcntl(0, F_DUPFD_CLOEXEC, 3) : unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal(code: errno, name: name) }
        do throws(SpikelineError) {
            return try regular(descriptor, name: name)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// `descriptor` itself, or a spooled copy of it (then `descriptor` is closed).
    private static func regular(_ descriptor: Int32, name: String) throws(SpikelineError) -> Int32 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw refusal(code: errno, name: name) }
        switch status.st_mode & S_IFMT {
        case S_IFREG where lseek(descriptor, 0, SEEK_CUR) == 0:
            guard status.st_size > 0 else { throw empty(name) }
            return descriptor
        case S_IFREG, S_IFIFO, S_IFSOCK:
            let copy = try Spool.copy(of: descriptor, name: name)
            close(descriptor)
            return copy
        case S_IFDIR:
            throw SpikelineError(
                "expected a sound file, found a folder", at: name, hint: "Name one of the files in it")
        default:
            throw SpikelineError(
                "expected a sound file, found a device", at: name, hint: "Give a file, or pipe one into standard input")
        }
    }

    /// The error for an input of no bytes.
    static func empty(_ name: String) -> SpikelineError {
        SpikelineError(
            "expected a sound file, found nothing (0 bytes)", at: name, hint: "Copy or record it again")
    }

    /// The error for an input that the system does not open, by the system's code.
    static func refusal(code: Int32, name: String) -> SpikelineError {
        switch code {
        case ENOENT: SpikelineError("there is no such file", at: name, hint: "Check the path")
        case EACCES:
            SpikelineError(
                "the file may not be read (permission denied)", at: name, hint: "Change its owner or mode (chmod +r)")
        default: SpikelineError("the file cannot be opened (\(systemText(code)))", at: name)
        }
    }

    /// What the system says about an error code.
    static func systemText(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
