/// Consecutive ticks of readout potentials: for each tick one integer per output of the network.
public final class PotentialBatch: Batch {
    /// The kind of edge that carries potentials.
    public static let kind = PortKind.potentials

    /// How many outputs the network has.
    public var outputs = 0
    /// The length of a tick in nanoseconds.
    public var tickNanoseconds: Int64 = 10_000_000
    /// The index in the stream of the first tick of this batch.
    public var firstTick: Int64 = 0
    /// The potentials, tick-major: output `k` of tick `i` is at `i * outputs + k`.
    public var potentials: [Int32] = []
    /// For each tick, the sound level in hundredths of a dB relative to full scale, as in ``SpikeBatch/levels``.
    public var levels: [Int16] = []
    /// Nothing earlier than this will follow.
    public var upTo = StreamTime.zero

    /// An empty batch.
    public init() {}

    /// The number of ticks.
    public var count: Int { levels.count }

    /// Empties the batch and keeps its storage.
    public func removeAll() {
        potentials.removeAll(keepingCapacity: true)
        levels.removeAll(keepingCapacity: true)
    }
}
