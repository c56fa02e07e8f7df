import SpikeSignals

/// A sink whose peer may be slow or away: records go into a queue at once, and a courier delivers them.
///
/// ``consume(_:)`` returns when the records are in the queue; with an outbox that means on the disk. It never waits for
/// the peer. With ``WhenUnavailable/error`` a peer that is lost ends the run with exit code 3.
final class DeliverySink: Sink {
    /// What was delivered, dropped, refused and tried in vain, and what waits.
    var counters: StageCounters { courier.counters }

    private let queue: any RecordQueue
    private let courier: Courier
    private let options: DeliveryOptions
    private let notice: SinkNotice
    private var stamp = RecordStamp()
    private var isStarted = false
    private var isFinished = false

    /// Delivers to `peer` as `options` say, through `queue` (``DeliveryOptions/makeQueue()``).
    init(
        _ peer: any Peer, options: DeliveryOptions, queue: any RecordQueue, notice: @escaping SinkNotice
    ) throws(SpikelineError) {
        self.queue = queue
        self.options = options
        self.notice = notice
        courier = try Courier(
            queue: queue, peer: peer, policy: options.policy, patience: options.patience, notice: notice)
    }

    deinit { if isStarted, !isFinished { courier.abandon() } }

    /// Starts the courier when the pipeline begins: one that is only checked or tested calls nobody.
    private func start() throws(SpikelineError) {
        guard !isStarted else { return }
        isStarted = true
        try courier.start()
    }

    /// Queues the records of the batch.
    func consume(_ input: RecordBatch) throws(SpikelineError) {
        try start()
        if let failure = courier.failure { throw failure }
        guard input.count > 0 else { return }
        let dropped = try queue.append(input.records.map { stamp.stamp($0.jsonValue) })
        if dropped > 0 {
            courier.counters.update { $0[Courier.Count.dropped] += dropped }
            if options.policy == .error {
                throw SpikelineError(
                    "the peer is slower than the records come: \(options.limit) wait already",
                    hint: "Give \"when_unavailable\": drop or queue, or raise \"queue_records\"", cause: .lost)
            }
        }
        courier.counters.update { $0[Courier.Count.waiting] = queue.count }
        courier.wake()
    }

    /// Delivers what waits, for at most `flush_s`; what is left is an error, is dropped, or stays for the next run.
    func finish() throws(SpikelineError) {
        guard !isFinished else { return }
        try start()
        isFinished = true
        courier.finish()
        let left = queue.count
        switch options.policy {
        case .error:
            if let failure = courier.failure { throw failure }
            guard left == 0 else {
                let away = courier.away
                throw SpikelineError(
                    "\(away.map { $0.what + ", so " } ?? "")\(left) records could not be delivered within "
                        + "\(options.patience.flushSeconds) s",
                    at: away?.place ?? "", hint: "Raise \"flush_s\", or give \"when_unavailable: queue\"",
                    cause: .lost)
            }
        case .drop: courier.counters.update { $0[Courier.Count.dropped] += left }
        case .queue:
            if let failure = courier.failure { throw failure }
            if left > 0, let path = options.queueFile {
                notice("\(left) records stay in \(path) and are delivered by the next run")
            }
        }
    }
}
