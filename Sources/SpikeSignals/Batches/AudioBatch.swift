/// A block of mono audio with a sample clock.
///
/// A sample is a 24-bit integer in an `Int32`: full scale is ±2^23 (``fullScale``), so 16-bit PCM enters as
/// `sample << 8` and nothing that a 24-bit converter delivers is lost.
public final class AudioBatch: Batch {
    /// The kind of edge that carries audio.
    public static let kind = PortKind.audio
    /// The magnitude of 0 dBFS: 2^23.
    public static let fullScale: Int32 = 1 << 23

    /// The samples, oldest first, each within ±``fullScale``.
    public var samples: [Int32] = []
    /// Samples per second.
    public var sampleRate = 16_000
    /// The index in the stream of the first sample of this block.
    public var firstSample: Int64 = 0
    /// Nothing earlier than this will follow.
    public var upTo = StreamTime.zero

    /// An empty block.
    public init() {}

    /// The number of samples.
    public var count: Int { samples.count }

    /// Empties the block and keeps its storage.
    public func removeAll() { samples.removeAll(keepingCapacity: true) }

    /// Sets ``upTo`` to the time just after the last sample.
    public func updateUpTo() { upTo = StreamTime(sample: firstSample + Int64(samples.count), rate: sampleRate) }
}
