import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Takes jobs from the queue, one at a time, and stores their results while the next one runs.
///
/// ```
/// pull ─► run, saying "+WPI" meanwhile ─► ask for the next ─► hand the result over ─► pull the next ...
///          │ killed: delivered again                          └► store it ─► acknowledge
///                                                                │ killed: delivered again; the server refuses a second result
/// ```
/// The next job is asked for when the one before has run: no job waits behind a long one while others are idle. Where jobs are
/// short it is asked for when the one before begins, so that none waits for the server. A job that ends its workers takes
/// that next one with it once at most: behind a job that was delivered before, nothing is asked for early.
public final class JobWorker {
    /// What a worker may be told.
    public struct Options: Sendable {
        /// How often a job is tried before it counts as failed.
        public var tries = 5
        /// The largest recording that is fetched, in bytes.
        public var largestRecording = 256 << 20
        /// The folder that recordings must lie in if they are read by their path; nil for any.
        public var within: String?
        /// Whether to end when no job waits.
        public var isOnce = false

        /// Five tries, 256 MiB.
        public init() {}
    }

    /// What a worker has done.
    public struct Counts: Hashable, Sendable {
        /// Jobs whose result was stored.
        public var done = 0
        /// Jobs that failed for good.
        public var failed = 0
        /// Jobs that were given back for another try.
        public var givenBack = 0
        /// Results that another worker had stored before.
        public var duplicates = 0
        /// Records in the results that were stored.
        public var records = 0
        /// How long jobs were run, in seconds, the fetching of recordings included.
        public var busySeconds = 0.0
    }

    /// Runs a job over the recording at a path; the records it made.
    public typealias Run = (_ job: Job, _ recording: String) throws(SpikelineError) -> [JSONValue]

    private let stream: JetStream
    private let fleet: Fleet
    private let options: Options
    private let store: ChunkStore
    private let run: Run
    private let notice: @Sendable (String) -> Void
    private let pulse: Pulse
    /// After how many seconds of silence the server delivers a job to others.
    private let answerSeconds: Double
    /// Below how many seconds a job is short: the next is asked for while it runs.
    private static let shortSeconds = 0.1
    private var lastSeconds = Double.infinity
    /// The name: host and process.
    public let name: String
    /// What it has done so far.
    public var counts: Counts { pulse.now.counts }

    /// A worker; makes the streams that do not exist yet. `notice` gets what people should know.
    public init(
        _ connection: NATSConnection, fleet: Fleet, limits: Fleet.Limits, options: Options,
        notice: @escaping @Sendable (String) -> Void, run: @escaping Run
    ) throws(SpikelineError) {
        stream = JetStream(connection: connection)
        (self.fleet, self.options, self.run, self.notice) = (fleet, options, run, notice)
        store = ChunkStore(stream: stream, fleet: fleet)
        try fleet.prepare(stream, limits)
        let info = try stream.ask("CONSUMER.INFO.\(fleet.jobs).\(Fleet.consumer)", nil)
        let wait = info?["config"]?["ack_wait"]?.integerValue ?? 30_000_000_000
        answerSeconds = Double(wait) / 1e9
        name = WorkerName.own
        pulse = Pulse(
            every: Int64(max(wait / 3, 100_000_000)), connection: connection, subject: fleet.subject("workers", name),
            name: name)
    }

    /// What the worker is doing, for other threads.
    public var monitor: WorkerMonitor { WorkerMonitor(pulse: pulse, stream: stream, fleet: fleet) }

    /// Works until `isStopped` says so; the job at hand is finished first.
    ///
    /// - Throws: when the server is away for longer than the patience of the connection.
    public func work(until isStopped: () -> Bool) throws(SpikelineError) {
        let feed = try PullFeed(stream, Fleet.consumer, of: fleet.jobs)
        let keeper = ResultKeeper(stream, fleet, pulse, notice: notice)
        try pulse.start()
        defer { pulse.stop() }
        try keeper.start()
        let outcome = Result { () throws(SpikelineError) in try work(feed, keeper, until: isStopped) }
        feed.close(answerSeconds: answerSeconds)
        try keeper.finish()
        // The last acknowledgements are on their way before the process ends.
        stream.connection.flush(seconds: 2)
        try outcome.get()
    }

