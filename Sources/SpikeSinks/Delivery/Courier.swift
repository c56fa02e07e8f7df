import SpikeSignals
import Synchronization

/// Carries records from a queue to a peer on a thread of its own, so that the pipeline never waits for the peer.
///
/// ```
/// pipeline ──append──► queue ──first──► courier ──deliver──► peer
///                        ▲                 │
///                        └──────remove─────┘  when the peer has it for certain
/// ```
/// While the peer is away it is tried again after ever longer pauses. What becomes of the records meanwhile is the
/// policy's matter, ``WhenUnavailable``.
// Unchecked: after `start` only the courier's thread uses `peer` and the variables below "of the courier's thread".
final class Courier: @unchecked Sendable {
    /// How long the courier tries.
    struct Patience: Sendable {
        /// With the policy `error`: for how long a peer may be away before it counts as lost, in seconds.
        var giveUpSeconds = 30.0
        /// The longest pause between two attempts, in seconds.
        var longestPauseSeconds = 30.0
        /// How long the end of a run waits for what is still to be delivered, in seconds.
        var flushSeconds = 5.0
    }

    /// The names of what is counted, in the order of ``Count``.
    static let counterNames = ["delivered", "dropped", "refused", "failed_attempts", "waiting"]
    /// The places of the numbers among the counters.
    enum Count {
        static let delivered = 0
        static let dropped = 1
        static let refused = 2
        static let failedAttempts = 3
        static let waiting = 4
    }

    private struct State {
        var failure: SpikelineError?
        var isClosing = false
        /// Why the last attempt failed, while the peer is away.
        var away: SpikelineError?
        var isDone = false
    }

    let counters = StageCounters(Courier.counterNames)
    private let queue: any RecordQueue
    private let peer: any Peer
    private let policy: WhenUnavailable
    private let patience: Patience
    private let notice: SinkNotice
    private let state = Mutex(State())
    private let work: WakePipe
    private let done: WakePipe
    private let deadline = Deadline()

    // Of the courier's thread.
    private var pause: Pause
    private var retryAt: Int64 = 0
    private var awaySince: Int64?
    private var lastNotice: String?
    private var lastRefusal: String?

    /// A courier between `queue` and `peer`.
    init(
        queue: any RecordQueue, peer: any Peer, policy: WhenUnavailable, patience: Patience,
        notice: @escaping SinkNotice
    ) throws(SpikelineError) {
        self.queue = queue
        self.peer = peer
        self.policy = policy
        self.patience = patience
        self.notice = notice
        pause = Pause(longestSeconds: patience.longestPauseSeconds)
        work = try WakePipe()
        done = try WakePipe()
    }

    /// Starts the thread.
    func start() throws(SpikelineError) { try Worker.start { self.run() } }

    /// Why nothing is delivered any more, if it is so.
    var failure: SpikelineError? { state.withLock { $0.failure } }

    /// Why the last attempt failed, if it did.
    var away: SpikelineError? { state.withLock { $0.away } }

    /// There is something new in the queue.
    func wake() { work.wake() }

    /// Delivers what still waits, for a limited time, says good-bye to the peer, and ends the thread.
    func finish() {
        let (isFirst, isAway) = state.withLock { state in
            defer { state.isClosing = true }
            return (!state.isClosing, state.away != nil)
        }
        // A peer that is away is given a moment, if records may stay or go.
        let seconds = isAway && policy != .error ? min(patience.flushSeconds, 0.5) : patience.flushSeconds
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        deadline.bringForward(to: end)
        work.wake()
        // The thread looks at the deadline at least every tenth of a second and then says good-bye within a second.
        let latest = end + 1_500_000_000
        while isFirst, !state.withLock({ $0.isDone }), MonotonicClock.nanoseconds() < latest {
            done.wait(until: latest)
        }
        counters.update { $0[Count.waiting] = queue.count }
    }

