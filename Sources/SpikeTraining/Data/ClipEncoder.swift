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

/// A cochlea whose ticks are gathered in groups, each of its ticks being a phase of the longer tick.
///
/// Two ticks of 10 ms with 40 channels become one of 20 ms with 80: channel `phase * 40 + filter`. The order of the
/// counts is the same.
public final class PhasedCochlea: ClipEncoder {
    /// Channels of a longer tick.
    public let channels: Int
    /// Samples of a longer tick.
    public let samplesPerTick: Int
    private let cochlea: Cochlea

    /// Gathers `phases` ticks of `cochlea` into one.
    public init(_ cochlea: Cochlea, phases: Int) {
        self.cochlea = cochlea
        channels = cochlea.channels * phases
        samplesPerTick = cochlea.parameters.samplesPerTick * phases
    }

    /// Encodes a clip; see ``ClipEncoder``.
    public func appendCounts(of clip: [Int32], to counts: inout [UInt8]) { cochlea.appendCounts(of: clip, to: &counts) }
}
