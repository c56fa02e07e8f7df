import SpikeSensors
import SpikeSignals

/// Serves the numbers of a worker by HTTP/1.1, for Prometheus and for whoever asks whether it is well.
///
/// | path | answer |
/// |---|---|
/// | `/metrics` | the text format of Prometheus |
/// | `/health` | a JSON object; status 503 if the worker is not well |
///
/// The guard of the page (``PageServer``) stands before it: without a token only this machine may look. Every client has a
/// thread, gets one answer and is let go; there are at most ``mostClients`` at once.
public final class MetricsServer: @unchecked Sendable {
    /// One number with its name and what it means.
    public struct Metric: Hashable, Sendable {
        /// The name; `_total` at its end makes it a counter.
        public var name: String
        /// What it is.
        public var help: String
        /// The number.
        public var value: Double

        /// A number.
        public init(_ name: String, _ help: String, _ value: Double) {
            (self.name, self.help, self.value) = (name, help, value)
        }

        /// A whole number.
        public init(_ name: String, _ help: String, _ value: Int) { self.init(name, help, Double(value)) }
    }

    /// How a worker is.
    public struct Health: Sendable {
        /// A word for it.
        public var status: String
        /// Whether it is well.
        public var isWell: Bool
        /// What else there is to say.
        public var more: [(String, JSONValue)]

        /// A word, whether that is well, and more.
        public init(_ status: String, isWell: Bool, _ more: [(String, JSONValue)] = []) {
            (self.status, self.isWell, self.more) = (status, isWell, more)
        }
    }

    /// What is asked for when a client asks; both are called on the clients' threads.
    public struct Contents: Sendable {
        /// The numbers.
        public var metrics: @Sendable () -> [Metric]
        /// How the worker is.
        public var health: @Sendable () -> Health

        /// Numbers and health.
        public init(metrics: @escaping @Sendable () -> [Metric], health: @escaping @Sendable () -> Health) {
            (self.metrics, self.health) = (metrics, health)
        }
    }

    /// The most clients at once; more are turned away.
    static let mostClients = 16
    /// How long a request may take to arrive, and an answer to leave.
    private static let patience: (request: Int64, answer: Int64) = (5_000, 2_000)

    private let contents: Contents
    private let guardian: PageGuard
    private let clients = ClientThreads(most: MetricsServer.mostClients)
    // Why unchecked: only the thread that welcomes clients uses the listener; the rest is constant or locked.
    private let listener: StreamListener
    /// Where it can be reached: `127.0.0.1:9100`.
    public let name: String

    /// Listens at `address`, which came by the option of that name.
    ///
    /// - Parameter token: what clients must show; needed if other machines can connect.
    /// - Throws: if the address cannot be used, or would let anybody in.
    public init(
        _ contents: Contents, at address: String, token: String?, option: String = "--metrics"
    ) throws(SpikelineError) {
        guardian = try PageGuard(token: token, at: address, option: option)
        self.contents = contents
        listener = try StreamListener(address, option: option)
        name = listener.name
    }

    /// Begins to serve, on threads of its own, until ``stop()``.
    public func start() throws(SpikelineError) {
        try Worker.start { [self] in clients.welcomeAll(from: listener) { [self] in serve($0) } }
    }

    /// Lets all clients go.
    public func stop() { clients.close() }

    private func serve(_ connection: StreamConnection) {
        var answer: HTTPResponse
        var hasBody = true
        do {
            let arrival = try HTTPRequest.read(
                from: connection, withinMilliseconds: MetricsServer.patience.request, isClosed: { clients.isClosed })
            guard case .request(let request) = arrival else { return }
            (answer, hasBody) = (self.answer(to: request), request.method != "HEAD")
        } catch {
            answer = HTTPResponse(error)
        }
        _ = connection.write(answer.bytes(withBody: hasBody), withinMilliseconds: MetricsServer.patience.answer)
    }

    private func answer(to request: HTTPRequest) -> HTTPResponse {
        switch guardian.verdict(on: request) {
        case .unknown: return .plain(.unauthorized, "A token is needed: send Authorization: Bearer ...")
        case .foreign: return .plain(.forbidden, "Pages of other origins, and other names of this host, are refused.")
        case .passes, .passesWithCookie: break
        }
        guard ["GET", "HEAD"].contains(request.method) else { return .onlyLooking }
        switch request.path {
        case "/metrics":
            var text = PrometheusText()
            for metric in contents.metrics() {
                text.head(metric.name, metric.name.hasSuffix("_total") ? "counter" : "gauge", metric.help)
                text.value(metric.name, [], metric.value)
            }
            return HTTPResponse(type: PrometheusText.type, body: text.text)
        case "/health":
            let health = contents.health()
            let body = JSONValue.object([("v", .integer(1)), ("status", .string(health.status))] + health.more)
            return HTTPResponse(
                status: health.isWell ? .ok : .unavailable, type: "application/json", body: body.text + "\n")
        default: return .plain(.notFound, "There are /metrics and /health.")
        }
    }
}
