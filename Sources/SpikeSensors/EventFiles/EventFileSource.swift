import SpikeSignals

/// Plays an event recording into a pipeline.
///
/// The pipeline gets events in order of time: one that is earlier than the one before it is left out and counted, see
/// ``EventOrder``. Stream time is zero at the first event. Damage that was passed over and time that went back by more
/// than a millisecond are told as faults of the sensor (``EventFaults``), also of a recording, since what they say is
/// that events are missing here; so is a pause of a file that is followed, when it begins and when it is over
/// (``SensorPresence``).
public final class EventFileSource: Source {
    /// Whether events come at the pace of the clock, or from a file that grows or a pipe that is open.
    public let isLive: Bool
    /// The reader.
    public let reader: EventFileReader
    /// What was counted besides events: ``EventTally``, and what was left out.
    public let counters = StageCounters(EventFileSource.names, troubles: EventFileSource.troubles)
    /// Events left out since they were earlier than one before them.
    public private(set) var eventsOutOfOrder = 0

    private let pace: AudioFileSource.Parameters.Pace
    /// Whether damage is passed over; else it is an error and needs no fault.
    private let isLenient: Bool
    /// Whether a file that is followed grows; nil: it is not followed.
    private var presence: SensorPresence?
    private var bytesSeen: Int64
    private var clock = PlaybackClock()
    private var order = EventOrder()
    private var notes: EventFaults
    /// The time of the last event that the reader gave.
    private var lastTime: Int64?

    private static let names = ["events_out_of_order"] + EventTally.Item.allCases.map(\.name)
    private static let troubles = Set(["events_out_of_order"] + EventTally.Item.troubles.map(\.name))
    /// For how long a file that is followed is waited for before the pipeline hears that nothing came, in nanoseconds.
    private static let patience: Int64 = 100_000_000

    /// Opens the recording at `path`. A file that is followed counts as stalled after `stalledAfterMs` milliseconds in which
    /// it has not grown, once it has given something; 0: never.
    public init(
        path: String, options: EventFileReader.Options = EventFileReader.Options(),
        pace: AudioFileSource.Parameters.Pace = .asFastAsPossible, stalledAfterMs: Int = 5_000
    ) throws(SpikelineError) {
        reader = try EventFileReader(path: path, options: options)
        self.pace = pace
        isLenient = !options.isStrict
        isLive = pace == .realtime || options.follows
        notes = EventFaults(reader.name)
        bytesSeen = reader.bytesReceived
        if options.follows {
            presence = SensorPresence(reader.name, stalledAfterMs: stalledAfterMs, faults: notes.faults)
        }
    }

    /// Damage, jumps back in time, and pauses of a file that is followed.
    public var faults: SensorFaults { notes.faults }

    /// Appends the next events to the empty `output`; none if a file that is followed has not grown for a while.
    public func read(into output: EventBatch) throws(SpikelineError) -> Bool {
        let stepsBack = reader.log.tally[.timeStepsBack]
        var isMore = false
        defer {
            if isLenient { notes.noteDamage(in: reader.log) }
            notes.tell(at: output.upTo, isLast: !isMore)
            publish()
        }
        if presence == nil {
            isMore = try reader.read(into: output)
        } else {
            isMore = try reader.read(into: output, until: MonotonicClock.nanoseconds() + EventFileSource.patience)
            if isMore { notePresence(at: output) }
        }
        guard output.count > 0 else { return isMore }
        let last = output.time(of: output[output.count - 1])
        let isOrdered = reader.log.tally[.timeStepsBack] == stepsBack
        if !isOrdered, isLenient {
            let jumps = output.jumpsBack(after: lastTime)
            notes.noteJump(by: -jumps.longest, count: jumps.count)
        }
        lastTime = last
        eventsOutOfOrder += order.keepOrdered(output, isOrdered: isOrdered)
        if pace == .realtime { clock.wait(until: output.upTo) }
        return true
    }

    /// Notes whether the file that is followed, which gave `batch`, has grown.
    private func notePresence(at batch: EventBatch) {
        let now = MonotonicClock.nanoseconds()
        if batch.count > 0 || reader.bytesReceived != bytesSeen {
            presence?.heard(at: now, stream: batch.upTo)
        } else {
            presence?.silent(at: now, stream: batch.upTo)
        }
        bytesSeen = reader.bytesReceived
    }

    private func publish() {
        counters.update { counts in
            for index in counts.indices { counts[index] = 0 }
            counts[0] = eventsOutOfOrder
            reader.log.tally.add(to: &counts, at: 1)
        }
    }
}

/// Leaves out events that are earlier than one before them.
struct EventOrder {
    /// Before the first event: earlier than all sensor times, and far enough from the ends to calculate with.
    private var latest: Int64 = -(1 << 62)

    /// Removes events of `batch` that are out of order; how many.
    ///
    /// - Parameter isOrdered: whether no event is known to be earlier than the one before it in the input.
    mutating func keepOrdered(_ batch: EventBatch, isOrdered: Bool = false) -> Int {
        if isOrdered, batch.count > 0, batch.time(of: batch[0]) >= latest {
            latest = batch.time(of: batch[batch.count - 1])
            return 0
        }
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
