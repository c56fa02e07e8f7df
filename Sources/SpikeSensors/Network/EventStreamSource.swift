import SpikeSignals

/// Reads the events of a camera from a stream of bytes: a TCP or Unix socket, standard input, a named pipe.
///
/// ```
/// link ──► opening ──► reader ──► held ──► batches
///   ▲      (format,    (decoder    events of one accepted stretch of time
///   │       header)     of files)
///   └── ended, refused or lost: the next stream, if there is one
/// ```
/// - The stream is in any format of ``EventFileFormat`` that needs no seeking, by its content or as told.
/// - A batch is handed on when it is full or ``Parameters/maxLatencyMs`` after ``read(into:)`` was called, also if nothing
///   came; stream time goes on as ``LiveClock`` says, also while nobody is connected.
/// - Events leave in the order of time; what is earlier than one before it, than what was promised to be complete, or
///   outside the sensor is left out and counted.
/// - A damaged stream is read on as a damaged file is; one that is of no known format is closed, and the next is awaited.
/// - A stream that falls silent, ends though another may follow, is damaged or jumps in time is told as a fault of the
///   sensor (``SensorPresence``, ``EventFaults``).
public final class EventStreamSource: Source {
    /// How streams are read.
    struct Parameters: Sendable {
        /// The format, the size of the sensor and the columns, where the stream does not say them.
        var reading = EventFileReader.Options()
        /// After how long a batch is handed on at the latest, in milliseconds.
        var maxLatencyMs = 10
        /// How far behind our clock a quiet stream stays, in milliseconds.
        var quietLagMs = 50
        /// After how long a silent stream counts as stalled, in milliseconds; 0: never.
        var stalledAfterMs = 5_000
    }

    /// Where in the life of a stream the source is.
    private enum State {
        case closed
        case opening(StreamOpening)
        case reading(EventFileReader)
        case ended
    }

    /// Bytes come at the sender's pace.
    public let isLive = true
    /// What was counted besides events.
    public let counters = StageCounters(StreamTally.names, troubles: StreamTally.troubles)
    /// Silence, breaks, damage and jumps in time.
    public var faults: SensorFaults { notes.faults }

    private let link: any EventLink
    private let parameters: Parameters
    private let notice: LiveNotice?
    private var clock: LiveClock
    private var hasStarted = false
    private var state = State.closed
    private var tally = StreamTally()
    private var notes: EventFaults
    private var presence: SensorPresence
    /// How many bytes of the stream have come.
    private var bytesSeen: Int64 = 0
    /// The time of the last event of the stream.
    private var lastTime: Int64?
    /// What the reader gave, and how much of it has been delivered.
    private let held = EventBatch()
    private var delivered = 0

    /// Reads what comes through `link`.
    init(_ link: any EventLink, parameters: Parameters = Parameters(), notice: LiveNotice? = nil) {
        self.link = link
        self.parameters = parameters
        self.notice = notice
        notes = EventFaults(link.name)
        presence = SensorPresence(link.name, stalledAfterMs: parameters.stalledAfterMs, faults: notes.faults)
        clock = LiveClock(lagMilliseconds: parameters.quietLagMs, now: MonotonicClock.nanoseconds())
    }

    /// Appends what comes until the batch is full or the latest time to hand it on; see the type.
    ///
    /// - Throws: if the stream is of no known format or the peer is gone, and no other stream can follow.
    public func read(into output: EventBatch) throws(SpikelineError) -> Bool {
        let begin = MonotonicClock.nanoseconds()
        if !hasStarted {
            clock = LiveClock(lagMilliseconds: parameters.quietLagMs, now: begin)
            hasStarted = true
        }
        defer {
            notes.tell(at: clock.upTo, isLast: isOver)
            publish()
        }
        let deadline = begin + Int64(parameters.maxLatencyMs) * 1_000_000
        while delivered == held.count {
            if case .ended = state { return false }
            try step(until: deadline)
            if MonotonicClock.nanoseconds() >= deadline { break }
        }
        deliver(into: output, arrivedAt: begin)
        return true
    }

