/// Where data enters: a file, a microphone, a socket.
public protocol Source<Output>: AnyObject {
    /// What the source delivers.
    associatedtype Output: Batch
    /// Whether the data arrives at its own pace (a microphone) and not at ours (a file).
    var isLive: Bool { get }
    /// What the stage counts besides its items, for the summary of a run; see ``StageCounters``.
    var counters: StageCounters { get }
    /// What the source notices about its own sensor, for the sinks of the pipeline; see ``SensorFaults``.
    var faults: SensorFaults { get }
    /// Appends the next block to the empty `output`, waiting for it if it must.
    ///
    /// - Returns: false when the stream has ended and nothing was appended.
    func read(into output: Output) throws(SpikelineError) -> Bool
}

extension Source {
    /// Counts nothing besides its items.
    public var counters: StageCounters { .none }
    /// Notices no faults.
    public var faults: SensorFaults { .none }
}

/// Turns one kind of batch into another, synchronously.
///
/// A transform is deterministic: cutting the same input into other batches gives the same output.
public protocol Transform<Input, Output>: AnyObject {
    /// What the transform takes.
    associatedtype Input: Batch
    /// What the transform makes.
    associatedtype Output: Batch
    /// What the stage counts besides its items, for the summary of a run; see ``StageCounters``.
    var counters: StageCounters { get }
    /// The spikes of populations within the stage, for those who look on; nil if it has none.
    var insight: StageInsight? { get }
    /// Consumes `input` and appends what follows from it to the empty `output`, and sets `output.upTo`.
    func process(_ input: Input, into output: Output) throws(SpikelineError)
    /// Appends more of what follows from the last input to the empty `output`: what did not fit one batch.
    ///
    /// Called after ``process(_:into:)`` until it returns false; the input stays as it is meanwhile.
    ///
    /// - Returns: false if that was all and nothing was appended.
    func processMore(into output: Output) throws(SpikelineError) -> Bool
    /// The stream has ended: appends what was still held back.
    func finish(into output: Output) throws(SpikelineError)
}

extension Transform {
    /// Counts nothing besides its items.
    public var counters: StageCounters { .none }
    /// Shows nothing of its inside.
    public var insight: StageInsight? { nil }
    /// One batch always suffices.
    public func processMore(into output: Output) throws(SpikelineError) -> Bool { false }
    /// Holds nothing back.
    public func finish(into output: Output) throws(SpikelineError) {}
}

/// Where data leaves: standard output, a file, a broker.
public protocol Sink<Input>: AnyObject {
    /// What the sink takes.
    associatedtype Input: Batch
    /// What the stage counts besides its items, for the summary of a run; see ``StageCounters``.
    var counters: StageCounters { get }
    /// Delivers the batch.
    func consume(_ input: Input) throws(SpikelineError)
    /// The stream has ended: delivers what was still held back and closes.
    func finish() throws(SpikelineError)
}

extension Sink {
    /// Counts nothing besides its items.
    public var counters: StageCounters { .none }
    /// Holds nothing back.
    public func finish() throws(SpikelineError) {}
}
