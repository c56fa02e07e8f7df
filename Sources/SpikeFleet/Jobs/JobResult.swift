import SpikeSignals

/// What became of a job.
public struct JobResult: Sendable {
    /// The job's id.
    public var id: String
    /// Its batch.
    public var batch: String
    /// Its number in the batch.
    public var index: Int
    /// The recording.
    public var file: String
    /// Why it failed; nil if it is done.
    public var reason: String?
    /// The records that the pipeline made, as JSON objects.
    public var records: [JSONValue] = []
    /// Who has worked on it.
    public var worker = ""
    /// How often it was tried, this time included.
    public var tries = 1
    /// How long it took, in seconds, the fetching of the recording included.
    public var seconds = 0.0

    /// Nothing yet of `job`.
    init(_ job: Job) { (id, batch, index, file) = (job.id, job.batch, job.index, job.file) }

    /// The result as one JSON object; `records` are elsewhere if `stored` says where.
    func jsonValue(stored: Job.Upload? = nil) -> JSONValue {
        var fields: [(String, JSONValue)] = [
            ("v", .integer(1)), ("kind", .string("job_result")), ("job", .string(id)), ("batch", .string(batch)),
            ("index", .integer(index)), ("file", .string(file)),
            ("status", .string(reason == nil ? "done" : "failed")),
        ]
        if let reason { fields.append(("reason", .string(reason))) }
        if let stored {
            fields += [("records_sha256", .string(stored.digest)), ("records_bytes", .integer(stored.bytes))]
        } else {
            fields.append(("records", .array(records)))
        }
        fields += [
            ("worker", .string(worker)), ("tries", .integer(tries)), ("seconds", .fixed(seconds, decimals: 6)),
        ]
        return .object(fields)
    }

    /// The result as one JSON object with its records.
    public var jsonValue: JSONValue { jsonValue() }

    /// Reads a result; records that are elsewhere are fetched with `fetch`.
    init(_ data: [UInt8], fetch: (Job.Upload) throws(SpikelineError) -> [UInt8]) throws(SpikelineError) {
        let json = try JobResult.read(data)
        guard json["v"]?.integerValue == 1, let id = json["job"]?.stringValue, let batch = json["batch"]?.stringValue,
            let index = json["index"]?.integerValue, let file = json["file"]?.stringValue,
            let status = json["status"]?.stringValue, status == "done" || json["reason"]?.stringValue != nil
        else { throw SpikelineError("expected a result of version 1, found another message in the stream") }
        (self.id, self.batch, self.index, self.file) = (id, batch, index, file)
        reason = status == "done" ? nil : json["reason"]?.stringValue
        worker = json["worker"]?.stringValue ?? ""
        tries = json["tries"]?.integerValue ?? 1
        if case .fixed(let seconds, _)? = json["seconds"] { self.seconds = seconds }
        if let digest = json["records_sha256"]?.stringValue, let bytes = json["records_bytes"]?.integerValue,
            Digest.isValid(digest), bytes >= 0
        {
            records = try JobResult.read(fetch(Job.Upload(digest: digest, bytes: bytes))).arrayValue ?? []
        } else {
            records = json["records"]?.arrayValue ?? []
        }
    }

    private static func read(_ data: [UInt8]) throws(SpikelineError) -> JSONValue {
        do { return try JSONValue.read(data) } catch {
            throw SpikelineError("the result is no JSON: \(error.what) at byte \(error.offset)")
        }
    }
}
