/// What flows along an edge of a pipeline.
public enum PortKind: String, Sendable, CaseIterable {
    /// Blocks of mono samples (``AudioBatch``).
    case audio
    /// Events of one event camera (``EventBatch``).
    case events
    /// Spikes per tick and channel (``SpikeBatch``).
    case spikes
    /// Readout potentials per tick (``PotentialBatch``).
    case potentials
    /// Detections and faults, for people and programs (``RecordBatch``).
    case records
}

/// A time-ordered, bounded, reusable run of data on one edge.
///
/// A batch is emptied and filled again for the whole life of a pipeline, so its storage is allocated once. It says in
/// ``upTo`` how far the stream has advanced: nothing earlier than that will come any more, also when the batch is
/// empty, so a quiet sensor still moves time.
public protocol Batch: AnyObject {
    /// The kind of edge that carries such batches.
    static var kind: PortKind { get }
    /// An empty batch at the start of the stream.
    init()
    /// Nothing earlier than this will follow.
    var upTo: StreamTime { get set }
    /// How many items (samples, ticks, records) the batch holds.
    var count: Int { get }
    /// Empties the batch and keeps its storage; `upTo` stays.
    func removeAll()
}
