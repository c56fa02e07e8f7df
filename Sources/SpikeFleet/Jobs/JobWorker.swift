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
/// short several are asked for at once, when the last of those before begins, so that none waits for the server; those that come
/// to wait behind a long one all the same are given back.
///
/// A job that ends its workers takes with it what they had asked for and what they had not stored yet; all that is delivered
/// again. Whether a job is to blame is not told by how often it was delivered, then, but by how many workers began it: a job that was
/// delivered before is written down when it begins, and begins only when all results before it are stored.
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
    /// Below how many seconds a job is short: the next is asked for while it runs, and several if they take no longer together.
    private static let shortSeconds = 0.1
    /// How long the server may wait for jobs before it says that there are none, in seconds.
    private static let patience = 1.0
    /// The most jobs that are asked for at once.
    private static let most = 16
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
        let answerSeconds = answerSeconds
        // By then the question that was open when the job began has expired, and what is given back does not come again.
        let long = Int64((JobWorker.patience + 0.1) * 1e9)
        try pulse.start(long: long) { feed.giveBack(answerSeconds: answerSeconds) }
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
        let patience = options.isOnce ? 0.2 : JobWorker.patience
        var silentSince: Int64?
        func ask() {
            if isStopped() { return }
            let count = isShort && keeper.isKeepingUp ? Int(JobWorker.shortSeconds / max(lastSeconds, 0.001)) : 1
            feed.ask(seconds: patience, count: min(max(count, 1), JobWorker.most))
        }
        while !isStopped() {
            try keeper.expectStoring()
            ask()
            switch try feed.take() {
            case .message(let delivered):
                silentSince = nil
                pulse.hold(delivered)
                pulse.run(true)
                try handle(delivered, feed, keeper, askNext: ask)
                pulse.run(false)
                pulse.heard()
            case .nothing:
                silentSince = nil
                pulse.heard()
                guard options.isOnce else { continue }
                try keeper.waitUntilStored()
                if try isQueueEmpty() { return }
            case .silence:
                lastSeconds = .infinity
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

    private var isShort: Bool { lastSeconds < JobWorker.shortSeconds }

    private func isQueueEmpty() throws(SpikelineError) -> Bool {
        let info = try stream.ask("CONSUMER.INFO.\(fleet.jobs).\(Fleet.consumer)", nil)
        return info?["num_pending"]?.integerValue == 0
    }

    /// Does a job and hands its result over.
    ///
    /// - Parameter askNext: asks for the next ones, unless some are still to come.
    private func handle(
        _ delivered: Delivered, _ feed: PullFeed, _ keeper: ResultKeeper, askNext: () -> Void
    ) throws(SpikelineError) {
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
            return
        }
        var result = JobResult(job)
        let isAgain = delivered.deliveries > 1
        if isAgain { try keeper.waitUntilStored() }
        (result.worker, result.tries) = (name, isAgain ? try written(job, delivered) : 1)
        if isShort, !isAgain, keeper.isKeepingUp { askNext() }
        let begin = MonotonicClock.nanoseconds()
        func elapsed() -> Double { Double(MonotonicClock.nanoseconds() - begin) / 1e9 }
        if result.tries > options.tries {
            result.reason = "\(result.tries - 1) workers took it and none gave a result; they were lost or ended by it"
        } else {
            do { result.records = try records(of: job) } catch {
                if error.cause == .lost, result.tries < options.tries {
                    notice("\(job.id): given back after try \(result.tries): \(error)")
                    pulse.count { $0.givenBack += 1 }
                    pulse.release(delivered)
                    lastSeconds = elapsed()
                    delivered.giveBack(after: Double(1 << min(result.tries, 6)))
                    stream.connection.flush(seconds: 2)
                    return
                }
                result.reason = "\(error)"
            }
        }
        result.seconds = elapsed()
        lastSeconds = result.seconds
        pulse.run(false)
        pulse.count { $0.busySeconds += result.seconds }
        // What has waited so long may soon be another's; the server shall say who does it.
        if feed.age > min(JobWorker.patience + 0.1, answerSeconds / 2) { feed.giveBack(answerSeconds: answerSeconds) }
        if !isAgain { askNext() }
        try keeper.take(.init(job: job, result: result, delivered: delivered))
        if isAgain { try keeper.waitUntilStored() }
    }

    /// Writes down that this worker begins a job that was delivered before; how many have begun it, at most: of the first one nothing is
    /// written.
    private func written(_ job: Job, _ delivered: Delivered) throws(SpikelineError) -> Int {
        let subject = fleet.subject("tries", job.id)
        let last = try stream.last(of: fleet.tries, on: subject)
        let known = last.flatMap { try? JSONValue.read($0)["begun"]?.integerValue }
        // Perhaps the first had only asked for it: that alone fails no job.
        let begun = known.map { min(max($0, 1), 1_000_000) + 1 } ?? min(2, options.tries)
        let body = JSONValue.object([("v", .integer(1)), ("begun", .integer(begun)), ("worker", .string(name))])
        _ = try stream.store(Array(body.text.utf8), on: subject, id: "\(job.id)-\(delivered.reply)")
        return begun
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
