import SpikeSignals

/// Stores results and acknowledges their jobs, on a thread of its own, while the next jobs run.
///
/// ```
/// worker's thread    run job 1 ─► take ─► run job 2 ─► take, waits if ``most`` results are not stored yet ─► ...
/// keeper's thread                  └► wait for others like it ─► store together, count, acknowledge
/// ```
/// Results of jobs that took less than ``groupSeconds`` wait that long for others, since storing one costs the server and us much
/// of what storing several does.
///
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
    private static let most = 48
    /// So many are waited for before all that wait are stored together.
    private static let group = 16
    /// How long a result may wait for others, in seconds.
    private static let groupSeconds = 0.06

    private struct State {
        var waiting: [Finished] = []
        /// Results that are being stored.
        var taken = 0
        /// Whether somebody waits for results to be stored.
        var isHurried = false
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
            do throws(SpikelineError) {
                let together = try StoreGroup(stream)
                while true {
                    let group = next()
                    if group.isEmpty { return }
                    try keep(group, together)
                    pulse.heard()
                }
            } catch {
                end(error)
            }
        }
    }

    /// Hands over a job that has run; waits while too many are not stored.
    ///
    /// - Throws: why an earlier result could not be stored; this one is not stored then, and its job is delivered again.
    func take(_ finished: Finished) throws(SpikelineError) {
        try wait { $0.waiting.count + $0.taken < ResultKeeper.most }
        monitor.locked {
            unsafe state.waiting.append(finished)
            if finished.result.seconds >= ResultKeeper.groupSeconds { unsafe state.isHurried = true }
            let count = unsafe state.waiting.count
            if unsafe count == 1 || count >= ResultKeeper.group || state.isHurried { monitor.wake() }
        }
    }

    /// Complains if an earlier result could not be stored; a worker without further jobs must not go on as if it had been.
    func expectStoring() throws(SpikelineError) { try wait { _ in true } }

    /// Whether results are stored as quickly as they come.
    var isKeepingUp: Bool { monitor.locked { unsafe state.waiting.count <= ResultKeeper.group } }

    /// Waits until all results are stored.
    ///
    /// - Throws: why one could not be stored.
    func waitUntilStored() throws(SpikelineError) { try wait { $0.waiting.isEmpty && $0.taken == 0 } }

    private func wait(until isGood: (borrowing State) -> Bool) throws(SpikelineError) {
        let failure = monitor.locked {
            while unsafe state.failure == nil && !isGood(state) {
                if unsafe !state.isHurried {
                    unsafe state.isHurried = true
                    monitor.wake()
                }
                monitor.wait(milliseconds: 1_000)
            }
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

    /// The results to store next; none if it is over.
    private func next() -> [Finished] {
        monitor.locked {
            unsafe state.taken = 0
            monitor.wake()
            while unsafe state.waiting.isEmpty && !state.isOver { monitor.wait(milliseconds: 1_000) }
            let end = MonotonicClock.nanoseconds() + Int64(ResultKeeper.groupSeconds * 1e9)
            while unsafe !state.isHurried && !state.isOver && state.waiting.count < ResultKeeper.group {
                let left = (end - MonotonicClock.nanoseconds()) / 1_000_000
                if left <= 0 { break }
                monitor.wait(milliseconds: left)
            }
            let group = unsafe state.waiting
            unsafe (state.waiting, state.taken, state.isHurried) = ([], group.count, false)
            return group
        }
    }

    private func end(_ error: SpikelineError) {
        monitor.locked {
            unsafe state.failure = error
            monitor.wake()
        }
    }

    /// Stores results and acknowledges their jobs. Those that the server does not take together with others are stored one by
    /// one, patiently.
    private func keep(_ group: [Finished], _ together: StoreGroup) throws(SpikelineError) {
        var small: [(finished: Finished, item: StoreGroup.Item)] = []
        var others: [Finished] = []
        for finished in group {
            // What takes more than a message is stored alone, and so is what somebody has to hear of.
            if group.count > 1, finished.result.reason == nil, let item = item(finished) {
                small.append((finished, item))
            } else {
                others.append(finished)
            }
        }
        let outcomes = small.isEmpty ? [] : together.store(small.map(\.item))
        for (entry, outcome) in zip(small, outcomes) {
            // What was sent and not answered may be there by now, and then it is ours.
            if let outcome {
                settle(entry.finished, outcome)
            } else {
                _ = try keepPatiently(entry.finished)
                settle(entry.finished, .stored)
            }
        }
        for finished in others { settle(finished, try keepPatiently(finished)) }
    }

    /// Counts and acknowledges a job whose result is stored.
    private func settle(_ finished: Finished, _ outcome: JetStream.Stored) {
        let result = finished.result
        switch outcome {
        case .stored where result.reason == nil:
            pulse.count { ($0.done, $0.records) = ($0.done + 1, $0.records + result.records.count) }
        case .stored:
            pulse.count { $0.failed += 1 }
            notice("\(finished.job.id): failed: \(result.reason ?? "")")
        case .duplicate: pulse.count { $0.duplicates += 1 }
        }
        finished.delivered.acknowledge()
        pulse.release(finished.delivered)
    }

    /// The result as one message, or nil if it is too large for one.
    private func item(_ finished: Finished) -> StoreGroup.Item? {
        let data = Array(finished.result.jsonValue().text.utf8)
        guard data.count <= largest else { return nil }
        return StoreGroup.Item(
            data: data, subject: fleet.subject("results", finished.job.id), id: finished.job.id)
    }

    /// The most bytes of a result in one message; a server takes a megabyte.
    private var largest: Int { min(ChunkStore.chunk * 2, stream.connection.largestMessage - 4_096) }

    /// Stores the result; tries again for as long as the connection is patient where the server may take it later, as when a
    /// stream is full.
    private func keepPatiently(_ finished: Finished) throws(SpikelineError) -> JetStream.Stored {
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
    private func keep(_ finished: Finished) throws(SpikelineError) -> JetStream.Stored {
        let (job, result) = (finished.job, finished.result)
        if let reason = result.reason {
            let body = JSONValue.object([("v", .integer(1)), ("reason", .string(reason)), ("job", job.jsonValue)])
            _ = try stream.store(Array(body.text.utf8), on: fleet.subject("dead", job.id), id: job.id, isOnly: true)
        }
        if let item = item(finished) {
            return try stream.store(item.data, on: item.subject, id: item.id, isOnly: true)
        }
        // Many records go the way of recordings.
        let upload = try store.put(Array(JSONValue.array(result.records).text.utf8))
        return try stream.store(
            Array(result.jsonValue(stored: upload).text.utf8), on: fleet.subject("results", job.id), id: job.id,
            isOnly: true)
    }
}
