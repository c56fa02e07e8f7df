#if canImport(Glibc)
import Glibc
#endif

/// Standard output and standard error, without buffers.
enum Console {
    /// Whether standard error is a terminal, where progress may be drawn.
    static let isInteractive = isatty(STDERR_FILENO) == 1

    /// Whether standard output is a terminal, where people read.
    static let isReadByPeople = isatty(STDOUT_FILENO) == 1

    /// Prints a line for programs and people to standard output. If its reader has gone away, there is nobody left to
    /// tell: the program ends well.
    static func print(_ line: String) {
        if !write(line + "\n", to: STDOUT_FILENO), errno == EPIPE { Main.end(0) }
    }

    /// Prints a line for people to standard error.
    static func error(_ line: String) {
        _ = write(line + "\n", to: STDERR_FILENO)
    }

    /// Replaces the last line of the terminal by `line`; nothing where standard error is not a terminal.
    static func progress(_ line: String) {
        if isInteractive { _ = write("\r\u{1b}[2K" + line, to: STDERR_FILENO) }
    }

    /// Writes all of `text`; false if it could not, with `errno` set.
    private static func write(_ text: String, to file: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let done = unsafe rest.withUnsafeBytes { bytes in unsafe Glibc.write(file, bytes.baseAddress, bytes.count) }
            if done > 0 {
                rest = rest.dropFirst(done)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
