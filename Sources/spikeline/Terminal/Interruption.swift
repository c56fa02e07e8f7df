import SpikeHeads
import SpikePipeline

#if canImport(Glibc)
import Glibc
#endif

/// Turns the first Ctrl-C or polite kill into a clean end; a second one ends the program at once.
enum Interruption {
    private static let signal = StopSignal()

    /// A signal that is raised when the program is asked to end.
    static func stop() -> StopSignal {
        let stop = signal  // made here, since a handler must not make it
        // Who starts the program may have blocked them in the thread that did so, and that is inherited.
        var both = sigset_t()
        unsafe sigemptyset(&both)
        for number in [SIGINT, SIGTERM] { unsafe sigaddset(&both, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &both, nil)
        for number in [SIGINT, SIGTERM] {
            _ = Glibc.signal(number) { number in
                Interruption.signal.request()
                _ = Glibc.signal(number, SIG_DFL)
            }
        }
        return stop
    }
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
