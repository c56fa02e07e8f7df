import SpikeSignals
import SpikeSinks
import Synchronization

/// Publishes the messages of one sensor in order, on a thread of its own, and keeps each until the server has stored it.
///
/// ```
/// pipeline ──put──► | queue, bounded | ──► | window: sent, not confirmed | ──► server
///                                             │   ▲                              │
///                                             ▼   └── again after a silence ─────┘ stored: forgotten here
/// ```
/// At most ``Options/window`` messages are under way, so a line with a long way is filled; the first of a run goes alone. What is
/// sent is never so far ahead of the first that is not confirmed that readers would give that one up (``RunOrder``).
/// After a lost connection all that is not confirmed is sent again, under the same ids, so the server stores it once; what
/// it stores twice, as it forgot the id, has the same number.
// Unchecked: the thread alone uses what is marked so; the rest is behind a lock.
final class LivePublisher: @unchecked Sendable {
    /// What becomes of a message that finds the queue full.
    enum WhenFull: String, CaseIterable, Sendable {
        /// The pipeline waits.
        case block
        /// It is left out and counted, and the next message says so.
        case drop
        /// The run ends with exit code 3.
        case error
    }

    /// How messages are sent.
    struct Options: Sendable {
        /// How many messages may be sent without being confirmed.
        var window = 64
        /// How many messages may wait.
        var queue = 1_000
        /// What becomes of one that finds the queue full.
        var whenFull = WhenFull.block
        /// How long the end of a run waits for confirmations, in seconds.
        var flushSeconds = 5.0
        /// After how long without an answer a message is sent again, in seconds.
        var repeatSeconds = 2.0
    }

    /// The names of what is counted.
    static let counterNames = ["messages", "bytes", "confirmed", "sent_again", "duplicates", "dropped", "waiting"]
    private enum Count {
        static let (messages, bytes, confirmed, sentAgain, duplicates, dropped, waiting) = (0, 1, 2, 3, 4, 5, 6)
    }

    private struct Item {
        var number: UInt64
        var bytes: [UInt8]
        /// Bytes of all messages of the run up to this one.
        var upTo: Int
        var sentAt = Int64.min
    }

    private struct State {
        var waiting: [Item] = []
        var number: UInt64 = 0
        var bytes = 0
        var hasLost = false
        var isClosing = false
        var isAbandoned = false
        var isDone = false
        var failure: SpikelineError?
        /// Messages that are under way.
        var sent = 0
    }

    let counters = StageCounters(LivePublisher.counterNames)
    private let settings: NATSSettings
    private let fleet: Fleet
    private let kind: PortKind
    private let sensor: String
    private let subject: String
    private let run = UInt64.random(in: 1 ... .max)
    private let options: Options
    private let notice: SinkNotice
    private let state = Mutex(State())
    private let work: WakePipe
    private let room: WakePipe

    // Of the thread.
    private var flight: [Item] = []
    private var hasFirst = false
    private var retryAt: Int64 = 0
    private var waitingSince: Int64?
    private var away: SpikelineError?
    private var pause = Pause(longestSeconds: 2)

    init(_ stage: LiveStageOptions, options: Options, notice: @escaping SinkNotice) throws(SpikelineError) {
        (settings, fleet, kind, sensor) = (stage.settings, stage.fleet, stage.kind, stage.sensor)
        (self.options, self.notice) = (options, notice)
        subject = stage.fleet.subject(stage.kind, sensor: stage.sensor)
        (work, room) = (try WakePipe(), try WakePipe())
    }

    /// Starts the thread.
    func start() throws(SpikelineError) { try Worker.start { self.deliver() } }

    /// Queues a message with that body.
    ///
    /// - Throws: if the server is lost, or the queue is full and that is an error.
    func put(_ body: [UInt8], isLast: Bool = false) throws(SpikelineError) {
        enum Outcome {
            case done
            case wait
            case full
            case failed(SpikelineError)
        }
        while true {
            let outcome = state.withLock { state -> Outcome in
                if let failure = state.failure { return .failed(failure) }
                if state.waiting.count >= options.queue, !isLast {
                    switch options.whenFull {
                    case .block: return .wait
                    case .error: return .full
                    case .drop:
                        state.hasLost = true
                        counters.update { $0[Count.dropped] += 1 }
                        return .done
                    }
                }
                state.number += 1
                let message = LiveMessage(
                    kind, run: run, number: state.number, isLast: isLast, hasLost: state.hasLost, body: body)
                state.hasLost = false
                let bytes = message.bytes
                state.bytes += bytes.count
                state.waiting.append(Item(number: state.number, bytes: bytes, upTo: state.bytes))
                return .done
            }
            switch outcome {
            case .done: return work.wake()
            case .failed(let failure): throw failure
            case .full:
                throw SpikelineError(
                    "the server is slower than the data come: \(options.queue) messages wait already", at: subject,
                    hint: "Give \"when_full\": block or drop, or raise \"queue_messages\"", cause: .lost)
            case .wait: room.wait(until: MonotonicClock.nanoseconds() + 100_000_000)
            }
        }
    }

