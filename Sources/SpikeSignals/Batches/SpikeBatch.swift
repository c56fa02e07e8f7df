/// The spikes of one channel in one tick.
public struct ChannelSpikes: Hashable, Sendable {
    /// Which channel fired, from 0.
    public var channel: UInt16
    /// How often it fired within the tick, at least 1.
    public var count: UInt16

    /// `count` spikes on `channel`.
    public init(channel: UInt16, count: UInt16) {
        self.channel = channel
        self.count = count
    }
}

/// Consecutive ticks of spikes: for each tick, the channels that fired and how often.
///
/// ```
/// ticks      |   0   |  1  |     2     |        tickEnds = [2, 2, 5]
/// spikes     | c3 c7 |     | c1 c3 c9  |        spikes   = [c3, c7, c1, c3, c9]
/// ```
/// Silent channels cost nothing; within a tick the channels ascend.
public final class SpikeBatch: Batch {
    /// The kind of edge that carries spikes.
    public static let kind = PortKind.spikes

    /// How many channels the stream has; every `channel` is below it.
    public var channels = 0
    /// The length of a tick in nanoseconds.
    public var tickNanoseconds: Int64 = 10_000_000
    /// The index in the stream of the first tick of this batch; tick `i` covers `[i, i + 1) * tickNanoseconds`.
    public var firstTick: Int64 = 0
    /// What the channels stand for, if the encoder says so.
    public var legend: ChannelLegend?
    /// All spikes, tick after tick.
    public private(set) var spikes: [ChannelSpikes] = []
    /// For each tick, the end of its part of ``spikes``.
    public private(set) var tickEnds: [Int] = []
    /// For each tick, the sound level at the sensor in hundredths of a dB relative to full scale, or
    /// ``unknownLevel``.
    public private(set) var levels: [Int16] = []
    /// Nothing earlier than this will follow.
    public var upTo = StreamTime.zero

    /// The level of a tick whose sensor has no notion of loudness.
    public static let unknownLevel = Int16.min

    /// An empty batch.
    public init() {}

    /// The number of ticks.
    public var count: Int { tickEnds.count }

    /// Empties the batch and keeps its storage.
    public func removeAll() {
        spikes.removeAll(keepingCapacity: true)
        tickEnds.removeAll(keepingCapacity: true)
        levels.removeAll(keepingCapacity: true)
    }

    /// Adds spikes to the tick that is being filled; channels ascend within a tick.
    public func append(channel: Int, count: Int) {
        spikes.append(
            ChannelSpikes(channel: UInt16(truncatingIfNeeded: channel), count: UInt16(truncatingIfNeeded: count)))
    }

    /// Adds many spikes to the tick that is being filled; their channels ascend and are above those it has.
    public func append(contentsOf spikes: UnsafeBufferPointer<ChannelSpikes>) {
        unsafe self.spikes.append(contentsOf: spikes)
    }

    /// Ends the tick that is being filled, also when nothing fired in it, and advances ``upTo`` to its end.
    public func endTick(level: Int16 = SpikeBatch.unknownLevel) {
        tickEnds.append(spikes.count)
        levels.append(level)
        upTo = StreamTime(nanoseconds: (firstTick + Int64(tickEnds.count)) * tickNanoseconds)
    }

    /// The part of ``spikes`` that belongs to tick `index` of this batch.
    public func range(ofTick index: Int) -> Range<Int> {
        (index == 0 ? 0 : tickEnds[index - 1])..<tickEnds[index]
    }
}
