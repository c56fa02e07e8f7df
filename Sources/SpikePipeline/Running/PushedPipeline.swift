import SpikeSignals

/// A pipeline without its source: batches are pushed in by whoever has them, and what they lead to has happened when the
/// push returns.
///
/// ```swift
/// let pushed = try PushedPipeline(pipeline)
/// try pushed.push(batch)                       // through all stages, to the sinks
/// let state = pushed.snapshot()                // between two pushes: everything that the stages know
/// ```
/// All runs on the thread that pushes. A pushed pipeline does what ``PipelineGraph`` does with the same batches.
public final class PushedPipeline {
    /// What its source would give.
    public let input: PortKind
    private let source: RunningStage
    private let resumable: [(name: String, stage: any Resumable)]
    private static let magic: UInt64 = 0x3150_4950_4C4B_5053  // "SPKLPIP1"
    private let place: String

    /// Makes the stages of a pipeline with one source; the source is made, but not read.
    ///
    /// - Throws: the complaints of stages that cannot be made; or, as ``SpikelineError``, that a stage cannot be resumed or
    ///   merges several inputs, so that a snapshot would not be whole.
    public init(_ pipeline: Pipeline) throws {
        let place = pipeline.name
        let sources = pipeline.stages.indices.filter { pipeline.stages[$0].descriptor.role == .source }
        guard sources.count == 1, let index = sources.first, let input = pipeline.stages[index].descriptor.output else {
            throw SpikelineError("expected a pipeline with one source, found \(sources.count)", at: place)
        }
        let running = try pipeline.makeStages()
        var resumable: [(name: String, stage: any Resumable)] = []
        for (stage, made) in zip(pipeline.stages, running) {
            guard stage.inputs.count <= 1 else {
                throw SpikelineError(
                    "\"\(stage.name)\" reads \(stage.inputs.count) stages, expected 1: what it holds back is not kept",
                    at: place, hint: "Give each stage a sink of its own")
            }
            guard case .transform(let transform) = made.stage else { continue }
            guard let kept = transform.resumable else {
                throw SpikelineError(
                    "the state of \"\(stage.name)\" (\(stage.descriptor.type)) cannot be kept, so nobody could go on "
                        + "with it", at: place, hint: "Let the board with the sensor run it, and send what it gives")
            }
            resumable.append((stage.name, kept))
        }
        (self.input, self.place, source, self.resumable) = (input, place, running[index], resumable)
    }

    /// Carries a batch of the source's kind to the sinks.
    public func push(_ batch: any Batch) throws(SpikelineError) { try source.give(batch) }

    /// The stream has ended; nothing is pushed any more.
    public func finish() throws(SpikelineError) { try source.finishReaders() }

    /// What the state belongs to: the stages' models and options.
    public var fingerprint: UInt64 {
        var sum = Fingerprint()
        for (name, stage) in resumable {
            sum.add(name)
            sum.add(stage.fingerprint)
        }
        return sum.value
    }

    /// Everything that the stages know; see ``Resumable``.
    public func snapshot() -> [UInt8] {
        Snapshot.seal(PushedPipeline.magic, fingerprint) { writer in
            for (_, stage) in resumable { writer.append(stage.snapshot()) }
        }
    }

    /// Goes on from what ``snapshot()`` gave; after an error the pipeline is not to be used.
    public func restore(_ bytes: [UInt8]) throws(SpikelineError) {
        var reader = try Snapshot.open(bytes, magic: PushedPipeline.magic, fingerprint: fingerprint, at: place)
        var ticks: Int64?
        for (name, stage) in resumable {
            guard let kept = reader.list(limit: bytes.count, of: UInt8.self) else { throw Snapshot.damaged(at: place) }
            try stage.restore(kept)
            // One that counts in other ticks would fail with the first batch, on every worker in turn.
            if let expected = ticks, let found = stage.tickLength, found != expected {
                throw Snapshot.otherTicks(found, expected: expected, at: "\(place): stage \"\(name)\"")
            }
            ticks = ticks ?? stage.tickLength
        }
        guard reader.isAtEnd else { throw Snapshot.damaged(at: place) }
    }
}
