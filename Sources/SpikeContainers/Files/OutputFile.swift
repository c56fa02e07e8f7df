import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A file or standard output that bytes are appended to at once, without a buffer of our own.
///
/// A reader that has gone (EPIPE) and a full disk (ENOSPC) are errors like others: the signal SIGPIPE, which would end
/// the program without a word, is held back in the writing thread alone, so the rest of the process keeps its manners.
package final class OutputFile {
    /// How the file is called in messages.
    package let name: String
    private let descriptor: Int32
    private var isEmptied: Bool
    private var isOpen = true

    /// Opens `path` (`-`: standard output), making the file if there is none.
    ///
    /// What the file holds stays if `append` is true, and otherwise goes when the first bytes come or the file is
    /// closed: a program that stops before it has begun destroys nothing.
    package init(path: String, append: Bool) throws(SpikelineError) {
        name = path == "-" ? "standard output" : path
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : 0)
        descriptor = path == "-" ? fcntl(1, F_DUPFD_CLOEXEC, 3) : unsafe open(path, flags, 0o644)
        isEmptied = append || path == "-"
        guard descriptor >= 0 else { throw Self.refusal(code: errno, name: name) }
    }

    deinit { if isOpen { Glibc.close(descriptor) } }

    /// Writes all of `bytes`, waiting as long as it takes.
    package func write(_ bytes: [UInt8]) throws(SpikelineError) {
        empty()
        var done = 0
        while done < bytes.count {
            let (count, code) = Self.writeQuietly(bytes, from: done, to: descriptor)
            if count > 0 {
                done += count
            } else if code == EAGAIN {
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&ready, 1, -1)
            } else if code != EINTR {
                throw loss(code: code)
            }
        }
    }

    /// Replaces bytes that have been written, at `offset`; false if this is no file that can do so.
    package func overwrite(_ bytes: [UInt8], at offset: Int64) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
            == bytes.count
    }

    /// Whether this is the very file at `path`.
    package func isFile(at path: String) -> Bool {
        var mine = stat()
        var other = stat()
        guard unsafe fstat(descriptor, &mine) == 0, unsafe stat(path, &other) == 0 else { return false }
        return mine.st_dev == other.st_dev && mine.st_ino == other.st_ino && mine.st_mode & S_IFMT == S_IFREG
    }

    /// Waits until what was written is on the disk; a pipe or terminal, which has none, is no error.
    package func sync() throws(SpikelineError) {
        guard fdatasync(descriptor) != 0, ![EINVAL, EROFS, EINTR].contains(errno) else { return }
        throw loss(code: errno)
    }

    /// Closes the file; an error that the system kept back until now is told.
    package func close() throws(SpikelineError) {
        guard isOpen else { return }
        empty()
        isOpen = false
        guard Glibc.close(descriptor) == 0 || errno == EINTR else { throw loss(code: errno) }
    }

    /// Drops what an existing file held. A device or pipe has nothing to drop and refuses, which is all right.
    private func empty() {
        guard !isEmptied else { return }
        isEmptied = true
        ftruncate(descriptor, 0)
    }

    /// `write(2)` with SIGPIPE held back in this thread: the signal of our own write is taken from the queue, one that
    /// was pending before stays.
    private static func writeQuietly(_ bytes: [UInt8], from start: Int, to file: Int32) -> (count: Int, code: Int32) {
        var pipeSignal = sigset_t()
        var before = sigset_t()
        var pending = sigset_t()
        unsafe sigemptyset(&pipeSignal)
        unsafe sigaddset(&pipeSignal, SIGPIPE)
        unsafe sigpending(&pending)
        let wasPending = unsafe sigismember(&pending, SIGPIPE) == 1
        unsafe pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
        let count = unsafe bytes.withUnsafeBytes { buffer in
            unsafe Glibc.write(file, buffer.baseAddress.map { unsafe $0 + start }, buffer.count - start)
        }
        let code = count < 0 ? errno : 0
        if code == EPIPE, !wasPending {
            var none = timespec()
            while unsafe sigtimedwait(&pipeSignal, nil, &none) < 0, errno == EINTR {}
        }
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        return (count, code)
    }

    private func loss(code: Int32) -> SpikelineError {
        switch code {
        case EPIPE: SpikelineError("the reader has gone; nobody takes the records any more", at: name, cause: .lost)
        case ENOSPC:
            SpikelineError(
                "there is no room left to write to", at: name, hint: "Free some, or write to another disk", cause: .lost
            )
        default: SpikelineError("cannot be written (\(Self.systemText(code)))", at: name, cause: .lost)
        }
    }

    /// The error for a path that the system does not open for writing.
    static func refusal(code: Int32, name: String) -> SpikelineError {
        switch code {
        case ENOENT: SpikelineError("the folder does not exist", at: name, hint: "Make it first (mkdir -p)")
        case EISDIR: SpikelineError("expected a file, found a folder", at: name, hint: "Name a file in it")
        case EACCES, EROFS:
            SpikelineError("the file may not be written (\(systemText(code)))", at: name, hint: "Choose another place")
        default: SpikelineError("the file cannot be opened (\(systemText(code)))", at: name)
        }
    }

    private static func systemText(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
