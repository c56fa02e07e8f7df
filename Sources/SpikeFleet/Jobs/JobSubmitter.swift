import SpikeSignals

/// Puts a batch of jobs on the queue. The same batch may be submitted again after an interruption: jobs have ids of the
/// batch and their number, and what is there already is not put there twice.
public struct JobSubmitter {
    private let stream: JetStream
    private let fleet: Fleet
    private let store: ChunkStore

    /// A submitter; makes the streams that do not exist yet.
    public init(_ connection: NATSConnection, fleet: Fleet, limits: Fleet.Limits) throws(SpikelineError) {
        stream = JetStream(connection: connection)
        self.fleet = fleet
        store = ChunkStore(stream: stream, fleet: fleet)
        try fleet.prepare(stream, limits)
    }

    /// Stores a recording for workers that cannot read it by its path.
    public func upload(_ bytes: [UInt8]) throws(SpikelineError) -> Job.Upload { try store.put(bytes) }

    /// Puts `job` on the queue; false if it was there already.
    public func submit(_ job: Job) throws(SpikelineError) -> Bool {
        try stream.store(Array(job.jsonValue.text.utf8), on: fleet.subject("jobs", job.id), id: job.id) == .stored
    }

    /// Says that `batch` has `count` jobs, all of them on the queue.
    public func close(batch: String, count: Int) throws(SpikelineError) {
        let body = JSONValue.object([("v", .integer(1)), ("batch", .string(batch)), ("jobs", .integer(count))])
        let data = Array(body.text.utf8)
        let subject = fleet.subject("batches", batch)
        guard try stream.store(data, on: subject, id: "batch-\(batch)", isOnly: true) == .duplicate,
            let there = try stream.last(of: fleet.results, on: subject), there != data
        else { return }
        throw SpikelineError(
            "the batch was submitted before with another number of jobs", at: batch, hint: "Give another --batch")
    }
}
