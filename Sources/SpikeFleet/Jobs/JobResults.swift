import SpikeSignals

/// Reads the results of a fleet and checks that they are complete.
public struct JobResults {
    /// What has been found so far.
    public struct Tally: Hashable, Sendable {
        /// Jobs of the batches that were submitted to their end.
        public var submitted = 0
        /// Jobs that are done.
        public var done = 0
        /// Jobs that failed.
        public var failed = 0
        /// Results beyond the first of a job; the server lets none in.
        public var doubled = 0
        /// Whether every job has its one result.
        public var isComplete: Bool { submitted > 0 && submitted == done + failed && doubled == 0 }

        /// Nothing yet.
        public init() {}

        /// The tally as one JSON object.
        public var jsonValue: JSONValue {
            .object([
                ("v", .integer(1)), ("kind", .string("job_tally")), ("submitted", .integer(submitted)),
                ("done", .integer(done)), ("failed", .integer(failed)), ("doubled", .integer(doubled)),
                ("complete", .bool(isComplete)),
            ])
        }
    }

    private let stream: JetStream
    private let fleet: Fleet
    private let store: ChunkStore
    private let batch: String?
    private var next: UInt64 = 1
    private var nextBatch: UInt64 = 1
    private var seen: Set<String> = []
    private var batches: Set<String> = []
    /// What has been found so far.
    public private(set) var tally = Tally()

    /// Results of `batch`, or of all.
    public init(_ connection: NATSConnection, fleet: Fleet, batch: String?) throws(SpikelineError) {
        stream = JetStream(connection: connection)
        (self.fleet, self.batch) = (fleet, batch)
        store = ChunkStore(stream: stream, fleet: fleet)
        guard try stream.ask("STREAM.INFO.\(fleet.results)", nil, allowed: [10_059]) != nil else {
            throw SpikelineError("there is no fleet \"\(fleet.name)\"", at: stream.place, hint: "Submit jobs first")
        }
    }

    /// Hands over the results that have come since the last call.
    public mutating func read(_ take: (JobResult) throws(SpikelineError) -> Void) throws(SpikelineError) {
        while let message = try stream.message(
            of: fleet.results, from: nextBatch, on: fleet.subject("batches", batch ?? "*"))
        {
            nextBatch = message.sequence + 1
            guard let json = try? JSONValue.read(message.data), let name = json["batch"]?.stringValue,
                let count = json["jobs"]?.integerValue, (0...100_000_000).contains(count),
                batches.insert(name).inserted
            else { continue }
            tally.submitted += count
        }
        while let message = try stream.message(of: fleet.results, from: next, on: fleet.subject("results", "*")) {
            next = message.sequence + 1
            let result = try JobResult(message.data) { (upload) throws(SpikelineError) in
                try store.get(upload, largest: 1 << 30)
            }
            if let batch, result.batch != batch { continue }
            guard seen.insert(result.id).inserted else {
                tally.doubled += 1
                continue
            }
            if result.reason == nil { tally.done += 1 } else { tally.failed += 1 }
            try take(result)
        }
    }
}
