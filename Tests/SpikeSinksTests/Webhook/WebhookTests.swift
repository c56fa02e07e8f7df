import Glibc
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeSinks

/// The sink `webhook` with a web server that may fail.
@Suite(.enabled(if: HookServer.isInstalled, "python3 and openssl are not installed"))
struct WebhookTests {
    private func sink(
        _ server: HookServer, _ values: [String: OptionValue] = [:], key: String? = "key"
    ) throws -> AnySink {
        let scheme = server.certificates == nil ? "http" : "https"
        var options: [String: OptionValue] = [
            "url": .string("\(scheme)://127.0.0.1:\(server.port)/hook"), "retry_max_s": .number(0.2),
        ]
        options.merge(values) { $1 }
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        if let key {
            let file = unsafe open(folder + "/key", O_WRONLY | O_CREAT, 0o600)
            unsafe write(file, key, key.utf8.count)
            close(file)
            options["secret_file"] = .string("key")
        }
        let context = StageContext(pipeline: "p", stage: "hook", folder: folder)
        guard case .sink(let sink) = try WebhookSink.descriptor.make(Options(options), context) else {
            throw SpikelineError("not a sink")
        }
        return sink
    }

    private func counts(of sink: AnySink) -> [String: Int] {
        Dictionary(sink.counters.counts.map { ($0.name, $0.value) }) { $1 }
    }

    @Test(
        "A server that fails, hangs up or answers without end at first gets every record, signed",
        arguments: [false, true])
    func failsAtFirst(encrypted: Bool) throws {
        let server = try HookServer(key: "key", failures: [503, 500, 1, 429, 201], encrypted: encrypted)
        var options: [String: OptionValue] = [:]
        if let authority = server.certificates?.authority { options["ca_file"] = .string(authority) }
        let sink = try sink(server, options)
        try sink.consume(SampleRecords.batch(1...5))
        try sink.finish()
        let requests = server.requests
        #expect(requests.map { $0[1] } == Array(repeating: "good", count: 9))
        #expect(Set(requests.prefix(5).map { $0[2] }).count == 1)
        let taken = requests.filter { ["200", "201"].contains($0[0]) }
        #expect(taken.count == 5)
        #expect(Set(taken.map { $0[2] }).count == 5)
        for (index, request) in taken.enumerated() {
            #expect(request[3].contains("\"seq\": \(index + 1), \"id\": \"\(request[2])\""))
        }
        #expect(counts(of: sink)["delivered"] == 5)
        // libcurl itself repeats what a kept connection lost before the answer.
        #expect(counts(of: sink)["failed_attempts"] ?? 0 >= 3)
    }

    @Test("A record that the server will never take is left out")
    func refused() throws {
        let server = try HookServer(key: "key", failures: [200, 422])
        let sink = try sink(server, ["when_unavailable": .string("drop")])
        try sink.consume(SampleRecords.batch(1...3))
        try sink.finish()
        #expect(server.requests.map { $0[0] } == ["200", "422", "200"])
        #expect(counts(of: sink)["refused"] == 1)
        #expect(counts(of: sink)["delivered"] == 2)
    }

    @Test("A server that refuses us, and one that nobody vouches for, are lost", arguments: [false, true])
    func lost(encrypted: Bool) throws {
        let server = try HookServer(key: "other", failures: [403], encrypted: encrypted)
        let sink = try sink(server)
        let found = complaint {
            try sink.consume(SampleRecords.batch(1...3))
            try sink.finish()
        }
        #expect(found.cause == .lost)
        #expect(found.text.contains(encrypted ? "the server cannot be reached" : "the server refuses us (403)"))
        #expect(server.requests.map { $0[1] } == (encrypted ? [] : ["bad"]))
    }

    @Test("A server that never answers holds up neither the pipeline nor its end for long")
    func silent() throws {
        let server = try HookServer(key: "key", failures: [2])
        let sink = try sink(server, ["when_unavailable": .string("drop"), "flush_s": .number(0.5)], key: nil)
        let begin = MonotonicClock.nanoseconds()
        for number in 1...100 { try sink.consume(SampleRecords.batch([number])) }
        #expect(MonotonicClock.nanoseconds() - begin < 2_000_000_000)
        try sink.finish()
        #expect(MonotonicClock.nanoseconds() - begin < 6_000_000_000)
        #expect(counts(of: sink)["dropped"] == 100)
    }
}
