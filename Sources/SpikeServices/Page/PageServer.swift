import SpikePipeline
import SpikeSensors
import SpikeSignals
import Synchronization

/// Serves the page of a pipeline, its metrics and its health, by HTTP/1.1.
///
/// | path | answer |
/// |---|---|
/// | `/` | the page: one file, which asks nobody else for anything |
/// | `/live` | server-sent events (WHATWG HTML, section 9.2): first `hello` with the graph, then 25 frames a second |
/// | `/metrics` | the text format of Prometheus |
/// | `/health` | a JSON object; status 503 if nothing has moved for ten seconds |
///
/// A ``PageExtension`` adds paths of its own, behind the same guard and limits.
///
/// Every client has a thread; their number and what is kept for each are bounded. Frames are made once, and only while somebody
/// looks. A client that does not take its frames is let go.
public final class PageServer: @unchecked Sendable {
    /// What clients may do.
    public struct Limits: Hashable, Sendable {
        /// The most clients at once; more are turned away.
        public var clients = 96
        /// How long a request may take to arrive.
        public var requestMilliseconds: Int64 = 5_000
        /// How long a client may take to accept a frame.
        public var answerMilliseconds: Int64 = 2_000
        /// Milliseconds from frame to frame.
        public var frameMilliseconds: Int64 = 40

        /// The defaults.
        public init() {}
    }

    /// What has happened so far.
    public struct Counts: Hashable, Sendable {
        /// Clients that are there.
        public var clients = 0
        /// Requests that were answered.
        public var answered = 0
        /// Requests without the right token, from foreign pages, or for what there is not.
        public var refused = 0
        /// What was no request.
        public var malformed = 0
        /// Clients that were let go since they were too slow.
        public var slow = 0
        /// Clients that were turned away since there were too many.
        public var turnedAway = 0
    }

    private let view: LiveView
    private let guardian: PageGuard
    private let limits: Limits
    private let more: (any PageExtension)?
    private let ring = FrameRing()
    private let state = Mutex(Counts())
    private let clients: ClientThreads
    // Why unchecked: only the thread that welcomes clients uses the listener; the rest is constant or locked.
    private let listener: StreamListener
    /// Where it can be reached: `127.0.0.1:8088`.
    public let name: String

    /// Listens at `address`.
    ///
    /// - Parameters:
    ///   - token: what clients must show; needed if other machines can connect.
    ///   - more: what is asked first about each path, when a request has passed the guard.
    /// - Throws: if the address cannot be used, or would let anybody in.
    public init(
        _ view: LiveView, at address: String, token: String?, limits: Limits = Limits(), option: String = "--page",
        more: (any PageExtension)? = nil
    ) throws(SpikelineError) {
        self.view = view
        guardian = try PageGuard(token: token, at: address, option: option)
        (self.limits, self.more) = (limits, more)
        clients = ClientThreads(most: limits.clients)
        listener = try StreamListener(address, option: option)
        name = listener.name
    }

    /// What has happened so far.
    public var counts: Counts {
        var counts = state.withLock { $0 }
        let clients = clients.counts
        (counts.clients, counts.turnedAway) = (clients.now, clients.turnedAway)
        return counts
    }

    /// Begins to serve, on threads of its own, until ``stop()``.
    public func start() throws(SpikelineError) {
        try Worker.start { [self] in clients.welcomeAll(from: listener) { [self] in serve($0) } }
        try Worker.start { [self] in makeFrames() }
    }

    /// Lets all clients go.
    public func stop() { clients.close() }

    private func makeFrames() {
        while !clients.isClosed {
            if view.isWatched { ring.append(view.frame()) }
            MonotonicClock.sleep(milliseconds: limits.frameMilliseconds)
        }
    }

