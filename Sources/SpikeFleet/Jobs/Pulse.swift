import SpikeSignals
import SpikeSinks
import Synchronization

/// Tells the server, on a thread of its own, that the jobs at hand are being worked on, and the fleet what this worker does.
final class Pulse: Sendable {
    private struct State {
        /// The jobs at hand, by the place of their acknowledgements.
        var held: [String: Delivered] = [:]
        /// Since when the job runs that runs.
        var runningSince: Int64?
        var counts = JobWorker.Counts()
        var heardAt = MonotonicClock.nanoseconds()
        var isStopped = false
    }

    private let state = Mutex(State())
    private let interval: Int64
    private let connection: NATSConnection
    private let subject: String
    private let name: String

    init(every interval: Int64, connection: NATSConnection, subject: String, name: String) {
        (self.interval, self.connection, self.subject, self.name) = (interval, connection, subject, name)
    }

    /// What the worker has done, whether it has a job, and when the server was last heard of.
    var now: (counts: JobWorker.Counts, isBusy: Bool, heardAt: Int64) {
        state.withLock { ($0.counts, !$0.held.isEmpty, $0.heardAt) }
    }

    /// The server has said something.
    func heard() {
        let now = MonotonicClock.nanoseconds()
        state.withLock { $0.heardAt = now }
    }

    /// The worker has done something.
    func count(_ change: (inout JobWorker.Counts) -> Void) { state.withLock { change(&$0.counts) } }

    /// A job is at hand: it runs, or its result is to be stored.
    func hold(_ delivered: Delivered) { state.withLock { $0.held[delivered.reply] = delivered } }

    /// A job begins to run, or none runs any more.
    func run(_ isRunning: Bool) {
        let now = MonotonicClock.nanoseconds()
        state.withLock { $0.runningSince = isRunning ? now : nil }
    }

    /// A job is at hand no more.
    func release(_ delivered: Delivered) { _ = state.withLock { $0.held.removeValue(forKey: delivered.reply) } }

    /// Begins. `meanwhile` is called again and again while a job runs for longer than `long` nanoseconds.
    func start(long: Int64, meanwhile: @escaping @Sendable () -> Void) throws(SpikelineError) {
        try Worker.start { [self] in
            var (last, told) = (MonotonicClock.nanoseconds(), Int64.min)
            while true {
                let (held, counts, isStopped, runningSince) = state.withLock {
                    ($0.held.values, $0.counts, $0.isStopped, $0.runningSince)
                }
                if isStopped { return }
                let now = MonotonicClock.nanoseconds()
                if let runningSince, now - runningSince > long { meanwhile() }
                if now - last >= interval {
                    held.forEach { $0.keep() }
                    last = now
                }
                if told == .min || now - told >= 2_000_000_000 {
                    connection.publish(subject, Array(text(counts, isBusy: !held.isEmpty).utf8))
                    told = now
                }
                NATSConnection.sleep(nanoseconds: 50_000_000)
            }
        }
    }

    /// Ends, with a last word.
    func stop() {
        let counts = state.withLock { state in
            state.isStopped = true
            return state.counts
        }
        connection.publish(subject, Array(text(counts, isBusy: false).utf8))
        connection.flush(seconds: 1)
    }

    private func text(_ counts: JobWorker.Counts, isBusy: Bool) -> String {
        JSONValue.object([
            ("v", .integer(1)), ("worker", .string(name)), ("busy", .bool(isBusy)), ("done", .integer(counts.done)),
            ("failed", .integer(counts.failed)), ("given_back", .integer(counts.givenBack)),
            ("duplicates", .integer(counts.duplicates)),
        ]).text
    }
}