    /// Waits until everything is confirmed, at most as long as the options say.
    ///
    /// - Throws: if something is not, and that is no matter of dropping.
    func finish() throws(SpikelineError) {
        let end = MonotonicClock.nanoseconds() + Int64(options.flushSeconds * 1e9)
        state.withLock { $0.isClosing = true }
        work.wake()
        while !state.withLock({ $0.isDone }), MonotonicClock.nanoseconds() < end { room.wait(until: end) }
        let (failure, left) = state.withLock { state in
            state.isAbandoned = true
            return (state.failure, state.waiting.count + state.sent)
        }
        work.wake()
        guard left > 0 || failure != nil else { return }
        if let failure, failure.cause != .lost { throw failure }
        if options.whenFull == .drop {
            counters.update { $0[Count.dropped] += left }
            if let failure { notice("\(failure)") }
            return
        }
        if let failure { throw failure }
        throw SpikelineError(
            "\(left) messages were not confirmed within \(options.flushSeconds) s", at: settings.place,
            hint: "Check that the server runs there, or raise \"flush_s\"", cause: .lost)
    }

    /// Ends the thread soon, without waiting for that.
    func abandon() {
        state.withLock { $0.isAbandoned = true }
        work.wake()
    }

    // MARK: - The thread

    private func deliver() {
        defer {
            state.withLock { $0.isDone = true }
            room.wake()
        }
        do throws(SpikelineError) {
            guard let connection = try connect() else { return }
            let place = "_INBOX.\(sensor).\(String(UInt64.random(in: .min ... .max), radix: 36))"
            let answers = try connection.subscribe(place + ".*")
            while try step(connection, answers, place) {}
        } catch {
            state.withLock { $0.failure = error }
        }
    }

    /// The connection; nil if the run ended before. Who drops what does not fit waits for ever.
    private func connect() throws(SpikelineError) -> NATSConnection? {
        while true {
            do { return try NATSConnection(settings, notice: notice) } catch {
                guard options.whenFull == .drop, error.cause == .lost else { throw error }
                if state.withLock({ $0.isClosing || $0.isAbandoned }) { return nil }
                work.wait(until: MonotonicClock.nanoseconds() + 1_000_000_000)
            }
        }
    }

    /// Sends what may be sent and takes what the server says; false at the end.
    private func step(
        _ connection: NATSConnection, _ answers: NATSSubscription, _ place: String
    ) throws(SpikelineError) -> Bool {
        let now = MonotonicClock.nanoseconds()
        let mayFly = hasFirst ? options.window : 1
        let (fresh, isClosing, isAbandoned) = state.withLock { state in
            let fresh = Array(state.waiting.prefix(max(mayFly - flight.count, 0)).prefix(while: mayBeSent))
            state.waiting.removeFirst(fresh.count)
            state.sent = flight.count + fresh.count
            return (fresh, state.isClosing, state.isAbandoned)
        }
        if isAbandoned { return false }
        if !fresh.isEmpty { room.wake() }
        for item in fresh {
            flight.append(item)
            counters.update {
                $0[Count.messages] += 1
                $0[Count.bytes] += item.bytes.count
            }
        }
        guard !flight.isEmpty else {
            waitingSince = nil
            if isClosing { return false }
            work.wait(until: now + 1_000_000_000)
            return true
        }
        let since = waitingSince ?? now
        waitingSince = since
        let isPatient = options.whenFull == .drop
        guard isPatient || Double(now - since) < max(settings.patienceSeconds, options.repeatSeconds) * 1e9 else {
            throw away
                ?? SpikelineError(
                    "the server confirms nothing", at: "\(settings.place) \(subject)",
                    hint: "Check that it runs and was started with JetStream (-js)", cause: .lost)
        }
        try send(connection, place, now)
        if let answer = answers.next(milliseconds: 10) {
            try take(answer, connection, now)
            while let more = answers.next(milliseconds: 0) { try take(more, connection, now) }
        }
        state.withLock { $0.sent = flight.count }
        counters.update { $0[Count.waiting] = flight.count }
        return true
    }

