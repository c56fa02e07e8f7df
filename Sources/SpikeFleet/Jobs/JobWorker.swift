import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Takes jobs from the queue, one at a time, and stores their results.
///
/// ```
/// pull ─► run, saying "+WPI" meanwhile ─► ask for the next ─► store the result ─► acknowledge
///          │ killed: delivered again                           │ killed: delivered again; the server refuses a second result
/// ```
/// The next job comes on its way with the server's word that the result is stored, so a job waits for one answer and not for
/// three. It is asked for when the one before has run and not earlier: no job waits behind a long one while others are idle, and
/// a job that ends its workers takes none with it.
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
    private let notice: (String) -> Void
    private let pulse: Pulse
    /// The name: host and process.
    public let name: String
    /// What it has done so far.
    public private(set) var counts = Counts()

    /// A worker; makes the streams that do not exist yet. `notice` gets what people should know.
    public init(
        _ connection: NATSConnection, fleet: Fleet, limits: Fleet.Limits, options: Options,
        notice: @escaping (String) -> Void, run: @escaping Run
    ) throws(SpikelineError) {
        stream = JetStream(connection: connection)
        (self.fleet, self.options, self.run, self.notice) = (fleet, options, run, notice)
        store = ChunkStore(stream: stream, fleet: fleet)
        try fleet.prepare(stream, limits)
        let info = try stream.ask("CONSUMER.INFO.\(fleet.jobs).\(Fleet.consumer)", nil)
        let wait = info?["config"]?["ack_wait"]?.integerValue ?? 30_000_000_000
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
        let patience = options.isOnce ? 0.2 : 1
        try pulse.start()
        defer {
            feed.close()
            pulse.stop()
        }
        var silentSince: Int64?
        while !isStopped() {
            feed.ask(seconds: patience)
            switch try feed.take() {
            case .message(let delivered):
                silentSince = nil
                pulse.hold(delivered)
                defer { pulse.hold(nil) }
                try handle(delivered) { if !isStopped() { feed.ask(seconds: patience) } }
                pulse.heard(counts)
            case .nothing:
                silentSince = nil
                pulse.heard(counts)
                if options.isOnce, try isQueueEmpty() { return }
            case .silence:
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

    /// Does a job; `whenRun` is called when it has run and its result is not stored yet.
    private func handle(_ delivered: Delivered, whenRun: () -> Void) throws(SpikelineError) {
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
            counts.failed += 1
            return delivered.acknowledge()
        }
        var result = JobResult(job)
        (result.worker, result.tries) = (name, delivered.deliveries)
        let begin = MonotonicClock.nanoseconds()
        if delivered.deliveries > options.tries {
            result.reason =
                "\(delivered.deliveries - 1) workers took it and none gave a result; they were lost or ended by it"
        } else {
            do { result.records = try records(of: job) } catch {
                if error.cause == .lost, delivered.deliveries < options.tries {
                    notice("\(job.id): given back after try \(delivered.deliveries): \(error)")
                    counts.givenBack += 1
                    return delivered.giveBack(after: Double(1 << min(delivered.deliveries, 6)))
                }
                result.reason = "\(error)"
            }
        }
        result.seconds = Double(MonotonicClock.nanoseconds() - begin) / 1e9
        counts.busySeconds += result.seconds
        whenRun()
        try keep(result, of: job)
        delivered.acknowledge()
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

    /// Stores the result, once for all workers; that of a failed job also among the dead letters.
    private func keep(_ result: JobResult, of job: Job) throws(SpikelineError) {
        if let reason = result.reason {
            let body = JSONValue.object([("v", .integer(1)), ("reason", .string(reason)), ("job", job.jsonValue)])
            _ = try stream.store(Array(body.text.utf8), on: fleet.subject("dead", job.id), id: job.id, isOnly: true)
            notice("\(job.id): failed: \(reason)")
        }
        var data = Array(result.jsonValue().text.utf8)
        // A server takes a megabyte; many records go the way of recordings.
        if data.count > min(ChunkStore.chunk * 2, stream.connection.largestMessage - 4_096) {
            let upload = try store.put(Array(JSONValue.array(result.records).text.utf8))
            data = Array(result.jsonValue(stored: upload).text.utf8)
        }
        switch try stream.store(data, on: fleet.subject("results", job.id), id: job.id, isOnly: true) {
        case .stored where result.reason == nil:
            counts.done += 1
            counts.records += result.records.count
        case .stored: counts.failed += 1
        case .duplicate: counts.duplicates += 1
        }
    }
}
