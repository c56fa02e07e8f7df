import SpikeSignals

/// Plays an event recording into a pipeline.
///
/// The pipeline gets events in order of time: one that is earlier than the one before it is left out and counted, see
/// ``EventOrder``. Stream time is zero at the first event. Damage that was passed over and time that went back by more
/// than a millisecond are told as faults of the sensor (``EventFaults``), also of a recording, since what they say is
/// that events are missing here; so is a pause of a file that is followed, when it is over.
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
    /// For how long a file that is followed may not grow, in nanoseconds; nil: it is not followed.
    private let longestPause: Int64?
    private var clock = PlaybackClock()
    private var order = EventOrder()
    private var notes: EventFaults
    /// The time of the last event that the reader gave.
    private var lastTime: Int64?

    private static let names = ["events_out_of_order"] + EventTally.Item.allCases.map(\.name)
    private static let troubles = Set(["events_out_of_order"] + EventTally.Item.troubles.map(\.name))
    /// A pause of a file that is followed from which on it is told, in nanoseconds.
    static let longestPause: Int64 = 5_000_000_000

    /// Opens the recording at `path`.
    public convenience init(
        path: String, options: EventFileReader.Options = EventFileReader.Options(),
        pace: AudioFileSource.Parameters.Pace = .asFastAsPossible
    ) throws(SpikelineError) {
        try self.init(path: path, options: options, pace: pace, longestPause: EventFileSource.longestPause)
    }

    init(
        path: String, options: EventFileReader.Options, pace: AudioFileSource.Parameters.Pace, longestPause: Int64
    ) throws(SpikelineError) {
        reader = try EventFileReader(path: path, options: options)
        self.pace = pace
        isLenient = !options.isStrict
        self.longestPause = options.follows ? longestPause : nil
        isLive = pace == .realtime || options.follows
        notes = EventFaults(reader.name)
    }

    /// Damage, jumps back in time, and pauses of a file that is followed.
    public var faults: SensorFaults { notes.faults }

    /// Appends the next events to the empty `output`.
    public func read(into output: EventBatch) throws(SpikelineError) -> Bool {
        let stepsBack = reader.log.tally[.timeStepsBack]
        let begin = longestPause == nil ? 0 : MonotonicClock.nanoseconds()
        var isMore = false
        defer {
            if isLenient { notes.noteDamage(in: reader.log) }
            notes.tell(at: output.upTo, isLast: !isMore)
            publish()
        }
        isMore = try reader.read(into: output)
        if let longestPause { notePause(MonotonicClock.nanoseconds() - begin, longestPause, at: output.upTo) }
        guard isMore else { return false }
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

    /// Notes that a file that is followed has not grown for `nanoseconds`.
    private func notePause(_ nanoseconds: Int64, _ longest: Int64, at time: StreamTime) {
        guard nanoseconds >= longest else { return }
        faults.report(
            SensorFault(
                .stalled, .passed, place: reader.name, at: time, lostMilliseconds: Int(nanoseconds / 1_000_000)))
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
