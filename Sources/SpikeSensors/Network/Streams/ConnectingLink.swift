import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Connects to a server of events, and again when the connection is lost or refused.
///
/// ```
/// waiting --(pause over)--> trying --(connected)--> open
///    ^                        │                      │
///    └── pause grows ─────────┘ <────── ended ───────┘
/// ```
final class ConnectingLink: EventLink {
    let name: String
    let canReopen: Bool
    private(set) var failedAttempts = 0

    private let addresses: [SocketAddress]
    private let giveUp: Int64?
    private let notice: LiveNotice?
    private var backoff = Backoff()
    private var nextAddress = 0
    private var attempt: (socket: SocketHandle, until: Int64)?
    private var notBefore: Int64 = 0
    /// When there last was a connection, or the first attempt.
    private var aliveAt: Int64?
    private var hasToldFailure = false
    private var lastCode: Int32 = 0

    /// How long one attempt may take, in nanoseconds.
    static let longestAttempt: Int64 = 5_000_000_000

    /// Connects to one of `addresses`, of which there is at least one.
    ///
    /// - Parameters:
    ///   - canReopen: whether to connect again after a connection has ended.
    ///   - giveUpSeconds: after how long without a connection the peer counts as lost for good; nil: never.
    init(_ addresses: [SocketAddress], canReopen: Bool, giveUpSeconds: Double?, notice: LiveNotice? = nil) {
        self.addresses = addresses
        self.canReopen = canReopen
        self.notice = notice
        name = addresses.first?.text ?? ""
        giveUp = giveUpSeconds.map { Int64(min(max($0, 0), 1e9) * 1e9) }
    }

    func open(until deadline: Int64) throws(SpikelineError) -> Int32? {
        while true {
            let now = MonotonicClock.nanoseconds()
            aliveAt = aliveAt ?? now
            if attempt == nil, now >= notBefore { begin(at: now) }
            if let socket = try check(until: deadline) { return socket }
            if let giveUp, let aliveAt, MonotonicClock.nanoseconds() - aliveAt >= giveUp { throw lost(giveUp) }
            if MonotonicClock.nanoseconds() >= deadline { return nil }
            if attempt == nil { MonotonicClock.sleep(until: min(deadline, notBefore)) }
        }
    }

    func closed(wasUseful: Bool) {
        let now = MonotonicClock.nanoseconds()
        if wasUseful {
            backoff.reset()
            aliveAt = now
        }
        notBefore = now + backoff.next()
    }

    /// Begins to connect to the next address.
    private func begin(at now: Int64) {
        let address = addresses[nextAddress % addresses.count]
        nextAddress += 1
        do {
            let socket = try SocketHandle(SOCK_STREAM, for: address)
            let code = unsafe address.withPointer { unsafe connect(socket.descriptor, $0, $1) == 0 ? 0 : errno }
            guard code == 0 || code == EINPROGRESS else { return fail(code) }
            attempt = (socket, now + ConnectingLink.longestAttempt)
        } catch {
            fail(EMFILE)
        }
    }

    /// Looks after the attempt that is under way; the descriptor if it has come to a connection.
    private func check(until deadline: Int64) throws(SpikelineError) -> Int32? {
        guard let current = attempt else { return nil }
        guard current.socket.isReady(Int32(POLLOUT), until: min(deadline, current.until)) else {
            if MonotonicClock.nanoseconds() >= current.until { fail(ETIMEDOUT) }
            return nil
        }
        let code = current.socket.get(Int(SOL_SOCKET), SO_ERROR)
        guard code == 0 else {
            fail(code)
            return nil
        }
        attempt = nil
        hasToldFailure = false
        current.socket.keepAlive()
        notice?("connected to \(name)")
        return current.socket.take()
    }

    private func fail(_ code: Int32) {
        attempt = nil
        lastCode = code
        failedAttempts += 1
        notBefore = MonotonicClock.nanoseconds() + backoff.next()
        if !hasToldFailure {
            notice?("no connection to \(name) (\(SoundInput.systemText(code))); trying again until there is one")
            hasToldFailure = true
        }
    }

    private func lost(_ nanoseconds: Int64) -> SpikelineError {
        let reason = lastCode == 0 ? "" : " (\(SoundInput.systemText(lastCode)))"
        return SpikelineError(
            "no connection for \(nanoseconds / 1_000_000_000) s\(reason)", at: name,
            hint: "Start the program that sends, or let give_up_after_s be longer", cause: .lost)
    }
}