    private func work(
        _ feed: PullFeed, _ keeper: ResultKeeper, until isStopped: () -> Bool
    ) throws(SpikelineError) {
        let patience = options.isOnce ? 0.2 : 1
        var silentSince: Int64?
        var isStale = false
        while !isStopped() {
            try keeper.expectStoring()
            feed.ask(seconds: patience)
            switch try feed.take() {
            case .message(let delivered):
                silentSince = nil
                if isStale {
                    // It has waited here so long that another worker may have it by now; the server shall say who does it.
                    isStale = false
                    feed.giveBack(delivered, answerSeconds: answerSeconds)
                    continue
                }
                pulse.hold(delivered)
                isStale = try handle(delivered, keeper) { if !isStopped() { feed.ask(seconds: patience) } }
                pulse.heard()
            case .nothing:
                (silentSince, isStale) = (nil, false)
                pulse.heard()
                guard options.isOnce else { continue }
                try keeper.waitUntilStored()
                if try isQueueEmpty() { return }
            case .silence:
                isStale = false
                let now = MonotonicClock.nanoseconds()
                let since = silentSince ?? now
                silentSince = since
                guard Double(now - since) / 1e9 < stream.connection.settings.patienceSeconds else {
                    throw SpikelineError(
                        "the server is away", at: stream.place, hint: "Jobs stay there; start the worker again",
                        cause: .lost)
                }
                NATSConnection.sleep(nanoseconds: 100_000_000)
            }
        }
    }

    private func isQueueEmpty() throws(SpikelineError) -> Bool {
        let info = try stream.ask("CONSUMER.INFO.\(fleet.jobs).\(Fleet.consumer)", nil)
        return info?["num_pending"]?.integerValue == 0
    }

    /// Does a job and hands its result over.
    ///
    /// - Parameter askNext: asks for the next one, unless it was asked for.
    /// - Returns: whether the next one was asked for so long ago that the server may have given it to others.
    private func handle(
        _ delivered: Delivered, _ keeper: ResultKeeper, askNext: () -> Void
    ) throws(SpikelineError) -> Bool {
        let job: Job
        do { job = try Job(delivered.data) } catch {
            // It has no id to store a result under; what it says is kept beside the reason.
            let id = "malformed-" + Digest.of(delivered.data).prefix(32)
            notice("a malformed job goes to \(fleet.dead): \(error)")
            let text = String(decoding: delivered.data.prefix(1 << 16), as: UTF8.self)
            let body = JSONValue.object([
                ("v", .integer(1)), ("reason", .string("\(error)")), ("message", .string(text)),
            ])
            _ = try stream.store(Array(body.text.utf8), on: fleet.subject("dead", id), id: id, isOnly: true)
            pulse.count { $0.failed += 1 }
            delivered.acknowledge()
            pulse.release(delivered)
            return false
        }
        var result = JobResult(job)
        (result.worker, result.tries) = (name, delivered.deliveries)
        let isNextAsked = lastSeconds < JobWorker.shortSeconds && delivered.deliveries == 1 && keeper.isKeepingUp
        if isNextAsked { askNext() }
        let begin = MonotonicClock.nanoseconds()
        func elapsed() -> Double { Double(MonotonicClock.nanoseconds() - begin) / 1e9 }
        defer { lastSeconds = elapsed() }
        if delivered.deliveries > options.tries {
            result.reason =
                "\(delivered.deliveries - 1) workers took it and none gave a result; they were lost or ended by it"
        } else {
            do { result.records = try records(of: job) } catch {
                if error.cause == .lost, delivered.deliveries < options.tries {
                    notice("\(job.id): given back after try \(delivered.deliveries): \(error)")
                    pulse.count { $0.givenBack += 1 }
                    pulse.release(delivered)
                    delivered.giveBack(after: Double(1 << min(delivered.deliveries, 6)))
                    return isNextAsked && elapsed() > answerSeconds / 2
                }
                result.reason = "\(error)"
            }
        }
        result.seconds = elapsed()
        pulse.count { $0.busySeconds += result.seconds }
        askNext()
        try keeper.take(.init(job: job, result: result, delivered: delivered))
        return isNextAsked && elapsed() > answerSeconds / 2
    }

    /// The records that the job's pipeline makes of its recording.
    private func records(of job: Job) throws(SpikelineError) -> [JSONValue] {
        guard let upload = job.upload else {
            let path = try permitted(job.file)
            return try run(job, path)
        }
        let bytes = try store.get(upload, largest: options.largestRecording)
        let file = try ScratchRecording(bytes, name: job.file)
        return try run(job, file.path)
    }

    /// The path of a recording, if it lies where it may lie.
    private func permitted(_ file: String) throws(SpikelineError) -> String {
        guard let real = unsafe realpath(file, nil) else {
            throw SpikelineError(
                "the worker cannot read the recording: \(unsafe String(cString: strerror(errno)))", at: file,
                hint: "Submit it with --upload, or share the folder")
        }
        defer { unsafe free(real) }
        let path = unsafe String(cString: real)
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw SpikelineError("expected a regular file", at: file)
        }
        guard let within = options.within else { return path }
        guard let root = unsafe realpath(within, nil) else {
            throw SpikelineError("the folder of --within cannot be found", at: within, cause: .lost)
        }
        defer { unsafe free(root) }
        let folder = unsafe String(cString: root)
        guard path.hasPrefix(folder == "/" ? "/" : folder + "/") else {
            throw SpikelineError("the recording is outside of the folder that this worker reads", at: file)
        }
        return path
    }
}
