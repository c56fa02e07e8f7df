/// A source, transform or sink whose batch types the runner need not know.
public enum AnyStage {
    /// A source.
    case source(AnySource)
    /// A transform.
    case transform(AnyTransform)
    /// A sink.
    case sink(AnySink)

    /// What the stage counts besides its items.
    public var counters: StageCounters {
        switch self {
        case .source(let source): source.counters
        case .transform(let transform): transform.counters
        case .sink(let sink): sink.counters
        }
    }
}

/// A ``Source`` with its batch type erased.
public struct AnySource {
    /// What it delivers.
    public let output: PortKind
    /// Whether the data arrives at its own pace.
    public let isLive: Bool
    /// Makes an empty batch of the kind it delivers.
    public let makeOutput: () -> any Batch
    /// ``Source/read(into:)``.
    public let read: (any Batch) throws(SpikelineError) -> Bool
    /// What it counts besides its items.
    public let counters: StageCounters
    /// What it notices about its own sensor.
    public let faults: SensorFaults

    /// Erases `source`.
    public init<S: Source>(_ source: S) {
        counters = source.counters
        faults = source.faults
        output = S.Output.kind
        isLive = source.isLive
        makeOutput = { S.Output() }
        read = { (batch) throws(SpikelineError) in try source.read(into: typed(batch)) }
    }
}

/// A ``Transform`` with its batch types erased.
public struct AnyTransform {
    /// What it takes.
    public let input: PortKind
    /// What it makes.
    public let output: PortKind
    /// Makes an empty batch of the kind it makes.
    public let makeOutput: () -> any Batch
    /// ``Transform/process(_:into:)``.
    public let process: (any Batch, any Batch) throws(SpikelineError) -> Void
    /// ``Transform/processMore(into:)``.
    public let processMore: (any Batch) throws(SpikelineError) -> Bool
    /// ``Transform/finish(into:)``.
    public let finish: (any Batch) throws(SpikelineError) -> Void
    /// What it counts besides its items.
    public let counters: StageCounters
    /// The spikes of populations within it; nil if it has none.
    public let insight: StageInsight?
    /// The transform as one whose state can be kept; nil if it cannot.
    public let resumable: (any Resumable)?

    /// Erases `transform`.
    public init<T: Transform>(_ transform: T) {
        counters = transform.counters
        insight = transform.insight
        resumable = transform as? any Resumable
        input = T.Input.kind
        output = T.Output.kind
        makeOutput = { T.Output() }
        process = { (input, output) throws(SpikelineError) in
            try transform.process(typed(input), into: typed(output))
        }
        processMore = { (output) throws(SpikelineError) in try transform.processMore(into: typed(output)) }
        finish = { (output) throws(SpikelineError) in try transform.finish(into: typed(output)) }
    }
}

/// A ``Sink`` with its batch type erased.
public struct AnySink {
    /// What it takes.
    public let input: PortKind
    /// ``Sink/consume(_:)``.
    public let consume: (any Batch) throws(SpikelineError) -> Void
    /// ``Sink/finish()``.
    public let finish: () throws(SpikelineError) -> Void
    /// What it counts besides its items.
    public let counters: StageCounters

    /// Erases `sink`.
    public init<S: Sink>(_ sink: S) {
        counters = sink.counters
        input = S.Input.kind
        consume = { (batch) throws(SpikelineError) in try sink.consume(typed(batch)) }
        finish = { () throws(SpikelineError) in try sink.finish() }
    }
}

private func typed<B: Batch>(_ batch: any Batch) throws(SpikelineError) -> B {
    guard let batch = batch as? B else {
        throw SpikelineError(
            "expected a batch of \(B.kind.rawValue), found \(type(of: batch).kind.rawValue)", at: "pipeline",
            cause: .defect)
    }
    return batch
}
