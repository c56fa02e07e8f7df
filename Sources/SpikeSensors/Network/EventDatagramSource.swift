import SpikeSignals

/// Receives the events of a camera as UDP datagrams.
///
/// ```
/// socket -> | kernel's buffer | -> datagrams -> layout -> one batch of several datagrams
///                                               (SPIF, jAER, faery)
/// ```
/// - A batch is handed on when it is full or ``Parameters/maxLatencyMs`` after ``read(into:)`` was called, also if nothing
///   came; stream time goes on as ``LiveClock`` says.
/// - Whatever comes in: what is malformed, outside the sensor, out of time or lost is counted (``DatagramTally``), and
///   nothing that a sender does ends the source.
/// - Events that say no time get that of their arrival. Events leave in the order of time; what is earlier than one before
///   it, or than what was promised to be complete, is left out and counted.
/// - Silence, datagrams that make no sense or that the kernel threw away, and jumps in time are told as faults of the
///   sensor (``SensorPresence``, ``EventFaults``). Disorder between datagrams is a matter of the network and only counted.
public final class EventDatagramSource: Source {
    /// How events are received.
    struct Parameters: Sendable {
        /// How events stand in a datagram.
        var layout = EventDatagramFormat.spif
        /// What jAER's dialog says.
        var jaer = JAERLayout.Settings()
        /// The size of the sensor; events outside are left out.
        var size: SensorSize?
        /// The kernel's buffer, as far as the system grants it.
        var receiveBufferBytes = 4 << 20
        /// After how long a batch is handed on at the latest, in milliseconds.
        var maxLatencyMs = 10
        /// How far behind our clock a quiet stream stays, in milliseconds.
        var quietLagMs = 50
        /// After how long a silent sender counts as stalled, in milliseconds; 0: never.
        var stalledAfterMs = 5_000
    }

    /// Datagrams come at the sender's pace.
    public let isLive = true
    /// What was counted besides events.
    public let counters = StageCounters(
        DatagramTally.Item.allCases.map(\.name), troubles: Set(DatagramTally.Item.troubles.map(\.name)))
    /// Silence, damage, loss and jumps in time.
    public var faults: SensorFaults { notes.faults }
    /// The port it listens at.
    var port: Int { socket.port }
    /// The size of the kernel's buffer, as granted.
    var receiveBufferBytes: Int { socket.bufferBytes }

    private let name: String
    private let socket: DatagramSocket
    private let decoder: any DatagramDecoding
    private let parameters: Parameters
    private let size: SensorSize?
    private var clock: LiveClock
    private var hasStarted = false
    private var notes: EventFaults
    private var presence: SensorPresence
    /// What has been told of the tally.
    private var told = DatagramTally()
    /// The datagram that is being decoded.
    private var pending: DatagramSocket.Arrival?

    /// Listens at `address`.
    init(_ address: SocketAddress, parameters: Parameters = Parameters(), notice: LiveNotice? = nil)
        throws(SpikelineError)
    {
        self.parameters = parameters
        name = address.text
        size = parameters.size ?? (parameters.layout == .jaer ? parameters.jaer.chip.size : nil)
        decoder = parameters.layout.makeDecoder(jaer: parameters.jaer, size: size)
        socket = try DatagramSocket(address, bufferBytes: parameters.receiveBufferBytes)
        clock = LiveClock(lagMilliseconds: parameters.quietLagMs, now: MonotonicClock.nanoseconds())
        notes = EventFaults(address.text)
        presence = SensorPresence(address.text, stalledAfterMs: parameters.stalledAfterMs, faults: notes.faults)
        if socket.bufferBytes < parameters.receiveBufferBytes {
            notice?(
                "the system grants a receive buffer of \(socket.bufferBytes >> 10) KiB, not the "
                    + "\(parameters.receiveBufferBytes >> 10) KiB asked for; raise net.core.rmem_max for more")
        }
        if !address.isLocal { notice?("\(address.text) can be reached from other machines, and nothing is checked") }
    }

