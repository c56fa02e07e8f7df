import SpikeSignals

/// A pipeline that attends to one run of one sensor; the program makes it, as only it knows the stages.
public protocol SensorPipeline: AnyObject {
    /// Carries a batch of the sensor's kind through all stages; the records that follow, as lines of JSON.
    func push(_ batch: any Batch) throws(SpikelineError) -> [String]
    /// The run has ended; the records that were held back.
    func finish() throws(SpikelineError) -> [String]
    /// What the state belongs to: models and options.
    var fingerprint: UInt64 { get }
    /// Everything that the stages know.
    func snapshot() -> [UInt8]
    /// Goes on from what ``snapshot()`` gave; after an error the pipeline is not to be used.
    func restore(_ bytes: [UInt8]) throws(SpikelineError)
}
