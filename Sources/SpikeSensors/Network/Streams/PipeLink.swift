import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Standard input, or a named pipe that one program after the other may write to.
///
/// A pipe forgets what is in it when nobody has it open, so it is held open between two streams. A program that comes and
/// goes within the moment in which the stream before it is being closed is read as one stream with the next.
final class PipeLink: EventLink {
    let name: String
    let canReopen: Bool

    private let path: String
    private let keeper: Int32

    /// Opens `path`, or standard input for `-`. A named pipe need not have a writer yet.
    init(path: String, canReopen: Bool) throws(SpikelineError) {
        self.path = path
        name = SoundInput.name(of: path)
        self.canReopen = canReopen && path != "-"
        keeper = try PipeLink.open(path, name)
    }

    deinit { close(keeper) }

    /// The pipe, opened anew: a descriptor that has seen a writer go would tell the end of the stream again and again.
    func open(until deadline: Int64) throws(SpikelineError) -> Int32? { try PipeLink.open(path, name) }

    private static func open(_ path: String, _ name: String) throws(SpikelineError) -> Int32 {
        // Without O_NONBLOCK, opening a pipe would wait for a writer. Standard input stays as it is: others share it.
        let descriptor =
            path == "-" ? fcntl(0, F_DUPFD_CLOEXEC, 3) : unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw SoundInput.refusal(code: errno, name: name) }
        var status = stat()
        let kind = unsafe fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : 0
        guard path == "-" && kind != S_IFDIR || kind == S_IFIFO || kind == S_IFCHR else {
            close(descriptor)
            let found = kind == S_IFDIR ? "a folder" : kind == S_IFREG ? "a file" : "something else"
            throw SpikelineError(
                "expected a named pipe or device, found \(found)", at: name,
                hint: "Make a pipe with mkfifo; a recording is read by a source for files")
        }
        return descriptor
    }
}
