import Foundation
import SpikeSignals
import Testing

@testable import SpikePipeline
@testable import SpikeServices

/// A page on a Unix socket of its own, until the value goes away.
private final class RunningPage {
    let server: PageServer
    let view = LiveView(name: "toy")
    let path = NSTemporaryDirectory() + "page-" + UUID().uuidString.prefix(8) + ".sock"

    init(_ limits: PageServer.Limits = .init(), token: String? = nil) throws {
        server = try PageServer(view, at: "unix:" + path, token: token, limits: limits)
        view.begins([
            ObservedStage(name: "ear", type: "cochlea", output: .spikes, isLive: true),
            ObservedStage(name: "words", type: "keyword", output: .records, inputs: [0], labels: ["yes"]),
        ])
        try server.start()
    }

    deinit { server.stop() }

    func ask(_ target: String, method: String = "GET", _ fields: [String] = []) -> String {
        RawClient.ask(path, target, method: method, fields)
    }

    func waits(for wanted: (PageServer.Counts) -> Bool) -> Bool {
        for _ in 0..<2_000 {
            if wanted(server.counts) { return true }
            usleep(10_000)
        }
        return false
    }

    /// A batch with a spike on channel `tick % 4`.
    func give(tick: Int) {
        let batch = SpikeBatch()
        (batch.channels, batch.firstTick) = (4, Int64(tick))
        batch.append(channel: tick % 4, count: 3)
        batch.endTick()
        view.arrived(upTo: batch.upTo, from: 0)
        view.stage(0, gave: batch)
    }
}

private func word(_ text: String, at seconds: Double) -> Record {
    let time = StreamTime(nanoseconds: Int64(seconds * 1e9))
    return .keyword(
        KeywordRecord(
            word: text, score: 0.9, at: time, from: .zero, to: time, levelDecibels: nil, pipeline: "toy",
            stage: "words",
            sequence: 1))
}