    private func serve(_ connection: StreamConnection) {
        let request: HTTPRequest
        do {
            switch try HTTPRequest.read(
                from: connection, withinMilliseconds: limits.requestMilliseconds, isClosed: { clients.isClosed })
            {
            case .request(let whole): request = whole
            case .tooSlow: return state.withLock { $0.slow += 1 }
            case .gone: return
            }
        } catch {
            state.withLock { $0.malformed += 1 }
            _ = connection.write(HTTPResponse(error).bytes(), withinMilliseconds: limits.answerMilliseconds)
            return
        }
        let verdict = guardian.verdict(on: request)
        var answer = answer(to: request, verdict)
        if verdict == .passesWithCookie, answer.status == .ok, let token = guardian.token {
            answer.fields.append(
                ("Set-Cookie", "\(PageGuard.cookie)=\(token); HttpOnly; SameSite=Strict; Path=/"))
        }
        let isRefused = ![.ok, .unavailable].contains(answer.status)
        state.withLock { if isRefused { $0.refused += 1 } else { $0.answered += 1 } }
        let bytes = answer.bytes(withBody: request.method != "HEAD")
        guard connection.write(bytes, withinMilliseconds: limits.answerMilliseconds) else {
            return state.withLock { $0.slow += 1 }
        }
        if answer.body == nil, request.method == "GET" { stream(to: connection) }
    }

    private func answer(to request: HTTPRequest, _ verdict: PageGuard.Verdict) -> HTTPResponse {
        switch verdict {
        case .unknown:
            return .plain(
                .unauthorized, "A token is needed: open the page as /?token=..., or send Authorization: Bearer ...")
        case .foreign: return .plain(.forbidden, "Pages of other origins, and other names of this host, are refused.")
        case .passes, .passesWithCookie: break
        }
        guard ["GET", "HEAD"].contains(request.method) else {
            return .onlyLooking
        }
        // The token is the guard's, and nobody else's.
        let parameters = request.parameters.filter { $0.name != PageGuard.parameter }
        if let answer = more?.answer(to: request.path, parameters) { return HTTPResponse(answer) }
        switch request.path {
        case "/": return HTTPResponse(PageAnswer(.html, PageText.html(links: more?.links ?? [])))
        case "/live": return HTTPResponse(type: "text/event-stream", body: nil)
        case "/metrics":
            return HTTPResponse(
                type: PrometheusText.type, body: Metrics.text(of: view, server: counts))
        case "/health": return health()
        default:
            let paths = ["/", "/live", "/metrics"] + (more?.links.map(\.path) ?? [])
            return .plain(.notFound, "There are \(paths.joined(separator: ", ")) and /health.")
        }
    }

    private func health() -> HTTPResponse {
        let now = view.now
        let age = Double(MonotonicClock.nanoseconds() - now.movedAt) / 1e9
        let status = now.hasEnded ? "ended" : age > 10 ? "stalled" : "ok"
        func share(_ histogram: LatencyHistogram, _ share: Double) -> JSONValue {
            histogram.milliseconds(share: share).map { .integer($0) } ?? .null
        }
        let body = JSONValue.object([
            ("v", .integer(1)), ("status", .string(status)), ("pipeline", .string(view.name)),
            ("seconds_since_data", .fixed(age, decimals: 1)),
            ("stream_s", .fixed(now.summary.streamSeconds, decimals: 3)),
            ("records", .integer(now.recordCounts.values.reduce(0, +))),
            (
                "capture_to_record_ms",
                .object([("p50", share(now.detection, 0.5)), ("p99", share(now.detection, 0.99))])
            ),
            ("end_to_record_ms", .object([("p50", share(now.ending, 0.5)), ("p99", share(now.ending, 0.99))])),
        ])
        return HTTPResponse(
            status: status == "stalled" ? .unavailable : .ok, type: "application/json", body: body.text + "\n")
    }

    private func stream(to connection: StreamConnection) {
        view.watch(1)
        defer { view.watch(-1) }
        var next = ring.next
        var wasGreeted = false
        var nothing = [UInt8](repeating: 0, count: 16)
        var quiet: Int64 = 0
        while !clients.isClosed {
            let bytes: [UInt8]
            if !wasGreeted {
                bytes = view.greeting()
                wasGreeted = true
            } else {
                switch ring.frame(next, withinMilliseconds: 100) {
                case .frame(let frame):
                    bytes = frame
                    next += 1
                    quiet = 0
                case .nothing:
                    quiet += 1
                    // A client that has gone shows only when something is sent.
                    guard quiet % 50 == 0 else { continue }
                    bytes = Array(": quiet\n\n".utf8)
                case .tooLate: return state.withLock { $0.slow += 1 }
                }
            }
            guard connection.write(bytes, withinMilliseconds: limits.answerMilliseconds) else {
                if connection.read(into: &nothing, withinMilliseconds: 0) != .end { state.withLock { $0.slow += 1 } }
                return
            }
        }
    }
}
