import SpikeEncoders

/// Makes spike counts of a waveform; one per thread.
public protocol ClipEncoder: AnyObject {
    /// The number of channels of a tick.
    var channels: Int { get }
    /// Samples per tick.
    var samplesPerTick: Int { get }
    /// Encodes a clip of 24-bit samples from a fresh start and appends its counts, tick after tick.
    func appendCounts(of clip: [Int32], to counts: inout [UInt8])
}

extension Cochlea: ClipEncoder {
    /// Samples per tick.
    public var samplesPerTick: Int { parameters.samplesPerTick }
}
