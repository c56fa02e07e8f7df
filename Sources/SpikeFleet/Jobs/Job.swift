import SpikeSignals

/// A recording and the pipeline to run over it, as it travels.
public struct Job: Hashable, Sendable {
    /// The largest pipeline that travels, in bytes.
    public static let largestPipeline = 1 << 16

    /// A file that was uploaded.
    public struct Upload: Hashable, Sendable {
        /// Its SHA-256 in hexadecimal.
        public var digest: String
        /// Its size in bytes.
        public var bytes: Int
    }

    /// The batch that it was submitted with.
    public var batch: String
    /// Its number in the batch, from 1.
    public var index: Int
    /// The recording, by a path that submitter and worker share, or its name if it was uploaded.
    public var file: String
    /// The uploaded recording; nil if it is read by its path.
    public var upload: Upload?
    /// The text of the pipeline.
    public var pipeline: String
    /// Where the pipeline stood; relative paths in it start from there.
    public var pipelinePath: String
    /// Changes of options, each `STAGE.KEY=VALUE`.
    public var settings: [String]

    /// A job; see the properties.
    public init(
        batch: String, index: Int, file: String, upload: Upload? = nil, pipeline: String, pipelinePath: String,
        settings: [String] = []
    ) {
        self.batch = batch
        self.index = index
        self.file = file
        self.upload = upload
        self.pipeline = pipeline
        self.pipelinePath = pipelinePath
        self.settings = settings
    }

    /// The id: the same whenever the same batch is submitted again.
    public var id: String { "\(batch)-\(index)" }

    /// The job as it travels.
    public var jsonValue: JSONValue {
        var fields: [(String, JSONValue)] = [
            ("v", .integer(1)), ("batch", .string(batch)), ("index", .integer(index)), ("file", .string(file)),
        ]
        if let upload { fields += [("sha256", .string(upload.digest)), ("bytes", .integer(upload.bytes))] }
        fields += [
            ("pipeline", .string(pipeline)), ("pipeline_path", .string(pipelinePath)),
            ("set", .array(settings.map { .string($0) })),
        ]
        return .object(fields)
    }

    /// Reads a job from a message that may hold anything.
    ///
    /// - Throws: what is wrong with it; nothing is read or run on its behalf before.
    public init(_ data: [UInt8]) throws(SpikelineError) {
        let json: JSONValue
        do { json = try JSONValue.read(data, deepest: 4) } catch {
            throw SpikelineError("the job is no JSON: \(error.what) at byte \(error.offset)")
        }
        guard json["v"]?.integerValue == 1 else { throw SpikelineError("expected a job of version 1, found another") }
        func text(_ name: String, _ longest: Int) throws(SpikelineError) -> String {
            guard let text = json[name]?.stringValue, (1...longest).contains(text.utf8.count), !text.utf8.contains(0)
            else { throw SpikelineError("expected \"\(name)\" of 1 to \(longest) bytes in the job, found none") }
            return text
        }
        batch = try text("batch", 64)
        guard Fleet.isSimple(batch, longest: 64) else {
            throw SpikelineError("the batch of the job has no simple name")
        }
        guard let index = json["index"]?.integerValue, (1...100_000_000).contains(index) else {
            throw SpikelineError("expected \"index\" from 1 to 100000000 in the job, found none")
        }
        self.index = index
        file = try text("file", 4_096)
        pipeline = try text("pipeline", Job.largestPipeline)
        pipelinePath = try text("pipeline_path", 4_096)
        if json["sha256"] != nil {
            let digest = try text("sha256", 64)
            guard Digest.isValid(digest), let bytes = json["bytes"]?.integerValue, bytes >= 0 else {
                throw SpikelineError("expected \"sha256\" and \"bytes\" of an upload in the job, found other values")
            }
            upload = Upload(digest: digest, bytes: bytes)
        }
        let listed = json["set"]?.arrayValue ?? []
        settings = listed.compactMap(\.stringValue)
        guard settings.count == listed.count, listed.count <= 100 else {
            throw SpikelineError("expected at most 100 texts in \"set\" of the job, found something else")
        }
    }
}
