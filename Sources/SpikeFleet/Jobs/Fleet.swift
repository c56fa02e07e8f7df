import SpikeSignals

/// The streams of a fleet: where jobs wait, where their results stay.
///
/// ```
/// NAME.jobs.ID      NAME_JOBS      work queue: a job goes when it is acknowledged
/// NAME.results.ID   NAME_RESULTS   one result for each job, for ever
/// NAME.batches.ID   NAME_RESULTS   how many jobs a batch has
/// NAME.dead.ID      NAME_DEAD      failed jobs with the reason
/// NAME.tries.ID     NAME_TRIES     how many workers have begun a job that was delivered again, for seven days
/// NAME.files.D.N    NAME_FILES     chunk N of the file with SHA-256 D, for seven days
/// NAME.workers.ID   NAME_WORKERS   what a worker last said of itself, for a minute
/// ```
public struct Fleet: Sendable {
    /// How an operator wants streams that do not exist yet.
    public struct Limits: Sendable {
        /// How many jobs may wait; nil for any number.
        public var waitingJobs: Int?
        /// After how many seconds without a word from its worker a job is delivered to another.
        public var answerSeconds = 30.0
        /// How many servers of a cluster keep each stream: 1, 3 or 5.
        public var replicas = 1

        /// One server, any number of jobs.
        public init() {}
    }

    /// The name, the first level of all subjects.
    public let name: String

    /// The fleet called `name`: 1 to 32 letters, digits, _ or -.
    public init(name: String = "spikeline") throws(SpikelineError) {
        guard Fleet.isSimple(name, longest: 32) else {
            throw SpikelineError("the name of a fleet is 1 to 32 letters, digits, _ or -, found \"\(name.prefix(40))\"")
        }
        self.name = name
    }

    /// Whether `text` may be a level of a subject and a part of a stream's name.
    static func isSimple(_ text: String, longest: Int) -> Bool {
        (1...longest).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The workers' shared place in the queue.
    static let consumer = "workers"

    var jobs: String { "\(name)_JOBS" }
    var results: String { "\(name)_RESULTS" }
    var dead: String { "\(name)_DEAD" }
    var tries: String { "\(name)_TRIES" }
    var files: String { "\(name)_FILES" }
    var workers: String { "\(name)_WORKERS" }

    func subject(_ kind: String, _ id: String) -> String { "\(name).\(kind).\(id)" }

    /// Makes the stream in which workers say how they do, if there is none.
    func prepareWorkers(_ stream: JetStream, replicas: Int) throws(SpikelineError) {
        let minute = 60_000_000_000
        try stream.makeStream(
            workers,
            [
                ("subjects", .array([.string("\(name).workers.*")])), ("max_msgs_per_subject", .integer(1)),
                ("max_age", .integer(minute)), ("duplicate_window", .integer(minute)),
                ("num_replicas", .integer(replicas)), ("allow_direct", .bool(true)),
            ])
    }

    /// Makes what does not exist yet; what exists stays as its operator wants it.
    func prepare(_ stream: JetStream, _ limits: Limits) throws(SpikelineError) {
        let hour = 3_600_000_000_000
        let window = ("duplicate_window", JSONValue.integer(hour))
        let common: [(String, JSONValue)] = [
            ("num_replicas", .integer(limits.replicas)), ("discard", .string("new")), ("allow_direct", .bool(true)),
        ]
        func subjects(_ kinds: String...) -> (String, JSONValue) {
            ("subjects", .array(kinds.map { .string("\(name).\($0)") }))
        }
        try stream.makeStream(
            jobs,
            [
                subjects("jobs.*"), ("retention", .string("workqueue")), window,
                ("max_msgs", .integer(limits.waitingJobs ?? -1)),
            ] + common)
        try stream.makeStream(results, [subjects("results.*", "batches.*"), window] + common)
        try stream.makeStream(dead, [subjects("dead.*"), window] + common)
        try stream.makeStream(
            tries,
            [
                subjects("tries.*"), window, ("max_msgs_per_subject", .integer(1)),
                ("max_age", .integer(7 * 24 * hour)), ("num_replicas", .integer(limits.replicas)),
                ("allow_direct", .bool(true)),
            ])
        try stream.makeStream(files, [subjects("files.*.*"), window, ("max_age", .integer(7 * 24 * hour))] + common)
        try prepareWorkers(stream, replicas: limits.replicas)
        try stream.makeConsumer(
            Fleet.consumer, of: jobs,
            [
                ("ack_policy", .string("explicit")), ("ack_wait", .integer(Int(limits.answerSeconds * 1e9))),
                ("max_deliver", .integer(-1)), ("max_ack_pending", .integer(100_000)),
            ])
    }
}