    /// Ends the thread soon, without waiting for that.
    func abandon() {
        state.withLock { $0.isClosing = true }
        deadline.bringForward(to: MonotonicClock.nanoseconds())
        work.wake()
    }

    private var isClosing: Bool { state.withLock { $0.isClosing } }

    /// The body of the thread.
    private func run() {
        do {
            while try step() {}
        } catch {
            fail(error)
        }
        peer.close(until: Deadline(MonotonicClock.nanoseconds() + 1_000_000_000))
        state.withLock { $0.isDone = true }
        done.wake()
    }

    /// One attempt or one wait; false at the end.
    private func step() throws(SpikelineError) -> Bool {
        let isClosing = isClosing
        let now = MonotonicClock.nanoseconds()
        if deadline.hasPassed { return false }
        if now < retryAt {
            // A peer that was away a moment ago is not waited for when the run ends, if records may stay or go.
            if isClosing, policy != .error { return false }
            work.wait(until: min(retryAt, deadline.nanoseconds))
            return true
        }
        let records = try queue.first(peer.window)
        if records.isEmpty {
            if isClosing { return false }
            if let failure = peer.tend(until: deadline) { return try handle(failure) }
            if peer.isConnected { isBack() }
            work.wait(until: now + 1_000_000_000, or: peer.descriptor)
            return true
        }
        return try settle(peer.deliver(records, until: deadline), of: records)
    }

    private func settle(_ delivery: Delivery, of records: [OutgoingRecord]) throws(SpikelineError) -> Bool {
        try queue.remove(delivery.delivered + delivery.refused.map(\.key))
        counters.update { counts in
            counts[Count.delivered] += delivery.delivered.count
            counts[Count.refused] += delivery.refused.count
            counts[Count.waiting] = queue.count
        }
        if let refused = delivery.refused.first {
            let id = records.first { $0.key == refused.key }?.id ?? "?"
            let reason = refused.why.what
            var error = refused.why
            error.what = "record \(id) is refused: " + reason
            if policy == .error { throw error }
            if reason != lastRefusal { notice("\(error)") }
            lastRefusal = reason
        }
        if let failure = delivery.failure { return try handle(failure) }
        if !delivery.delivered.isEmpty { isBack() }
        return true
    }

    /// The peer is there.
    private func isBack() {
        if awaySince != nil, lastNotice != nil { notice("it goes on") }
        if awaySince != nil { state.withLock { $0.away = nil } }
        awaySince = nil
        lastNotice = nil
        pause.reset()
        retryAt = 0
    }

    /// The peer is away: what that means by the policy. False if nothing is tried any more.
    private func handle(_ failure: DeliveryFailure) throws(SpikelineError) -> Bool {
        let now = MonotonicClock.nanoseconds()
        let since = awaySince ?? now
        awaySince = since
        state.withLock { $0.away = failure.error }
        retryAt = now + pause.take()
        counters.update { $0[Count.failedAttempts] += 1 }
        switch policy {
        case .error:
            let isLost = Double(now - since) > patience.giveUpSeconds * 1e9
            if failure.isForGood || isLost { throw lost(failure.error) }
        case .drop:
            let records = try queue.first(.max)
            try queue.remove(records.map(\.key))
            counters.update { counts in
                counts[Count.dropped] += records.count
                counts[Count.waiting] = queue.count
            }
        case .queue: break
        }
        tell("\(failure.error)\(consequence)")
        return true
    }

    private var consequence: String {
        switch policy {
        case .error: "; trying again for \(patience.giveUpSeconds) s"
        case .drop: "; records are dropped until it is back"
        case .queue: "; records wait in the outbox"
        }
    }

    /// Tells it, unless it is what was told last.
    private func tell(_ message: String) {
        guard message != lastNotice else { return }
        lastNotice = message
        notice(message)
    }

    private func lost(_ error: SpikelineError) -> SpikelineError {
        var error = error
        error.cause = .lost
        return error
    }

    private func fail(_ error: SpikelineError) {
        state.withLock { $0.failure = lost(error) }
    }
}
