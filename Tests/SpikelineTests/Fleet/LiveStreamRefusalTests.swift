import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

/// What a live stream refuses: full, absent, too large, not permitted.
extension LiveStreamTests {
    @Test("A full stream, an absent server, a queue that is full: told, with exit code 3")
    func limits() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let stream = try Self.stream(server)
        try stream.makeStream(
            "spikeline_LIVE",
            [
                ("subjects", .array([.string("spikeline.live.spikes.*")])), ("discard", .string("new")),
                ("max_msgs", .integer(20)), ("allow_direct", .bool(true)),
            ])
        let board = try folder.write("board.yaml", Self.board(server.url, ["a"], ", give_up_after_s: 2").utf8)
        let full = try Program.run(["run", board], in: folder)
        #expect(full.code == 3 && full.errors.contains("the stream is full"), "\(full.errors)")
        server.stop()
        let gone = try Program.run(["run", board], in: folder)
        #expect(gone.code == 3 && gone.errors.contains("no NATS server answers"), "\(gone.errors)")
        let eager = try folder.write(
            "eager.yaml",
            Self.board(server.url, ["a"], ", give_up_after_s: 30, when_full: error, queue_messages: 5, flush_s: 0").utf8
        )
        // Again and again, as the end of the program must not trip over the connection that is still being made.
        for _ in 0..<12 {
            let short = try Program.run(["run", eager], in: folder)
            #expect(
                short.code == 3 && short.errors.contains("5 messages wait already"), "\(short.code) \(short.errors)")
        }
        // Who may drop goes on without the server.
        let careless = try folder.write(
            "careless.yaml", Self.board(server.url, ["a"], ", when_full: drop, queue_messages: 5, flush_s: 0").utf8)
        let summary = folder.path + "/careless.json"
        let dropped = try Program.run(["run", careless, "--summary", summary], in: folder)
        #expect(dropped.code == 0, "\(dropped.errors)")
        let text = try String(contentsOfFile: summary, encoding: .utf8)
        #expect(text.contains("\"confirmed\": 0") && !text.contains("\"dropped\": 0, \"waiting\""), "\(text)")
        for verb in [["attend", try folder.write("words.yaml", Self.words(server.url).utf8)]] {
            let away = try Program.run(verb + ["--set", "boards.give_up_after_s=1"], in: folder)
            #expect(away.code == 3 && away.errors.contains("no NATS server answers"), "\(away.errors)")
        }
    }

    @Test("A message that is more than the server takes is told, also where others may be dropped")
    func oversize() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer(more: ["max_payload: 8192"])
        try server.start()
        for more in [", gather_ms: 10000", ", gather_ms: 10000, when_full: drop"] {
            let board = try folder.write("board.yaml", Self.board(server.url, ["a"], more).utf8)
            let outcome = try Program.run(["run", board], in: folder)
            #expect(outcome.code == 2, "\(outcome.errors)")
            #expect(
                outcome.errors.contains("bytes, the server takes messages of 8192. Lower \"gather_ms\""),
                "\(outcome.errors)")
        }
    }

    @Test("A board may publish as its own sensor only; another name is refused with what to do")
    func permissions() throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("secret", "secret".utf8)
        // The users of Documentation/live-streams.md, word for word.
        let document = try String(
            contentsOfFile: SharedData.packageRoot + "/Documentation/live-streams.md", encoding: .utf8)
        let users = try #require(document.components(separatedBy: "```nats-users\n").dropFirst().first)
            .components(separatedBy: "```")[0]
        let server = try NATSServer(more: [users])
        try server.start()
        func board(_ sensor: String, _ user: String) throws -> Program.Outcome {
            let more = ", user: \(user), password_file: \"\(secret)\", give_up_after_s: 4, flush_s: 20"
            let file = try folder.write("board.yaml", Self.board(server.url, [sensor], more).utf8)
            return try Program.run(["run", file], in: folder)
        }
        let early = try board("kitchen", "kitchen")
        #expect(early.code == 3 && early.errors.contains("no stream stores spikeline.live.spikes.kitchen"))
        #expect(early.errors.contains("Start spikeline attend first"), "\(early.errors)")
        let pipeline = try folder.write("words.yaml", Self.words(server.url).utf8)
        let user = ["boards", "records"].flatMap {
            ["--set", "\($0).user=worker", "--set", "\($0).password_file=\(secret)"]
        }
        let attend = ["attend", pipeline, "--end-after-quiet", "2"] + user
        let first = try Program.run(attend, in: folder)
        #expect(first.code == 0, "\(first.errors)")
        let own = try board("kitchen", "kitchen")
        #expect(own.code == 0, "\(own.errors)")
        let wrong = try board("cellar", "kitchen")
        #expect(wrong.code == 3 && wrong.errors.contains("does not permit us this"), "\(wrong.errors)")
        #expect(
            wrong.errors.contains("spikeline.live.spikes.cellar") && wrong.errors.contains("the name that it may have"))
        let second = try Program.run(attend, in: folder)
        #expect(second.code == 0 && second.errors.contains("20 records"), "\(second.errors)")
    }
}
