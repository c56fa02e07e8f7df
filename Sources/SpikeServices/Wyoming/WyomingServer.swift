import SpikeSensors
import SpikeSignals
import Synchronization

/// A wake-word service: several clients at once, each with an ear of its own and on a thread of its own.
///
/// ```
///  client -- audio-chunk ... --> [decoder] -> [session, ear, network, head] -- detection --> client
/// ```
/// A client that sends what is no Wyoming, whose message is not whole after ``Limits/messageMilliseconds``, or that does not take
/// its answers, is let go and counted; nothing of a client is kept. Memory is bounded for each client
/// and by their number.
public final class WyomingServer: Sendable {
    /// What clients may do.
    public struct Limits: Hashable, Sendable {
        /// The most clients at once; more are turned away.
        public var clients = 64
        /// How long a message may take from its first byte to its last.
        public var messageMilliseconds: Int64 = 10_000
        /// How long a client may take to accept an answer.
        public var answerMilliseconds: Int64 = 2_000

        /// The defaults.
        public init() {}
    }

    /// What has happened so far.
    public struct Counts: Hashable, Sendable {
        /// Clients that are there.
        public var clients = 0
        /// Clients that came.
        public var served = 0
        /// Clients that were turned away since there were too many.
        public var turnedAway = 0
        /// Clients that were let go since they sent what is no Wyoming.
        public var malformed = 0
        /// Clients that were let go since they were too slow.
        public var slow = 0
        /// Words that were reported.
        public var detections = 0
    }

    private let info: WyomingInfo
    private let limits: Limits
    private let makeListener: @Sendable () throws(SpikelineError) -> any WordListener
    private let state = Mutex(Counts())
    private let clients: ClientThreads
    private let notice: @Sendable (String) -> Void

    /// A service that makes a listener for each client; `notice` is told what people may want to know.
    public init(
        info: WyomingInfo, limits: Limits = Limits(),
        notice: @escaping @Sendable (String) -> Void = { _ in },
        makeListener: @escaping @Sendable () throws(SpikelineError) -> any WordListener
    ) {
        (self.info, self.limits, self.notice, self.makeListener) = (info, limits, notice, makeListener)
        clients = ClientThreads(most: limits.clients)
    }

    /// What has happened so far.
    public var counts: Counts {
        var counts = state.withLock { $0 }
        let clients = clients.counts
        (counts.clients, counts.served, counts.turnedAway) = (clients.now, clients.served, clients.turnedAway)
        return counts
    }

    /// Whether only programs on this machine can connect to `address`.
    public static func isLocal(_ address: String) throws(SpikelineError) -> Bool {
        try StreamListener.isLocal(address, option: "--listen")
    }

    /// Serves at `addresses` (`127.0.0.1:10400`, `unix:/run/spikeline.sock`) until `isDone` says so, which is asked several times
    /// a second; then all clients are let go.
    ///
    /// - Parameter ready: called with the addresses, ports included, once all can be connected to.
    /// - Throws: if an address cannot be used.
    public func run(
        at addresses: [String], until isDone: () -> Bool, ready: ([String]) -> Void
    ) throws(SpikelineError) {
        var listeners: [StreamListener] = []
        for address in addresses { listeners.append(try StreamListener(address, option: "--listen")) }
        ready(listeners.map(\.name))
        while !isDone() {
            // Each is looked at in turn; with one there is nothing to wait for elsewhere.
            let wait: Int64 = listeners.count == 1 ? 200 : 20
            for listener in listeners {
                if let connection = try listener.accept(withinMilliseconds: wait) { welcome(connection) }
            }
        }
        clients.close()
    }

    private func welcome(_ connection: StreamConnection) {
        do {
            try clients.welcome(connection) { [self] in serve($0) }
        } catch {
            notice("\(error)")
        }
    }

    private func serve(_ connection: StreamConnection) {
        do {
            let session = WyomingSession(info: info, listener: try makeListener())
            try talk(connection, session)
        } catch let error as WyomingDecoder.Refusal {
            state.withLock { $0.malformed += 1 }
            notice("a client was let go: \(error)")
        } catch {
            notice("a client was let go: \(error)")
        }
    }

    private func talk(_ connection: StreamConnection, _ session: WyomingSession) throws {
        var decoder = WyomingDecoder()
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var waited: Int64 = 0
        while !clients.isClosed {
            let before = MonotonicClock.nanoseconds()
            switch connection.read(into: &buffer, withinMilliseconds: 200) {
            case .end: return
            case .nothing: break
            case .bytes(let count):
                decoder.append(buffer[..<count])
                while let message = try decoder.next() {
                    waited = 0
                    guard try send(session.answer(message), to: connection) else { return }
                }
            }
            waited = decoder.isWaiting ? waited + MonotonicClock.nanoseconds() - before : 0
            guard waited <= limits.messageMilliseconds * 1_000_000 else {
                state.withLock { $0.slow += 1 }
                return
            }
        }
    }

    private func send(_ answers: [WyomingMessage], to connection: StreamConnection) -> Bool {
        for answer in answers {
            if answer.type == "detection" { state.withLock { $0.detections += 1 } }
            guard connection.write(answer.bytes, withinMilliseconds: limits.answerMilliseconds) else {
                state.withLock { $0.slow += 1 }
                return false
            }
        }
        return true
    }
}
