/// A block of audio or vibration with a sample clock: mono, or the axes of a sensor interleaved.
///
/// ```
/// channels = 3       samples = x0 y0 z0  x1 y1 z1  x2 y2 z2 ...       a frame is one sample of every channel
/// ```
/// A sample is a 24-bit integer in an `Int32`: full scale is ±2^23 (``fullScale``), so 16-bit PCM enters as
/// `sample << 8` and nothing that a 24-bit converter delivers is lost.
public final class AudioBatch: Batch {
    /// The kind of edge that carries audio.
    public static let kind = PortKind.audio
    /// The magnitude of 0 dBFS: 2^23.
    public static let fullScale: Int32 = 1 << 23

    /// The samples, frame after frame, oldest first, each within ±``fullScale``.
    public var samples: [Int32] = []
    /// Frames per second.
    public var sampleRate = 16_000
    /// Samples that belong to one instant, at least 1; most stages take only 1.
    public var channels = 1
    /// The index in the stream of the first frame of this block.
    public var firstSample: Int64 = 0
    /// Nothing earlier than this will follow.
    public var upTo = StreamTime.zero

    /// An empty block.
    public init() {}

    /// The number of samples.
    public var count: Int { samples.count }

    /// The number of frames: instants with a sample of every channel.
    public var frames: Int { samples.count / max(channels, 1) }

    /// Empties the block and keeps its storage.
    public func removeAll() { samples.removeAll(keepingCapacity: true) }

    /// Sets ``upTo`` to the time just after the last frame.
    public func updateUpTo() { upTo = StreamTime(sample: firstSample + Int64(frames), rate: sampleRate) }
}
