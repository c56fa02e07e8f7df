import Foundation
import SpikeSignals
import Synchronization
import Testing

@testable import SpikeServices

/// Numbers on a Unix socket of their own, until the value goes away.
private final class RunningMetrics {
    let server: MetricsServer
    let isWell = InstanceOf(true)
    let path = NSTemporaryDirectory() + "metrics-" + UUID().uuidString.prefix(8) + ".sock"

    final class InstanceOf: Sendable {
        private let state: Mutex<Bool>
        init(_ value: Bool) { state = Mutex(value) }
        var value: Bool {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }

    init(token: String? = nil) throws {
        let isWell = isWell
        let contents = MetricsServer.Contents(
            metrics: {
                [
                    .init("toy_jobs_total", "Jobs.", 12), .init("toy_seconds_total", "Seconds.", 0.25),
                    .init("toy_busy", "1 if it is busy.", 1),
                ]
            },
            health: {
                isWell.value
                    ? .init("idle", isWell: true, [("worker", .string("a \"b\""))])
                    : .init("server away", isWell: false)
            })
        server = try MetricsServer(contents, at: "unix:" + path, token: token)
        try server.start()
    }

    deinit { server.stop() }

    func ask(_ target: String, method: String = "GET", _ fields: [String] = []) -> String {
        RawClient.ask(path, target, method: method, fields)
    }
}

@Suite("The numbers of a worker") struct MetricsServerTests {
    @Test("are served as Prometheus reads them, health with a status, and nothing else is there")
    func paths() throws {
        let metrics = try RunningMetrics()
        let text = metrics.ask("/metrics")
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(
            text.hasSuffix(
                """
                \r\n\r\n# HELP toy_jobs_total Jobs.
                # TYPE toy_jobs_total counter
                toy_jobs_total 12
                # HELP toy_seconds_total Seconds.
                # TYPE toy_seconds_total counter
                toy_seconds_total 0.25
                # HELP toy_busy 1 if it is busy.
                # TYPE toy_busy gauge
                toy_busy 1

                """), "\(text)")
        #expect(metrics.ask("/metrics", method: "HEAD").hasSuffix("\r\n\r\n"))
        let well = metrics.ask("/health")
        #expect(well.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(well.hasSuffix("{\"v\": 1, \"status\": \"idle\", \"worker\": \"a \\\"b\\\"\"}\n"), "\(well)")
        metrics.isWell.value = false
        let away = metrics.ask("/health")
        #expect(away.hasPrefix("HTTP/1.1 503 ") && away.contains("\"status\": \"server away\""), "\(away)")
        for target in ["/", "/live", "/metrics/", "/../etc/passwd", "//"] {
            #expect(metrics.ask(target).hasPrefix("HTTP/1.1 404"), "\(target)")
        }
        let post = metrics.ask("/metrics", method: "POST")
        #expect(post.hasPrefix("HTTP/1.1 405") && post.contains("Allow: GET, HEAD\r\n"))
        #expect(metrics.ask("/metrics", ["Host: evil.example"]).hasPrefix("HTTP/1.1 403"))
        #expect(metrics.ask("/metrics", ["Host: localhost", "Origin: http://evil.example"]).hasPrefix("HTTP/1.1 403"))
        #expect(metrics.ask("/", ["X: " + String(repeating: "x", count: 10_000)]).hasPrefix("HTTP/1.1 431"))
        #expect(metrics.ask("nonsense").hasPrefix("HTTP/1.1 400"))
    }

    @Test("a token is asked for; other machines are let in with a long one only")
    func token() throws {
        let metrics = try RunningMetrics(token: "0123456789abcdef")
        #expect(metrics.ask("/metrics").hasPrefix("HTTP/1.1 401"))
        #expect(metrics.ask("/health", ["Authorization: Bearer 0123456789abcdeX"]).hasPrefix("HTTP/1.1 401"))
        #expect(metrics.ask("/metrics", ["Authorization: Bearer 0123456789abcdef"]).contains("toy_jobs_total 12"))
        let contents = MetricsServer.Contents(metrics: { [] }, health: { .init("ok", isWell: true) })
        for (address, token, word) in [
            ("0.0.0.0:0", nil, "there is no token"), ("0.0.0.0:0", "short", "at least 16"), ("nonsense", nil, ""),
            ("127.0.0.1:99999", nil, ""),
        ] {
            let error = #expect(throws: SpikelineError.self) {
                _ = try MetricsServer(contents, at: address, token: token)
            }
            #expect(word.isEmpty || error?.what.contains(word) == true, "\(String(describing: error))")
            #expect(word.isEmpty || error?.place.contains("--metrics") == true, "\(String(describing: error))")
        }
    }

    @Test("clients that say nothing keep nobody out for long, and their number is bounded")
    func silent() throws {
        let metrics = try RunningMetrics()
        let silent = (0..<MetricsServer.mostClients + 4).map { _ in RawClient(metrics.path) }
        // They are let go after five seconds; then others are served again.
        var text = ""
        for _ in 0..<300 where text.isEmpty {
            text = metrics.ask("/health")
            if text.isEmpty { usleep(100_000) }
        }
        #expect(text.hasPrefix("HTTP/1.1 200"))
        #expect(silent.count == 20)
    }
}
