import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Wakes a thread that waits for a file descriptor and for other threads at once.
///
/// Calls to ``wake()`` add up: one wait ends, and the next one waits again.
package final class WakePipe: Sendable {
    private let reading: Int32
    private let writing: Int32

    package init() throws(SpikelineError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else {
            throw SpikelineError("the system gives no pipe (error \(errno))", cause: .lost)
        }
        (reading, writing) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Ends the wait that is going on, or else the next one.
    package func wake() {
        var byte: UInt8 = 0
        _ = unsafe write(writing, &byte, 1)
    }

    /// Waits until ``wake()``, until `other` can be read, or until `deadline`.
    package func wait(until deadline: Int64, or other: Int32? = nil) {
        var files = [pollfd(fd: reading, events: Int16(POLLIN), revents: 0)]
        if let other { files.append(pollfd(fd: other, events: Int16(POLLIN), revents: 0)) }
        unsafe poll(&files, nfds_t(files.count), MonotonicClock.pollTime(to: deadline))
        guard files[0].revents != 0 else { return }
        var waste = [UInt8](repeating: 0, count: 256)
        while unsafe read(reading, &waste, waste.count) == waste.count {}
    }
}
