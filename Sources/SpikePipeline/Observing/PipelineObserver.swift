import SpikeSignals

/// Looks on while a pipeline runs: a page, a table of metrics.
///
/// All is called on the pipeline's thread, so it must be quick, and batches must not be kept: they are filled again.
public protocol PipelineObserver: AnyObject {
    /// The run begins with these stages, in the order of the pipeline.
    func begins(_ stages: [ObservedStage])
    /// A block of source `index` has come, up to `time`, and is about to be carried on.
    func arrived(upTo time: StreamTime, from index: Int)
    /// Stage `index` has given a batch to those that read it.
    func stage(_ index: Int, gave batch: any Batch)
    /// Whether somebody wants to see the spikes within stages; looked at after each batch, for the next.
    var wantsInsight: Bool { get }
    /// Populations within stage `index` have fired so while it worked on a batch; only while ``wantsInsight``.
    func stage(_ index: Int, showed insight: StageInsight)
    /// Source `index` has noticed something about its sensor.
    func noticed(_ faults: RecordBatch, at index: Int)
    /// What the run did so far; a few times a second while blocks come, and once at its end.
    func counted(_ summary: RunSummary)
}

extension PipelineObserver {
    /// Looks at what stages give, not into them.
    public var wantsInsight: Bool { false }
    /// Does nothing with it.
    public func stage(_ index: Int, showed insight: StageInsight) {}
}

/// What an observer is told of a stage before the run.
public struct ObservedStage: Hashable, Sendable {
    /// Its name in the pipeline.
    public var name: String
    /// Its type.
    public var type: String
    /// What it gives; nil for a sink.
    public var output: PortKind?
    /// The stages it reads, as indices.
    public var inputs: [Int]
    /// Whether it is a source whose data comes at its own pace, or as if it did.
    public var isLive: Bool
    /// Names of the outputs of a network that it reads, if it has such.
    public var labels: [String]
    /// The populations within it whose spikes it can show.
    public var populations: [StageInsight.Population]

    /// A stage.
    public init(
        name: String, type: String, output: PortKind?, inputs: [Int] = [], isLive: Bool = false, labels: [String] = [],
        populations: [StageInsight.Population] = []
    ) {
        (self.name, self.type, self.output) = (name, type, output)
        (self.inputs, self.isLive, self.labels, self.populations) = (inputs, isLive, labels, populations)
    }
}

extension Pipeline {
    /// What an observer is told of the stages; whether sources are live is known once they are made.
    func observed(_ running: [RunningStage], isPaced: Bool) -> [ObservedStage] {
        zip(stages, running).map { stage, running in
            var isLive = false
            var populations: [StageInsight.Population] = []
            switch running.stage {
            case .source(let source): isLive = source.isLive || isPaced
            case .transform(let transform): populations = transform.insight?.populations ?? []
            case .sink: break
            }
            let labels = (stage.options.list("labels") ?? []).map { label in
                if case .string(let text) = label { text } else { label.text }
            }
            return ObservedStage(
                name: stage.name, type: stage.descriptor.type, output: stage.descriptor.output, inputs: stage.inputs,
                isLive: isLive, labels: labels, populations: populations)
        }
    }
}