    /// Goes on with the stream, at most until `deadline`.
    private func step(until deadline: Int64) throws(SpikelineError) {
        switch state {
        case .ended: return
        case .closed:
            let attempts = link.failedAttempts
            guard let descriptor = try link.open(until: deadline) else {
                if link.failedAttempts > attempts {
                    gone()
                } else {
                    presence.away(at: MonotonicClock.nanoseconds(), stream: clock.upTo)
                }
                return
            }
            tally[.connections] += 1
            state = .opening(StreamOpening(descriptor: descriptor, name: link.name, options: parameters.reading))
        case .opening(let opening):
            do {
                guard let reader = try opening.reader(until: deadline) else { return }
                state = .reading(reader)
                clock.forget()
                begin(reader)
            } catch {
                tally[.refusedStreams] += opening.hasBegun ? 1 : 0
                if opening.hasBegun { notes.noteDamage("\(error)") }
                try end(after: error, wasUseful: false, isEmpty: !opening.hasBegun)
            }
        case .reading(let reader):
            held.removeAll()
            delivered = 0
            do {
                let stepsBack = reader.log.tally[.timeStepsBack]
                let isMore = try reader.gather(into: held, until: deadline)
                note(reader, isOrdered: reader.log.tally[.timeStepsBack] == stepsBack)
                if !isMore { try end(reader) }
            } catch {
                note(reader, isOrdered: true)
                gone()
                tally[.lostConnections] += 1
                tally.add(reader.log.tally)
                try end(after: error, wasUseful: reader.eventsDelivered > 0, isEmpty: false)
            }
        }
    }

    /// The stream has been closed by its sender.
    private func end(_ reader: EventFileReader) throws(SpikelineError) {
        tally.add(reader.log.tally)
        if link.canReopen {
            notice?("\(link.name) was closed by the sender; waiting for the next")
            gone()
        }
        finish(wasUseful: reader.eventsDelivered > 0)
    }

    /// The stream cannot be read; an empty one that another may follow is no matter.
    private func end(after error: SpikelineError, wasUseful: Bool, isEmpty: Bool) throws(SpikelineError) {
        finish(wasUseful: wasUseful)
        guard link.canReopen else { throw error }
        if !isEmpty { notice?("\(error); waiting for the next") }
    }

    private var isOver: Bool { if case .ended = state { delivered == held.count } else { false } }

    private func gone() { presence.gone(at: MonotonicClock.nanoseconds(), stream: clock.upTo) }

    /// A stream that makes sense has begun.
    private func begin(_ reader: EventFileReader) {
        notes.begin()
        lastTime = nil
        bytesSeen = reader.bytesReceived
        presence.heard(at: MonotonicClock.nanoseconds(), stream: clock.upTo)
    }

    /// Notes what the reader met, and whether anything came.
    private func note(_ reader: EventFileReader, isOrdered: Bool) {
        let now = MonotonicClock.nanoseconds()
        // While the reader gives what it holds it does not fetch; the sender is not silent then.
        if reader.bytesReceived != bytesSeen || held.count > 0 {
            bytesSeen = reader.bytesReceived
            presence.heard(at: now, stream: clock.upTo)
        } else {
            presence.silent(at: now, stream: clock.upTo)
        }
        notes.noteDamage(in: reader.log)
        guard held.count > 0 else { return }
        if !isOrdered {
            // Longer steps are the clock's business.
            let jumps = held.jumpsBack(after: lastTime, most: LiveClock.mostBack)
            notes.noteJump(by: -jumps.longest, count: jumps.count)
        }
        lastTime = held.time(of: held[held.count - 1])
    }

    private func finish(wasUseful: Bool) {
        state = link.canReopen ? .closed : .ended
        link.closed(wasUseful: wasUseful)
    }

    /// Hands on the next held events whose times go on from one another.
    private func deliver(into output: EventBatch, arrivedAt now: Int64) {
        output.copyFrame(of: held)
        if delivered < held.count {
            let first = held.time(of: held[delivered])
            if clock.accepted(at: now)?.contains(first) != true {
                let jumps = clock.jumps
                clock.restart(from: first, at: now)
                if clock.jumps > jumps { notes.noteJump(by: clock.lastJump) }
            }
            let accepted = clock.accepted(at: now) ?? first...first
            let stretch = output.takeOrdered(held, from: delivered, accepting: accepted, notBefore: clock.lateBefore)
            delivered = stretch.end
            tally[.eventsOutOfOrder] += stretch.late
            if let late = stretch.earliestLate { clock.fallBehind(for: late, at: now) }
            if let last = stretch.last { clock.advance(to: last, at: now) }
        }
        // What has come and does not go on from the last must not be late in the next batch.
        if delivered == held.count { clock.pass(at: MonotonicClock.nanoseconds()) }
        output.startTime = clock.startTime
        output.upTo = clock.upTo
    }

    private func publish() {
        tally[.failedAttempts] = link.failedAttempts
        tally[.clockJumps] = clock.jumps
        var reading: EventTally?
        if case .reading(let reader) = state { reading = reader.log.tally }
        counters.update { counts in tally.write(to: &counts, reading: reading) }
    }
}
