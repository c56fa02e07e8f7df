import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

/// Live streams beside a real server: what the server forgets, what is killed, what is hostile costs no record and adds none.
@Suite(.enabled(if: NATSServer.isInstalled, "nats-server and openssl are not installed"), .serialized)
struct LiveStreamTests {
    @Test("The pipelines of the documentation are right")
    func documented() throws {
        let folder = try TemporaryFolder()
        for name in ["board", "words"] {
            let file = SharedData.packageRoot + "/Pipelines/Live/\(name).yaml"
            #expect(try Program.run(["validate", file], in: folder).code == 0)
        }
    }

    @Test("Spikes that travelled give the records of a machine with an ear of its own; they are smaller than the sound")
    func travel() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let board = try folder.write("board.yaml", Self.board(server.url, ["kitchen"]).utf8)
        let summary = folder.path + "/board.json"
        let sent = try Program.run(["run", board, "--summary", summary], in: folder)
        #expect(sent.code == 0, "\(sent.errors)")
        let single = try folder.write("single.yaml", Self.single(server.url, "kitchen").utf8)
        let received = try Program.run(["run", single], in: folder)
        #expect(received.code == 0, "\(received.errors)")
        let expected = try Self.expected(in: folder)
        #expect(Self.lines(received.output) == expected && expected.count == 20)

