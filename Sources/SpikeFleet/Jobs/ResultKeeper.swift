import SpikeSignals

/// Stores results and acknowledges their jobs, on a thread of its own, while the next jobs run.
///
/// ```
/// worker's thread    run job 1 ─► take ─► run job 2 ─► take, waits if ``most`` results are not stored yet ─► ...
/// keeper's thread                  └► store, count, acknowledge
/// ```
/// A worker that is killed has one job that is running in its hands, and a few that have run: all are delivered again, and the
/// server refuses a second result.
final class ResultKeeper: Sendable {
    /// A job that has run.
    struct Finished {
        var job: Job
        var result: JobResult
        var delivered: Delivered
    }

    /// The most results that are not stored yet: enough for a server that now and then takes its time.
    private static let most = 8

    private struct State {
        var waiting: [Finished] = []
        var isAtWork = false
        var isOver = false
        var failure: SpikelineError?
    }

    private let stream: JetStream
    private let fleet: Fleet
    private let store: ChunkStore
    private let pulse: Pulse
    private let notice: @Sendable (String) -> Void
    private let monitor = Monitor()
    // Only inside of the monitor.
    nonisolated(unsafe) private var state = State()

    init(_ stream: JetStream, _ fleet: Fleet, _ pulse: Pulse, notice: @escaping @Sendable (String) -> Void) {
        (self.stream, self.fleet, self.pulse, self.notice) = (stream, fleet, pulse, notice)
        store = ChunkStore(stream: stream, fleet: fleet)
    }

    /// Begins; ``finish()`` ends it.
    func start() throws(SpikelineError) {
        try Worker.start { [self] in
            while let finished = next() {
                do throws(SpikelineError) {
                    try keepPatiently(finished)
                } catch {
                    return end(error)
                }
                finished.delivered.acknowledge()
                pulse.release(finished.delivered)
                pulse.heard()
            }
        }
    }

    /// Hands over a job that has run; waits while too many are not stored.
    ///
    /// - Throws: why an earlier result could not be stored; this one is not stored then, and its job is delivered again.
    func take(_ finished: Finished) throws(SpikelineError) {
        try wait { $0.waiting.count + ($0.isAtWork ? 1 : 0) < ResultKeeper.most }
        monitor.locked {
            unsafe state.waiting.append(finished)
            monitor.wake()
        }
    }

    /// Complains if an earlier result could not be stored; a worker without further jobs must not go on as if it had been.
    func expectStoring() throws(SpikelineError) { try wait { _ in true } }

    /// Whether results are stored as quickly as they come.
    var isKeepingUp: Bool { monitor.locked { unsafe state.waiting.count < 2 } }

    /// Waits until all results are stored.
    ///
    /// - Throws: why one could not be stored.
    func waitUntilStored() throws(SpikelineError) { try wait { $0.waiting.isEmpty && !$0.isAtWork } }

    private func wait(until isGood: (borrowing State) -> Bool) throws(SpikelineError) {
        let failure = monitor.locked {
            while unsafe state.failure == nil && !isGood(state) { monitor.wait(milliseconds: 1_000) }
            return unsafe state.failure
        }
        if let failure { throw failure }
    }

    /// Waits until all results are stored, and ends the thread.
    ///
    /// - Throws: why one could not be stored.
    func finish() throws(SpikelineError) {
        defer {
            monitor.locked {
                unsafe state.isOver = true
                monitor.wake()
            }
        }
        try waitUntilStored()
    }

    private func next() -> Finished? {
        monitor.locked {
            unsafe state.isAtWork = false
            monitor.wake()
            while unsafe state.waiting.isEmpty && !state.isOver { monitor.wait(milliseconds: 1_000) }
            guard unsafe !state.waiting.isEmpty else { return nil }
            unsafe state.isAtWork = true
            return unsafe state.waiting.removeFirst()
        }
    }

    private func end(_ error: SpikelineError) {
        monitor.locked {
            unsafe state.failure = error
            monitor.wake()
        }
    }

    /// Stores the result; tries again for as long as the connection is patient where the server may take it later, as when a
    /// stream is full.
    private func keepPatiently(_ finished: Finished) throws(SpikelineError) {
        let end = MonotonicClock.nanoseconds() + Int64(stream.connection.settings.patienceSeconds * 1e9)
        while true {
            do throws(SpikelineError) {
                return try keep(finished)
            } catch {
                guard error.cause == .lost, MonotonicClock.nanoseconds() < end else { throw error }
                NATSConnection.sleep(nanoseconds: 500_000_000)
            }
        }
    }

    /// Stores the result, once for all workers; that of a failed job also among the dead letters.
    private func keep(_ finished: Finished) throws(SpikelineError) {
        let (job, result) = (finished.job, finished.result)
        if let reason = result.reason {
            let body = JSONValue.object([("v", .integer(1)), ("reason", .string(reason)), ("job", job.jsonValue)])
            _ = try stream.store(Array(body.text.utf8), on: fleet.subject("dead", job.id), id: job.id, isOnly: true)
        }
        var data = Array(result.jsonValue().text.utf8)
        // A server takes a megabyte; many records go the way of recordings.
        if data.count > min(ChunkStore.chunk * 2, stream.connection.largestMessage - 4_096) {
            let upload = try store.put(Array(JSONValue.array(result.records).text.utf8))
            data = Array(result.jsonValue(stored: upload).text.utf8)
        }
        switch try stream.store(data, on: fleet.subject("results", job.id), id: job.id, isOnly: true) {
        case .stored where result.reason == nil:
            pulse.count { ($0.done, $0.records) = ($0.done + 1, $0.records + result.records.count) }
        case .stored:
            pulse.count { $0.failed += 1 }
            notice("\(job.id): failed: \(result.reason ?? "")")
        case .duplicate: pulse.count { $0.duplicates += 1 }
        }
    }
}
