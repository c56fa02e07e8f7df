import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A program that a test has started.
///
/// Foundation's `Process` hands the blocked signals of the thread that starts it on to the program, which is then deaf to
/// a polite end; here it starts with none blocked.
public final class Child {
    /// The number of the process.
    public let process: pid_t
    private var hasEnded = false
    /// The exit code, or 128 more than the signal that ended it; meaningful after ``wait(seconds:)``.
    public private(set) var code: Int32 = 0

    /// Starts the program at `path` with `arguments`; its standard output goes to the file `output`.
    public init(_ path: String, _ arguments: [String], output: String = "/dev/null") throws {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var started = pid_t()
        guard unsafe posix_spawn(&started, path, &actions, &attributes, words, environ) == 0 else {
            throw SpikelineError("\(path) cannot be started")
        }
        process = started
    }

    deinit { end(signal: SIGKILL) }

    /// Whether it has not ended yet.
    public var isRunning: Bool {
        if hasEnded { return false }
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, WNOHANG) == process else { return true }
        hasEnded = true
        code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
        return false
    }

    /// Waits for its end, at most `seconds`; whether it has come.
    @discardableResult
    public func wait(seconds: Double = 20) -> Bool { Tool.wait(seconds: seconds) { !isRunning } }

    /// Sends it `signal` and waits for its end; one that does not end within 10 s is ended with SIGKILL.
    public func end(signal: Int32 = SIGTERM) {
        guard isRunning else { return }
        kill(process, signal)
        if wait(seconds: 10) { return }
        kill(process, SIGKILL)
        wait()
    }
}
