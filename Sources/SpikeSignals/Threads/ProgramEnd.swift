import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Whether the program has been asked to end, for those who wait for bytes that may never come.
///
/// A signal may reach any thread, so a `read(2)` on a silent pipe is not woken by it; ``awaitInput(_:)`` is.
public enum ProgramEnd {
    private static let flag = Atomic(false)

    /// Asks for the end; a signal handler may call it.
    public static func request() { flag.store(true, ordering: .relaxed) }

    /// Whether the end has been asked for.
    public static var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// What a reader throws that is not going to get what it waits for; no complaint.
    public static func error(at place: String) -> SpikelineError {
        SpikelineError("the end was asked for while it was read", at: place, cause: .ended)
    }

    /// Waits until `descriptor` has bytes, an end or an error; looks ten times a second whether the program is to end.
    ///
    /// - Returns: false if the program is to end and there is nothing to read.
    public static func awaitInput(_ descriptor: Int32) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            // An interrupted wait is looked at again; what cannot be waited for is left to read(2) to complain of.
            let count = unsafe poll(&ready, 1, isRequested ? 0 : 100)
            if count > 0 || (count < 0 && errno != EINTR) { return true }
            if isRequested { return false }
        }
    }
}
