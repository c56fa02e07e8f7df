import SpikeHeads
import SpikePipeline
import SpikeSignals
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Turns the first Ctrl-C or polite kill into a clean end; a second one ends the program at once.
enum Interruption {
    private static let signal = StopSignal()
    private static let hangUp = Atomic(false)
    /// Counts signals that a thread has yet to look at.
    private static let bell = Bell()
    /// Whether standard error was a terminal when the program began to wait for signals.
    private static let hadTerminal = isatty(STDERR_FILENO) == 1

    /// A signal that is raised when the program is asked to end.
    static func stop() -> StopSignal {
        // Made here, since a handler must not make it.
        let stop = signal
        _ = bell
        catchSignals([SIGINT, SIGTERM]) { number in
            Interruption.signal.request()
            ProgramEnd.request()
            Interruption.bell.ring()
            _ = Glibc.signal(number, SIG_DFL)
        }
        return stop
    }

    /// From now on HUP does not end the program, but ends ``await()`` and is told by ``takeHangUp()``.
    static func listenForHangUp() {
        _ = (bell, hangUp.load(ordering: .relaxed), hadTerminal)
        catchSignals([SIGHUP], flags: SA_RESTART) { _ in
            Interruption.hangUp.store(true, ordering: .relaxed)
            Interruption.bell.ring()
        }
    }

    /// Waits for one of the signals above.
    static func await() { bell.await() }

    /// Whether HUP has come since the last call.
    static func takeHangUp() -> Bool { hangUp.exchange(false, ordering: .relaxed) }

    /// Whether the terminal that the program was started from has been closed: its HUP means the end.
    static var isTerminalGone: Bool { hadTerminal && isatty(STDERR_FILENO) != 1 }

    /// Lets `handler` take these signals; with SA_RESTART in `flags` calls that wait go on waiting, otherwise they come back.
    private static func catchSignals(
        _ numbers: [Int32], flags: Int32 = 0, by handler: @escaping @convention(c) (Int32) -> Void
    ) {
        // Who starts the program may have blocked them in the thread that did so, and that is inherited.
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = flags
        for number in numbers { unsafe sigaction(number, &action, nil) }
    }
}

/// A semaphore: signal handlers ring, a thread waits (sem_post(3) is safe in handlers).
// Unchecked: the pointer is set once, and what it points at is made for sharing between threads.
@safe
private final class Bell: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { unsafe sem_init(semaphore, 0, 0) }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    func ring() { _ = unsafe sem_post(semaphore) }

    func await() { while unsafe sem_wait(semaphore) != 0, errno == EINTR {} }
}

/// Turns the signals USR1 and USR2 into what an operator asks of a watch: accept, and relearn.
enum OperatorSignals {
    /// What was asked for.
    static let control = AnomalyControl()

    /// Begins to listen; without it the two signals end the program.
    static func listen() {
        _ = control  // made here, since a handler must not make it
        _ = Glibc.signal(SIGUSR1) { _ in OperatorSignals.control.ask(for: .accept) }
        _ = Glibc.signal(SIGUSR2) { _ in OperatorSignals.control.ask(for: .relearn) }
    }
}