        let text = try Data(contentsOf: URL(fileURLWithPath: summary))
        let json = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        let seconds = try #require(json["stream_s"] as? Double)
        let stage = try #require((json["stages"] as? [String: Any])?["kitchen"] as? [String: Any])
        let counters = try #require(stage["counters"] as? [String: Int])
        let rate = Double(counters["bytes"] ?? 0) / seconds
        print("live: \(Int(rate)) bytes/s of spikes in messages against 32000 of sound in 16 bits")
        #expect(counters["confirmed"] == counters["messages"] && rate > 100 && rate < 8_000)
    }

    @Test("Sound, events and records travel too")
    func kinds() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let sound = try folder.write(
            "sound.yaml",
            """
            name: sound
            sources:
              microphone: {type: audio_file, path: "\(Self.sample)"}
            sinks:
              uplink: {type: nats, inputs: [microphone], url: "\(server.url)", kind: audio, sensor: kitchen}
            """.utf8)
        #expect(try Program.run(["run", sound], in: folder).code == 0)
        let hear = try folder.write(
            "hear.yaml",
            """
            name: keywords
            sources:
              kitchen: {type: nats, url: "\(server.url)", kind: audio, sensor: kitchen}
            transforms:
              ear: {type: cochlea, inputs: [kitchen]}
              brain: {type: network, inputs: [ear], model: "\(Self.model)"}
              words: {type: keyword, inputs: [brain]}
            sinks:
              console: {type: jsonl, inputs: [words]}
              uplink: {type: nats, inputs: [words], url: "\(server.url)", kind: records, sensor: kitchen}
            """.utf8)
        let heard = try Program.run(["run", hear], in: folder)
        let expected = try Self.expected(in: folder)
        #expect(Self.lines(heard.output) == expected, "\(heard.errors)")
        let collect = try folder.write(
            "collect.yaml",
            """
            name: collect
            sources:
              kitchen: {type: nats, url: "\(server.url)", kind: records, sensor: kitchen}
            sinks:
              console: {type: jsonl, inputs: [kitchen]}
            """.utf8)
        let collected = try Program.run(["run", collect], in: folder)
        #expect(Self.lines(collected.output) == expected, "\(collected.errors)")
    }

    @Test("The server killed and started again, several times: everything arrives once and in order")
    func reconnect() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let board = try folder.write(
            "board.yaml", Self.board(server.url, ["a", "b"], ", gather_ms: 20, give_up_after_s: 60, flush_s: 60").utf8)
        let single = try folder.write(
            "single.yaml", Self.single(server.url, "a").replacingOccurrences(of: "_s: 3", with: "_s: 10").utf8)
        let sender = try Child(Program.path, ["run", board] + Self.sixfold)
        let output = folder.path + "/received"
        let receiver = try Child(Program.path, ["run", single], output: output)
        for _ in 0..<4 {
            usleep(.random(in: 200_000..<1_200_000))
            server.stop(signal: SIGKILL)
            usleep(.random(in: 10_000..<600_000))
            try server.start()
        }
        #expect(sender.wait(seconds: 120) && sender.code == 0)
        #expect(receiver.wait(seconds: 120) && receiver.code == 0)
        let expected = try Self.expected(in: folder)
        #expect(Self.lines(try String(contentsOfFile: output, encoding: .utf8)) == expected)
    }

    @Test("50 live sensors over two workers, one of them killed: each sensor's records are those of a single machine")
    func takeOver() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let pipeline = try folder.write("words.yaml", Self.words(server.url).utf8)
        let attend = ["attend", pipeline, "--lease", "2", "--checkpoint", "0.5"]
        let port = Tool.freePort()
        var workers = try [[], ["--metrics", "127.0.0.1:\(port)"]].map { try Child(Program.path, attend + $0) }
        // Five boards with ten sensors each; messages of different length, and one of the boards starts twice.
        let sensors = (0..<5).map { board in (0..<10).map { "mic-\(board)-\($0)" } }
        let boards = try (0..<5).map { index in
            try folder.write(
                "board\(index).yaml",
                Self.board(server.url, sensors[index], ", gather_ms: \(60 + 40 * index), flush_s: 60").utf8)
        }
        let senders = try boards.map { try Child(Program.path, ["run", $0]) }
        let stream = try Self.stream(server)
        func stored() -> Int {
            let info = try? stream.ask("STREAM.INFO.spikeline_RECORDS", nil, allowed: [10_059])
            return info?["state"]?["messages"]?.integerValue ?? 0
        }
        #expect(Tool.wait(seconds: 60) { stored() > .random(in: 50...300) })
        workers[0].end(signal: SIGKILL)
        let before = stored()
        for sender in senders { #expect(sender.wait(seconds: 120) && sender.code == 0) }
        let again = try Child(Program.path, ["run", boards[4]])
        #expect(again.wait(seconds: 120) && again.code == 0)
        let expected = try Self.expected(in: folder)
        let total = expected.count * 60
        #expect(Tool.wait(seconds: 120) { stored() >= total })
        // Whoever would store something twice has the time to.
        usleep(1_500_000)
        let numbers = Tool.get("/metrics", port: port)
        #expect(numbers.contains("spikeline_attend_sensors 50\n"), "\(numbers)")
        #expect(numbers.contains("# TYPE spikeline_attend_checkpoints_total counter\n"))
        #expect(!numbers.contains("_records_total 0\n") && !numbers.contains("_checkpoints_total 0\n"), "\(numbers)")
        #expect(Tool.get("/health", port: port).contains("\"status\": \"ok\""))
        workers[1].end()
        #expect(workers[1].code == 0 && before < total)
        workers.removeAll()
        let records = try Self.records(stream)
        #expect(records.count == 50)
        for (board, names) in sensors.enumerated() {
            for name in names { #expect(records[name] == (board == 4 ? expected + expected : expected), "\(name)") }
        }
        print("live: 50 sensors, 2 workers, one killed after \(before) of \(total) records; all as on a single machine")
    }

    @Test("A worker that stops and one that joins hand sensors over; one that comes back too late is told")
    func handOver() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let pipeline = try folder.write("words.yaml", Self.words(server.url).utf8)
        let attend = ["attend", pipeline, "--lease", "1", "--checkpoint", "0.3"]
        let board = try folder.write(
            "board.yaml", Self.board(server.url, (0..<6).map { "s\($0)" }, ", flush_s: 60").utf8)
        let first = try Child(Program.path, attend)
        let sender = try Child(Program.path, ["run", board] + Self.sixfold)
        usleep(2_000_000)
        // It is no more heard of while it stands still; then it goes on, as if nothing had happened.
        kill(first.process, SIGSTOP)
        let second = try Child(Program.path, attend)
        usleep(2_500_000)
        kill(first.process, SIGCONT)
        usleep(1_000_000)
        let third = try Child(Program.path, attend)
        usleep(2_000_000)
        second.end()
        #expect(second.code == 0)
        #expect(sender.wait(seconds: 120) && sender.code == 0)
        let expected = try Self.expected(in: folder)
        let stream = try Self.stream(server)
        Tool.wait(seconds: 30) {
            let info = try? stream.ask("STREAM.INFO.spikeline_RECORDS", nil)
            return info?["state"]?["messages"]?.integerValue ?? 0 >= expected.count * 6
        }
        usleep(1_000_000)
        first.end()
        third.end()
        #expect(first.code == 0 && third.code == 0)
        let records = try Self.records(stream)
        for index in 0..<6 { #expect(records["s\(index)"] == expected) }
    }

    @Test("Bytes of any kind on a sensor's subject are left out and told, and cost no record")
    func hostile() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = try Fleet()
        let stream = try Self.stream(server)
        try fleet.prepare(live: .spikes, stream)
        let subject = fleet.subject(.spikes, sensor: "a")
        var dice = Dice(state: 4)
        func disturb() throws {
            var other = LiveMessage(.spikes, run: 1, number: 1, body: [1, 2, 3]).bytes
            other[4] = 2
            let all: [[UInt8]] = [
                [], other, Array("{}".utf8), LiveMessage(.audio, run: 1, number: 1, body: [1]).bytes,
                (0..<500).map { _ in UInt8(dice.pick(0...255)) },
            ]
            for bytes in all { _ = try stream.store(bytes, on: subject, id: "\(dice.next())") }
        }
        try disturb()
        let board = try folder.write("board.yaml", Self.board(server.url, ["a"], ", flush_s: 60").utf8)
        let sender = try Child(Program.path, ["run", board])
        for _ in 0..<20 { try disturb() }
        #expect(sender.wait(seconds: 60) && sender.code == 0)
        let pipeline = try folder.write("words.yaml", Self.words(server.url).utf8)
        let attended = try Program.run(["attend", pipeline, "--end-after-quiet", "2"], in: folder)
        #expect(attended.code == 0 && attended.errors.contains("105 refused"), "\(attended.errors)")
        #expect(attended.errors.contains("sensor a: a message is left out: expected a message of a live stream"))
        let expected = try Self.expected(in: folder)
        #expect(try Self.records(stream)["a"] == expected)
        let single = try folder.write("single.yaml", Self.single(server.url, "a").utf8)
        #expect(Self.lines(try Program.run(["run", single], in: folder).output) == expected)
    }

    @Test("A state of another model, records of another pipeline, and pipelines that cannot be resumed are refused")
    func mismatch() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let board = try folder.write("board.yaml", Self.board(server.url, ["a"], ", flush_s: 60").utf8)
        #expect(try Program.run(["run", board], in: folder).code == 0)
        let pipeline = try folder.write("words.yaml", Self.words(server.url).utf8)
        let once = ["--end-after-quiet", "1.5"]
        #expect(try Program.run(["attend", pipeline] + once, in: folder).code == 0)
        let stricter = try folder.write("stricter.yaml", Self.words(server.url, more: ", threshold: 0.9").utf8)
        let refused = try Program.run(["attend", stricter] + once, in: folder)
        #expect(refused.code == 2 && refused.errors.contains("belongs to another model or other options"))
        #expect(refused.errors.contains("--fresh"), "\(refused.errors)")
        let fresh = try Program.run(["attend", stricter, "--fresh"] + once, in: folder)
        #expect(fresh.code == 0 && fresh.errors.contains("beginning anew"), "\(fresh.errors)")

        let other = try folder.write(
            "other.yaml",
            Self.words(server.url).replacingOccurrences(of: "name: keywords", with: "name: other").utf8)
        // Another pipeline with records of its own under the same name: one of the two is told.
        _ = try Program.run(["attend", other] + once, in: folder)
        let second = try Program.run(["attend", stricter] + once, in: folder)
        #expect(second.code == 2 && second.errors.contains("another pipeline writes its records"), "\(second.errors)")

        let ear = Self.words(server.url).replacingOccurrences(of: "kind: spikes", with: "kind: audio")
            .replacingOccurrences(
                of: "  brain: {type: network, inputs: [boards]",
                with:
                    "  ear: {type: cochlea, inputs: [boards]}\n  brain: {type: network, inputs: [ear]")
        let audio = try folder.write("audio.yaml", ear.utf8)
        let stateful = try Program.run(["attend", audio] + once, in: folder)
        #expect(stateful.code == 2 && stateful.errors.contains("the state of \"ear\" (cochlea) cannot be kept"))
        let plain = try Program.run(["attend", Self.keywords] + once, in: folder)
        #expect(plain.code == 2 && plain.errors.contains("both of type nats"), "\(plain.errors)")
        let star = try folder.write("star.yaml", Self.single(server.url, "\"*\"").utf8)
        let everybody = try Program.run(["run", star], in: folder)
        #expect(everybody.code == 2 && everybody.errors.contains("spikeline attend"), "\(everybody.errors)")
    }
}
