#if canImport(Glibc)
import Glibc
#endif

/// Runs other programs, given as lists of words and never through a shell.
enum ChildProcess {
    /// Runs a command found on the path, silently; true if it ends with 0.
    static func succeeds(_ arguments: [String]) -> Bool { run(arguments, output: nil) == 0 }

    /// What a command found on the path prints to standard output, or nil if it does not end with 0.
    static func output(of arguments: [String]) -> String? {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var text: [UInt8] = []
        let status = run(arguments, output: ends[1]) {
            close(ends[1])
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = unsafe read(ends[0], &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 || text.count > 1 << 20 { break }
                text.append(contentsOf: buffer[..<count])
            }
        }
        close(ends[0])
        return status == 0 ? String(decoding: text, as: UTF8.self) : nil
    }

    /// Runs a command; its exit status, or nil if it could not be run. `whileRunning` is called once it has started.
    private static func run(_ arguments: [String], output: Int32?, whileRunning: () -> Void = {}) -> Int32? {
        var actions = unsafe posix_spawn_file_actions_t()
        guard unsafe posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        if let output {
            unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        } else {
            unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        }
        let words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var child = pid_t()
        let isStarted = unsafe posix_spawnp(&child, arguments[0], &actions, nil, words, environ) == 0
        whileRunning()
        guard isStarted else { return nil }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 { if errno != EINTR { return nil } }
        return status
    }
}