    /// Whether readers would hold a message until the first that is not confirmed has come.
    private func mayBeSent(_ item: Item) -> Bool {
        guard let first = flight.first else { return true }
        return RunOrder.isWithinReach(messages: item.number - first.number, bytes: item.upTo - first.upTo)
    }

    /// Sends what was never sent, or so long ago that the answer must be lost.
    private func send(_ connection: NATSConnection, _ place: String, _ now: Int64) throws(SpikelineError) {
        guard now >= retryAt else { return }
        // The first message of a run is asked after soon, as the stream may not exist yet.
        let late = now - Int64((hasFirst ? options.repeatSeconds : min(0.3, options.repeatSeconds)) * 1e9)
        var isLate = false
        for index in flight.indices where flight[index].sentAt < late {
            if flight[index].sentAt != .min {
                isLate = true
                counters.update { $0[Count.sentAgain] += 1 }
            }
            let item = flight[index]
            guard item.bytes.count <= connection.largestMessage - 1_024 else {
                throw SpikelineError(
                    "a message has \(item.bytes.count) bytes, the server takes messages of "
                        + "\(connection.largestMessage)", at: "\(settings.place) \(subject)",
                    hint: "Lower \"gather_ms\", or raise max_payload of the server")
            }
            connection.publish(
                subject, item.bytes, reply: "\(place).\(item.number)",
                headers: [("Nats-Msg-Id", "\(sensor)-\(String(run, radix: 16))-\(item.number)")])
            flight[index].sentAt = now
        }
        guard isLate else { return }
        do { try connection.expectPermission(subject) } catch {
            var error = error
            error.hint = "Let the user publish on \(subject), or give the sensor the name that it may have"
            throw error
        }
        // A server that stores the subject nowhere may say nothing at all.
        if !hasFirst { return try makeStream(JetStream(connection: connection)) }
        tell(SpikelineError("the server confirms nothing", at: settings.place, cause: .lost))
    }

    /// Makes the stream that stores the subject, if there is none and we may.
    private func makeStream(_ stream: JetStream) throws(SpikelineError) {
        do { try fleet.prepare(live: kind, stream) } catch {
            throw SpikelineError(
                "no stream stores \(subject), and we cannot make one: \(error.what)", at: settings.place,
                hint: "Start spikeline attend first, or make the stream as in Documentation/live-streams.md",
                cause: .lost)
        }
    }

    /// Takes an answer of the server.
    private func take(
        _ answer: NATSConnection.Message, _ connection: NATSConnection, _ now: Int64
    ) throws(SpikelineError) {
        guard let number = answer.subject.split(separator: ".").last.flatMap({ UInt64($0) }),
            let index = flight.firstIndex(where: { $0.number == number })
        else { return }
        let stream = JetStream(connection: connection)
        if answer.status == "503" {
            // Before anything was stored there is no stream; later the servers choose who leads it.
            if hasFirst {
                tell(SpikelineError("nobody stores \(subject) at the moment", at: settings.place, cause: .lost))
            } else {
                try makeStream(stream)
            }
            return again(index, now)
        }
        let json = try? JSONValue.read(answer.data)
        if let error = json?["error"] {
            tell(stream.refusal(of: subject, error))
            return again(index, now)
        }
        guard json?["stream"] != nil else { return }
        let isDuplicate = if case .bool(true)? = json?["duplicate"] { true } else { false }
        flight.remove(at: index)
        hasFirst = true
        waitingSince = nil
        retryAt = 0
        pause.reset()
        if away != nil { notice("it goes on") }
        away = nil
        counters.update {
            $0[Count.confirmed] += 1
            if isDuplicate { $0[Count.duplicates] += 1 }
        }
    }

    /// Has a message sent again, after a pause.
    private func again(_ index: Int, _ now: Int64) {
        flight[index].sentAt = .min
        if retryAt <= now { retryAt = now + pause.take() }
        counters.update { $0[Count.sentAgain] += 1 }
    }

    private func tell(_ error: SpikelineError) {
        if away?.what != error.what { notice("\(error); trying again for \(settings.patienceSeconds) s") }
        away = error
    }
}