    /// Appends what comes until the batch is full or the latest time to hand it on; see the type.
    public func read(into output: EventBatch) throws(SpikelineError) -> Bool {
        let begin = MonotonicClock.nanoseconds()
        if !hasStarted {
            clock = LiveClock(lagMilliseconds: parameters.quietLagMs, now: begin)
            hasStarted = true
        }
        let deadline = begin + Int64(parameters.maxLatencyMs) * 1_000_000
        frame(output)
        while try decodePending(into: output), let arrival = try socket.receive(until: deadline) {
            if arrival.isCut { decoder.tally[.malformed] += 1 }
            decoder.begin(arrival.bytes)
            pending = arrival
            if arrival.time >= deadline {
                _ = try decodePending(into: output)
                break
            }
        }
        handOn(output)
        return true
    }

    /// Decodes what is left of the last datagram; false if the batch must be handed on first.
    private func decodePending(into output: EventBatch) throws(SpikelineError) -> Bool {
        while let arrival = pending {
            let times = DatagramTimes(
                arrival: clock.sensorTime(at: arrival.time), accepted: clock.accepted(at: arrival.time),
                lateBefore: clock.lateBefore)
            let step = decoder.decode(arrival.bytes, into: output, times: times)
            if let late = step.earliestLate { clock.fallBehind(for: late, at: arrival.time) }
            if let last = step.last { clock.advance(to: last, at: arrival.time) }
            switch step.outcome {
            case .done: pending = nil
            case .batchIsFull: return false
            case .clockJump(let time):
                if output.count > 0 { return false }
                let jumps = clock.jumps
                clock.restart(from: time, at: arrival.time)
                if clock.jumps > jumps { notes.noteJump(by: clock.lastJump) }
                frame(output)
            }
        }
        return true
    }

    private func frame(_ output: EventBatch) {
        output.width = size?.width ?? 0
        output.height = size?.height ?? 0
        output.startTime = clock.startTime
        output.upTo = clock.upTo
    }

    private func handOn(_ output: EventBatch) {
        // What has come and does not fit must not be late in the next batch.
        if pending == nil { clock.pass(at: MonotonicClock.nanoseconds()) }
        output.upTo = clock.upTo
        decoder.tally[.lostInKernel] = socket.lostInKernel
        decoder.tally[.clockJumps] = clock.jumps
        note(decoder.tally, at: MonotonicClock.nanoseconds())
        counters.update { counts in
            for (index, count) in decoder.tally.counts.enumerated() { counts[index] = count }
        }
    }

    /// Notes whether anything came, and what of it was damaged or lost.
    private func note(_ tally: DatagramTally, at now: Int64) {
        if tally[.datagrams] > told[.datagrams] {
            presence.heard(at: now, stream: clock.upTo)
        } else {
            presence.silent(at: now, stream: clock.upTo)
        }
        notes.noteDamage(
            "\(name): malformed datagram, expected the layout \(parameters.layout.rawValue)",
            count: tally[.malformed] - told[.malformed])
        notes.noteLoss("datagram thrown away by the kernel", count: tally[.lostInKernel] - told[.lostInKernel])
        told = tally
        notes.tell(at: clock.upTo)
    }
}

/// The layouts of datagrams that are understood.
enum EventDatagramFormat: String, Sendable, CaseIterable {
    case spif
    case jaer
    case t64X16Y16On8 = "t64_x16_y16_on8"
    case t32X16Y15On1 = "t32_x16_y15_on1"

    /// A decoder of this layout.
    func makeDecoder(jaer: JAERLayout.Settings, size: SensorSize?) -> any DatagramDecoding {
        switch self {
        case .spif: DatagramDecoder(SPIFLayout(), size: size)
        case .jaer: DatagramDecoder(JAERLayout(jaer), size: size)
        case .t64X16Y16On8: DatagramDecoder(FaeryLongLayout(), size: size)
        case .t32X16Y15On1: DatagramDecoder(FaeryShortLayout(), size: size)
        }
    }
}
