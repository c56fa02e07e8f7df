import SpikeSignals

/// Plays an event recording into a pipeline.
///
/// The pipeline gets events in order of time: one that is earlier than the one before it is left out and counted, see
/// ``EventOrder``. Stream time is zero at the first event.
public final class EventFileSource: Source {
    /// Whether events come at the pace of the clock, or from a file that grows or a pipe that is open.
    public let isLive: Bool
    /// The reader.
    public let reader: EventFileReader
    /// Events left out since they were earlier than one before them.
    public private(set) var eventsOutOfOrder = 0

    private let pace: AudioFileSource.Parameters.Pace
    private var clock = PlaybackClock()
    private var order = EventOrder()

    /// Opens the recording at `path`.
    public init(
        path: String, options: EventFileReader.Options = EventFileReader.Options(),
        pace: AudioFileSource.Parameters.Pace = .asFastAsPossible
    ) throws(SpikelineError) {
        reader = try EventFileReader(path: path, options: options)
        self.pace = pace
        isLive = pace == .realtime || options.follows
    }

    /// Appends the next events to the empty `output`.
    public func read(into output: EventBatch) throws(SpikelineError) -> Bool {
        guard try reader.read(into: output) else { return false }
        eventsOutOfOrder += order.keepOrdered(output)
        if pace == .realtime { clock.wait(until: output.upTo) }
        return true
    }
}

/// Leaves out events that are earlier than one before them.
struct EventOrder {
    /// Before the first event: earlier than all sensor times, and far enough from the ends to calculate with.
    private var latest: Int64 = -(1 << 62)

    /// Removes events of `batch` that are out of order; how many.
    mutating func keepOrdered(_ batch: EventBatch) -> Int {
        let words = unsafe batch.words
        // Offsets are signed: moved up by half their range they compare as unsigned numbers.
        let middle: UInt64 = 1 << 63
        let earliest = max(latest &- batch.timeBase, Int64(Int32.min))
        var limit = UInt64(bitPattern: min(earliest, Int64(Int32.max) + 1) &+ 1 << 31)
        var kept = 0
        for index in 0..<batch.count {
            let word = unsafe words[index]
            let time = (word ^ middle) >> 32
            unsafe words[kept] = word
            kept &+= time >= limit ? 1 : 0
            limit = max(limit, time)
        }
        let dropped = batch.count - kept
        batch.count = kept
        if kept > 0 { latest = max(latest, batch.time(of: batch[kept - 1])) }
        return dropped
    }
}
