import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A program that runs for one record, in a process group of its own.
struct CommandChild {
    /// How it ended.
    enum Status: Hashable {
        /// With this exit code.
        case exit(Int32)
        /// By this signal, which was not ours.
        case signal(Int32)
        /// By our request, since it took too long.
        case timeout
    }

    private let process: pid_t
    private var input: Int32
    private var rest: ArraySlice<UInt8>
    private var lastSignal: Int32 = 0

    /// Starts `words` with `record` at its standard input.
    init(_ words: [String], record: OutgoingRecord) throws(SpikelineError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw SpikelineError("the system gives no pipe (error \(errno))", at: words[0], cause: .lost)
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        defer { close(ends[0]) }
        var child = pid_t()
        let code = CommandChild.spawn(
            words, environment: CommandChild.environment(of: record), input: ends[0], process: &child)
        guard code == 0 else {
            close(ends[1])
            let why = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
            throw SpikelineError("the program cannot be started: \(why)", at: words[0], cause: .lost)
        }
        process = child
        input = ends[1]
        rest = Array((record.json + "\n").utf8)[...]
    }

    /// Gives the program more of its input, if it takes any, and looks whether it has ended.
    mutating func step() -> Status? {
        feed()
        var status: Int32 = 0
        let ended = unsafe waitpid(process, &status, WNOHANG)
        guard ended == process || (ended < 0 && errno != EINTR) else { return nil }
        closeInput()
        // What it left running goes too, if it was us who ended it.
        if lastSignal != 0 { _ = Glibc.kill(-process, SIGKILL) }
        guard ended == process else { return .exit(127) }
        let signal = status & 0x7F
        if signal == 0 { return .exit((status >> 8) & 0xFF) }
        return lastSignal != 0 ? .timeout : .signal(signal)
    }

    /// Sends a signal to it and what it started; the same one only once.
    mutating func kill(_ signal: Int32) {
        guard signal != lastSignal, lastSignal != SIGKILL else { return }
        lastSignal = signal
        _ = Glibc.kill(-process, signal)
    }

    private mutating func feed() {
        while input >= 0, !rest.isEmpty {
            let file = input
            let count = unsafe rest.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                rest = []  // it reads no more, which is its own affair
            }
        }
        closeInput()
    }

    private mutating func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Our environment with the fields of the record.
    private static func environment(of record: OutgoingRecord) -> [String] {
        var variables: [String] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if !text.hasPrefix("SPIKELINE_") { variables.append(text) }
            unsafe next += 1
        }
        for (name, value) in record.fields.sorted(by: { $0.key < $1.key }) {
            let letters = name.uppercased().unicodeScalars.map { scalar -> Character in
                switch scalar {
                case "A"..."Z", "0"..."9": Character(scalar)
                default: "_"
                }
            }
            // The system takes no variable of more than 128 KiB; the JSON has the whole value.
            let bytes = value.utf8.prefix(32_768).filter { $0 != 0 }
            variables.append("SPIKELINE_\(String(letters))=\(String(decoding: bytes, as: UTF8.self))")
        }
        return variables
    }

    /// posix_spawn(3) in a group of its own, with the usual signals; standard output goes to standard error.
    private static func spawn(_ words: [String], environment: [String], input: Int32, process: inout pid_t) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawnattr_init(&attributes)
        defer {
            unsafe posix_spawn_file_actions_destroy(&actions)
            unsafe posix_spawnattr_destroy(&attributes)
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        var none = sigset_t()
        var usual = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigfillset(&usual)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &usual)
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        let arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        let variables = unsafe environment.map { unsafe strdup($0) } + [nil]
        defer {
            unsafe arguments.forEach { unsafe free($0) }
            unsafe variables.forEach { unsafe free($0) }
        }
        return unsafe posix_spawn(&process, words[0], &actions, &attributes, arguments, variables)
    }
}