@Suite("The page") struct PageServerTests {
    @Test("shows spikes of populations within a stage, and wants them only while somebody looks")
    func insight() throws {
        let page = try RunningPage()
        let insight = StageInsight([.init(name: "hidden", size: 7), .init(name: "top", size: 2)])
        page.view.begins([
            ObservedStage(name: "brain", type: "network", output: .potentials, populations: insight.populations)
        ])
        #expect(!page.view.wantsInsight)
        let client = RawClient(page.path)
        client.send(Array("GET /live HTTP/1.1\r\n\r\n".utf8))
        for _ in 0..<1_000 where !page.view.wantsInsight { usleep(10_000) }
        #expect(page.view.wantsInsight)
        let input = SpikeBatch()
        input.firstTick = 40
        insight.begin(like: input)
        insight.spikes[0].append(channel: 5, count: 2)
        insight.spikes[0].endTick()
        insight.spikes[1].endTick()
        page.view.stage(0, showed: insight)
        let text = client.receive(until: "\"0.1\"")
        #expect(text.contains("\"populations\": [\"hidden\", \"top\"]"))
        #expect(
            text.contains("\"0.0\":{\"n\":7,\"d\":10.000,\"k\":40,\"s\":[[5,2]]},\"0.1\":{\"n\":2"),
            "\(text.suffix(400))")
    }

    @Test("answers what there is, and refuses the rest")
    func paths() throws {
        let page = try RunningPage()
        let html = page.ask("/")
        #expect(
            html.hasPrefix("HTTP/1.1 200 OK\r\n") && html.contains("Content-Security-Policy")
                && html.hasSuffix("</html>\n"))
        #expect(page.ask("/", method: "HEAD").hasSuffix("\r\n\r\n"))
        #expect(page.ask("/health").contains("\"status\": \"ok\""))
        for target in ["/../../etc/passwd", "/etc/passwd", "//", "/live/", "/%2e%2e/x"] {
            #expect(page.ask(target).hasPrefix("HTTP/1.1 404"), "\(target)")
        }
        #expect(page.ask("/", method: "POST").hasPrefix("HTTP/1.1 405"))
        #expect(page.ask("/", ["Host: evil.example"]).hasPrefix("HTTP/1.1 403"))
        #expect(page.ask("/live", ["Host: localhost", "Origin: http://evil.example"]).hasPrefix("HTTP/1.1 403"))
        #expect(page.ask("/", ["X: " + String(repeating: "x", count: 10_000)]).hasPrefix("HTTP/1.1 431"))
        #expect(page.ask("nonsense").hasPrefix("HTTP/1.1 400"))
        #expect(page.waits { $0.refused == 8 && $0.malformed == 2 && $0.answered == 3 && $0.clients == 0 })
    }

    @Test("a token is asked for, and kept as a cookie")
    func token() throws {
        let page = try RunningPage(token: "0123456789abcdef")
        #expect(page.ask("/").hasPrefix("HTTP/1.1 401"))
        #expect(page.ask("/live?token=0123456789abcdeX").hasPrefix("HTTP/1.1 401"))
        #expect(
            page.ask("/?token=0123456789abcdef").contains(
                "Set-Cookie: spikeline_token=0123456789abcdef; HttpOnly; SameSite=Strict"))
        #expect(page.ask("/metrics", ["Cookie: spikeline_token=0123456789abcdef"]).contains("spikeline_up"))
        #expect(page.ask("/metrics", ["Authorization: Bearer 0123456789abcdef"]).contains("spikeline_up"))
    }

    @Test("other machines are let in with a long token only")
    func binding() {
        let view = LiveView(name: "toy")
        for (address, token) in [
            ("0.0.0.0:0", nil), ("0.0.0.0:0", "short"), ("nonsense", nil), ("127.0.0.1:99999", nil),
        ] {
            #expect(throws: SpikelineError.self) { _ = try PageServer(view, at: address, token: token) }
        }
    }

    @Test("50 clients see spikes and records; one that does not read is let go, and the pipeline's thread never waits")
    func manyClients() throws {
        var limits = PageServer.Limits()
        limits.answerMilliseconds = 300
        let page = try RunningPage(limits)
        let request = Array("GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        let clients = (0..<50).map { _ in RawClient(page.path) }
        for client in clients { client.send(request) }
        let deaf = RawClient(page.path)
        deaf.send(request)
        #expect(page.waits { $0.clients == 51 })
        let texts = clients.map { Texts($0.receive()) }
        #expect(texts.allSatisfy { $0.text.contains("text/event-stream") })
        let group = DispatchGroup()
        for (client, text) in zip(clients, texts) {
            Thread.detachNewThread(in: group) { text.text += client.receiveAll(atMost: 20_000) }
        }
        var longest = 0.0
        var tick = 0
        let begin = Date()
        // Large batches, so that what a deaf client leaves fills its socket.
        while group.wait(timeout: .now()) == .timedOut || page.server.counts.slow == 0,
            Date().timeIntervalSince(begin) < 60
        {
            let before = Date()
            for _ in 0..<100 {
                page.give(tick: tick)
                tick += 1
            }
            if tick == 500 {
                let batch = RecordBatch()
                batch.records = [word("yes", at: 0.5)]
                page.view.stage(1, gave: batch)
            }
            longest = max(longest, Date().timeIntervalSince(before))
            usleep(10_000)
        }
        #expect(texts.allSatisfy { $0.text.contains("event: hello") && $0.text.contains("\"s\":[[") })
        #expect(texts.allSatisfy { $0.text.contains("\"word\": \"yes\"") })
        #expect(page.waits { $0.slow >= 1 })
        #expect(longest < 1, "the pipeline waited \(longest) s")
    }

    @Test("a client that dawdles is let go")
    func slowLoris() throws {
        var limits = PageServer.Limits()
        limits.requestMilliseconds = 300
        let page = try RunningPage(limits)
        let slow = RawClient(page.path)
        for byte in "GET / HT".utf8 {
            slow.send([byte])
            usleep(60_000)
        }
        #expect(slow.receive().isEmpty)
        #expect(page.waits { $0.slow == 1 && $0.clients == 0 })
    }

    @Test("more clients than are welcome are turned away")
    func limits() throws {
        var limits = PageServer.Limits()
        (limits.clients, limits.requestMilliseconds) = (3, 60_000)
        let page = try RunningPage(limits)
        let many = (0..<5).map { _ in RawClient(page.path) }
        withExtendedLifetime(many) {
            #expect(page.waits { $0.turnedAway == 2 })
        }
    }

    @Test("metrics count records, stages, energy and how long records took")
    func metrics() throws {
        let page = try RunningPage()
        for tick in 0..<10 { page.give(tick: tick) }
        let batch = RecordBatch()
        batch.records = [word("yes", at: 0.1)]
        page.view.stage(1, gave: batch)
        var summary = RunSummary()
        summary.stages = [
            .init(name: "ear", counts: .init(), counters: [StageCount(name: "synaptic_operations", value: 1_000_000)]),
            .init(
                name: "camera", counts: .init(),
                counters: [StageCount(name: "damaged_places", value: 3, isTrouble: true)]),
        ]
        page.view.counted(summary)
        let text = page.ask("/metrics")
        #expect(text.contains("spikeline_records_total{kind=\"keyword\"} 1\n"))
        #expect(text.contains("spikeline_stage_count{stage=\"camera\",name=\"damaged_places\"} 3\n"))
        let loihi = "hardware=\"loihi\",source=\"Davies et al., IEEE Micro 38(1), 2018, simulated, a minimum\""
        #expect(text.contains("{\(loihi)} 2.36e-05\n"))
        #expect(text.contains("spikeline_capture_to_record_seconds_bucket{le=\"0.200\"} 1\n"))
        #expect(text.contains("spikeline_end_to_record_seconds_count 1\n"))
        page.view.ended()
        #expect(page.ask("/health").contains("\"status\": \"ended\""))
    }
}

/// A text that one thread writes and another reads after it.
private final class Texts: @unchecked Sendable {
    var text: String
    init(_ text: String) { self.text = text }
}

extension Thread {
    /// A thread that `group` waits for.
    fileprivate static func detachNewThread(in group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        detachNewThread {
            body()
            group.leave()
        }
    }
}
