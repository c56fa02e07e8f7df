/// Records on their way to the sinks, oldest first.
public final class RecordBatch: Batch {
    /// The kind of edge that carries records.
    public static let kind = PortKind.records

    /// The records, oldest first.
    public var records: [Record] = []
    /// Nothing earlier than this will follow.
    public var upTo = StreamTime.zero

    /// An empty batch.
    public init() {}

    /// The number of records.
    public var count: Int { records.count }

    /// Empties the batch and keeps its storage.
    public func removeAll() { records.removeAll(keepingCapacity: true) }
}
