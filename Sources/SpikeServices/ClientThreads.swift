import SpikeSensors
import SpikeSignals
import Synchronization

/// The clients of a server, each on a thread of its own, up to a number.
final class ClientThreads: Sendable {
    /// How many there are and were.
    struct Counts: Sendable {
        /// Clients that are there.
        var now = 0
        /// Clients that were served, those that are there included.
        var served = 0
        /// Clients that were turned away since there were too many.
        var turnedAway = 0
    }

    private let most: Int
    private let state = Mutex(Counts())
    private let closed = Atomic(false)

    /// No clients; at most `most` at once.
    init(most: Int) { self.most = most }

    /// How many there are and were.
    var counts: Counts { state.withLock { $0 } }

    /// Whether clients are to be let go; their threads look several times a second.
    var isClosed: Bool { closed.load(ordering: .relaxed) }

    /// Serves `connection`, which is closed when `serve` returns, or turns it away.
    ///
    /// - Throws: if the system gives no thread.
    func welcome(
        _ connection: StreamConnection, serve: @escaping @Sendable (StreamConnection) -> Void
    ) throws(SpikelineError) {
        let isWelcome = state.withLock { counts in
            guard counts.now < most else {
                counts.turnedAway += 1
                return false
            }
            counts.now += 1
            counts.served += 1
            return true
        }
        guard isWelcome else { return }
        do {
            try Worker.start { [self] in
                serve(connection)
                state.withLock { $0.now -= 1 }
            }
        } catch {
            state.withLock { $0.now -= 1 }
            throw error
        }
    }

    /// Welcomes whoever comes to `listener`, on this thread, until ``close()``.
    func welcomeAll(from listener: StreamListener, serve: @escaping @Sendable (StreamConnection) -> Void) {
        while !isClosed {
            do {
                guard let connection = try listener.accept(withinMilliseconds: 100) else { continue }
                try welcome(connection, serve: serve)
            } catch {
                // Too many open files or threads, most likely: some will be closed.
                MonotonicClock.sleep(milliseconds: 100)
            }
        }
    }

    /// Lets all clients go, and waits for that at most a second.
    func close() {
        closed.store(true, ordering: .relaxed)
        for _ in 0..<50 where counts.now > 0 { MonotonicClock.sleep(milliseconds: 20) }
    }
}
