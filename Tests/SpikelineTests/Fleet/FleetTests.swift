import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

/// Submit, work and results beside a real server: what is killed, full, absent or refused loses nothing.
@Suite(.enabled(if: NATSServer.isInstalled, "nats-server and openssl are not installed"), .serialized)
struct FleetTests {
    private static let keywords = SharedData.packageRoot + "/Pipelines/keywords.yaml"
    private static let sample = SharedData.packageRoot + "/SampleData/keywords.flac"

    /// A second of sound in 16 bits at 16 kHz.
    private static func tone(_ number: Int) -> [UInt8] {
        let samples = (0..<16_000).flatMap { index -> [UInt8] in
            let value = Int16(8_000 * sin(Double(index * (50 + number % 400)) * 0.0005))
            return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
        func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        return Array("RIFF".utf8) + word(36 + samples.count) + Array("WAVEfmt ".utf8) + word(16) + [1, 0, 1, 0]
            + word(16_000) + word(32_000) + [2, 0, 16, 0] + Array("data".utf8) + word(samples.count) + samples
    }

    private static func json(_ line: Substring) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test(
        "A job gives the records of a run, by path and uploaded; a bad one fails with the reason, a dead letter stays")
    func results() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let bad = try folder.write("bad.wav", Array("no sound".utf8))
        for (batch, more) in [("path", []), ("sent", ["--upload"])] {
            let sent = try Program.run(
                ["submit", Self.sample, bad, "--pipeline", Self.keywords, "--batch", batch] + fleet + more, in: folder)
            #expect(sent.code == 0 && sent.output == batch + "\n", "\(sent.errors)")
            let again = try Program.run(
                ["submit", Self.sample, bad, "--pipeline", Self.keywords, "--batch", batch] + fleet + more, in: folder)
            #expect(again.errors.contains("2 were there already"))
            let open = try Program.run(["results", "--batch", batch] + fleet, in: folder)
            #expect(open.code == 3 && open.output.contains("2 open"))
            let work = try Program.run(["work", "--once"] + fleet, in: folder)
            #expect(work.code == 0 && work.errors.contains("1 done, 1 failed"), "\(work.errors)")
            let found = try Program.run(["results", "--batch", batch, "--json"] + fleet, in: folder)
            #expect(found.code == 0, "\(found.errors)")
            let lines = try found.output.split(separator: "\n").map(Self.json)
            let alone = try Program.run(["run", Self.keywords, "--input", Self.sample], in: folder)
            let records = try #require(lines.first?["records"] as? [NSDictionary])
            let expected = try alone.output.split(separator: "\n").map { try Self.json($0) as NSDictionary }
            #expect(records == expected && records.count == 20)
            #expect(lines[1]["status"] as? String == "failed")
            #expect((lines[1]["reason"] as? String)?.contains("expected a sound file") == true)
            #expect(lines[2]["complete"] as? Bool == true)
        }
        let top = try Program.run(["top"] + fleet, in: folder)
        #expect(top.output.hasPrefix("waiting 0  taken 0  redelivered 0  results 6  dead 2"), "\(top.output)")
    }

    @Test("The numbers of a worker: jobs, records and queue; a server that is away; no strangers")
    func metrics() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let bad = try folder.write("bad.wav", Array("no sound".utf8))
        let port = Tool.freePort()
        let worker = try Child(
            Program.path, ["work", "--patience", "60", "--metrics", "127.0.0.1:\(port)"] + fleet)
        #expect(Tool.wait { Tool.isOpen(port: port) })
        func numbers() -> [String: Double] {
            let lines = Tool.get("/metrics", port: port).split(separator: "\n").filter { !$0.hasPrefix("#") }
            let pairs = lines.map { $0.split(separator: " ") }.filter { $0.count == 2 && $0[0].hasPrefix("spikeline_") }
            return Dictionary(pairs.map { (String($0[0]), Double($0[1]) ?? -1) }, uniquingKeysWith: { $1 })
        }
        let fresh = numbers()
        #expect(fresh["spikeline_queue_up"] == 1 && fresh["spikeline_worker_jobs_done_total"] == 0, "\(fresh)")
        _ = try Program.run(
            ["submit", Self.sample, bad, Self.sample, "--pipeline", Self.keywords] + fleet, in: folder)
        #expect(
            Tool.wait(seconds: 60) {
                numbers()["spikeline_worker_jobs_done_total"] == 2
                    && numbers()["spikeline_worker_jobs_failed_total"] == 1
            })
        let later = numbers()
        #expect(later["spikeline_worker_records_total"] == 40 && later["spikeline_queue_waiting_jobs"] == 0, "\(later)")
        #expect(later["spikeline_worker_jobs_retried_total"] == 0)
        #expect((0.001...60).contains(later["spikeline_worker_busy_seconds_total"] ?? 0))
        #expect(Tool.get("/health", port: port).hasPrefix("HTTP/1.1 200"))
        server.stop()
        #expect(Tool.wait(seconds: 40) { Tool.get("/health", port: port).hasPrefix("HTTP/1.1 503") })
        #expect(numbers()["spikeline_queue_up"] == 0)
        worker.end(signal: SIGKILL)
        try server.start()
        let stranger = try Program.run(["work", "--once", "--metrics", "0.0.0.0:0"] + fleet, in: folder)
        #expect(stranger.code == 2 && stranger.errors.contains("there is no token"), "\(stranger.errors)")
    }

    @Test(
        "A queue of many short jobs that two workers share is done once, whatever was asked for ahead when they stopped"
    )
    func stopping() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let files = try (0..<120).map { try folder.write("\($0).wav", Self.tone($0)) }
        // Nobody waits for a silent worker here: what a polite one had asked for must be given back.
        _ = try Program.run(
            ["submit", "--pipeline", Self.keywords, "--batch", "short", "--answer", "600"] + fleet + files, in: folder)
        for _ in 0..<5 {
            let ports = (0..<2).map { _ in Tool.freePort() }
            let workers = try ports.map {
                try Child(Program.path, ["work", "--metrics", "127.0.0.1:\($0)"] + fleet)
            }
            // Whoever serves its numbers has heard of SIGTERM.
            #expect(Tool.wait { ports.allSatisfy { Tool.isOpen(port: $0) } })
            usleep(.random(in: 0..<200_000))
            workers.forEach { $0.end() }
            #expect(workers.allSatisfy { $0.code == 0 })
        }
        #expect(try Program.run(["work", "--once"] + fleet, in: folder).code == 0)
        let found = try Program.run(["results"] + fleet, in: folder)
        #expect(
            found.code == 0 && found.output.contains("120 submitted = 120 done + 0 failed + 0 open"), "\(found.output)")
        let top = try Program.run(["top"] + fleet, in: folder)
        #expect(top.output.hasPrefix("waiting 0  taken 0 "), "\(top.output)")
    }

    @Test("Workers killed at random moments and the server restarted: every job has exactly one result")
    func kills() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let count = Environment.kills * 40
        let files = try (0..<count).map { try folder.write("\($0).wav", Self.tone($0)) }
        let sent = try Program.run(
            ["submit", "--pipeline", Self.keywords, "--batch", "killed", "--answer", "2"] + fleet + files, in: folder)
        #expect(sent.code == 0, "\(sent.errors)")
        func worker() throws -> Child {
            try Child(
                Program.path, ["work", "--tries", "1000", "--patience", "60"] + fleet)
        }
        var workers = try (0..<3).map { _ in try worker() }
        for round in 0..<Environment.kills {
            usleep(.random(in: 200_000..<(Environment.kills > 5 ? 3_000_000 : 1_000_000)))
            let victim = Int.random(in: 0..<3)
            workers[victim].end(signal: SIGKILL)
            workers[victim] = try worker()
            if round == Environment.kills / 2 {
                server.stop()
                usleep(300_000)
                try server.start()
            }
        }
        let found = try Program.run(["results", "--follow", "--json"] + fleet, in: folder)
        #expect(found.code == 0, "\(found.errors)")
        var lines = try found.output.split(separator: "\n").map(Self.json)
        let tally = lines.removeLast()
        #expect(tally["submitted"] as? Int == count && tally["done"] as? Int == count && tally["failed"] as? Int == 0)
        #expect(Set(lines.compactMap { $0["job"] as? String }).count == count && lines.count == count)
        let repeated = lines.filter { ($0["tries"] as? Int ?? 1) > 1 }.count
        print("fleet: \(count) jobs, \(Environment.kills) kills, 1 restart; \(repeated) jobs were tried again")
        // A polite end finishes what is at hand.
        workers.forEach { $0.end() }
        #expect(workers.allSatisfy { $0.code == 0 })
    }

    @Test("A job that ends its workers is a dead letter after some tries")
    func poison() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        // So long that the worker is surely at it when it is killed.
        let long = try folder.write("long.wav", Self.tone(1))
        for copies in 0..<9 { try Self.double(long, copies) }
        _ = try Program.run(
            ["submit", long, "--pipeline", Self.keywords, "--batch", "poison", "--answer", "1"] + fleet, in: folder)
        for _ in 0..<2 {
            let worker = try Child(Program.path, ["work", "--tries", "2"] + fleet)
            Tool.wait { (try? Program.run(["top"] + fleet, in: folder).output.contains("taken 1")) == true }
            usleep(300_000)
            worker.end(signal: SIGKILL)
            usleep(1_300_000)
        }
        let worker = try Child(Program.path, ["work", "--tries", "2"] + fleet)
        let found = try Program.run(["results", "--follow"] + fleet, in: folder)
        worker.end()
        #expect(found.output.contains("2 workers took it and none gave a result"), "\(found.output)")
        #expect(found.output.contains("1 submitted = 0 done + 1 failed + 0 open"))
    }

    @Test("A long job behind short ones: what was asked for ahead is done all the same, and once")
    func longBehindShort() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let short = try (0..<20).map { try folder.write("\($0).wav", Self.tone($0)) }
        let long = try folder.write("long.wav", Self.tone(1))
        for copies in 0..<9 { try Self.double(long, copies) }
        _ = try Program.run(
            ["submit", "--pipeline", Self.keywords, "--batch", "mixed", "--answer", "0.5"] + fleet + short + [long]
                + short, in: folder)
        let work = try Program.run(["work", "--once"] + fleet, in: folder)
        #expect(work.code == 0 && work.errors.contains("41 done, 0 failed"), "\(work.errors)")
        let found = try Program.run(["results", "--json"] + fleet, in: folder)
        #expect(found.code == 0, "\(found.output)")
        let lines = try found.output.split(separator: "\n").map(Self.json)
        #expect(Set(lines.compactMap { $0["job"] as? String }).count == 41)
        // Those behind the long job had been asked for, and were given back; no others.
        let again = lines.filter { $0["tries"] as? Int == 2 }.compactMap { $0["index"] as? Int }
        #expect(!again.isEmpty && again.allSatisfy { (22...37).contains($0) }, "\(again)")
        let most = lines.compactMap { $0["tries"] as? Int }.max()
        #expect(most == 2, "\(lines.map { ($0["index"] ?? 0, $0["tries"] ?? 0) })")
    }

    @Test("A worker whose result cannot be stored ends with the reason, also when no other job comes")
    func fullResults() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let stream = JetStream(connection: try NATSConnection(try NATSSettings(server.url)))
        // Beside the batch there is room for one result.
        try stream.makeStream(
            "spikeline_RESULTS",
            [
                ("subjects", .array([.string("spikeline.results.*"), .string("spikeline.batches.*")])),
                ("discard", .string("new")),
                ("max_msgs", .integer(2)), ("allow_direct", .bool(true)),
            ])
        let files = try (0..<2).map { try folder.write("\($0).wav", Self.tone($0)) }
        _ = try Program.run(
            ["submit", "--pipeline", Self.keywords, "--batch", "full", "--answer", "1"] + fleet + files, in: folder)
        let work = try Program.run(["work", "--patience", "2"] + fleet, in: folder)
        #expect(work.code == 3 && work.errors.contains("the stream is full"), "\(work.code) \(work.errors)")
        #expect(work.errors.contains("1 done, 0 failed"), "\(work.errors)")
        // The job is there for another worker, when there is room.
        let results = try Program.run(["results", "--batch", "full"] + fleet, in: folder)
        #expect(results.output.contains("2 submitted = 1 done + 0 failed + 1 open"), "\(results.output)")
    }

    @Test("A job that ends its workers takes those around it into no dead letter")
    func poisonAmongOthers() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let short = try (0..<6).map { try folder.write("\($0).wav", Self.tone($0)) }
        let long = try folder.write("long.wav", Self.tone(1))
        for copies in 0..<9 { try Self.double(long, copies) }
        _ = try Program.run(
            ["submit", "--pipeline", Self.keywords, "--batch", "around", "--answer", "1"] + fleet + short + [long]
                + short, in: folder)
        // Whatever it had stored, run or asked for, it is killed within the long one, again and again.
        for round in 0..<3 {
            let worker = try Child(Program.path, ["work", "--tries", "3"] + fleet)
            usleep(round == 0 ? 800_000 : 1_900_000)
            worker.end(signal: SIGKILL)
        }
        let worker = try Child(Program.path, ["work", "--tries", "3"] + fleet)
        let found = try Program.run(["results", "--follow", "--json"] + fleet, in: folder)
        worker.end()
        let lines = try found.output.split(separator: "\n").map(Self.json)
        let failed = lines.filter { $0["status"] as? String == "failed" }.compactMap { $0["index"] as? Int }
        #expect(failed.isEmpty || failed == [7], "\(found.output)")
        #expect(lines.compactMap { $0["job"] as? String }.count == 13)
    }

    /// Doubles the sound in a file that ``tone(_:)`` made.
    private static func double(_ path: String, _ times: Int) throws {
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes += bytes.dropFirst(44)
        for (place, value) in [(4, bytes.count - 8), (40, bytes.count - 44)] {
            for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test("A full queue, an oversized recording, an absent server: told, and nothing is lost")
    func limits() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url, "--patience", "2"]
        let submit = ["submit", Self.sample, Self.sample, Self.sample, "--pipeline", Self.keywords, "--batch", "full"]
        let full = try Program.run(submit + fleet + ["--most-waiting", "2"], in: folder)
        #expect(full.code == 3 && full.errors.contains("the stream is full"), "\(full.errors)")
        #expect(full.errors.contains("2 of 3 jobs are on the queue; submit again with --batch full"))
        #expect(try Program.run(["work", "--once"] + fleet, in: folder).code == 0)
        #expect(try Program.run(submit + fleet, in: folder).code == 0)
        #expect(try Program.run(["work", "--once"] + fleet, in: folder).code == 0)
        #expect(try Program.run(["results"] + fleet, in: folder).code == 0)

        let large = try folder.write("large.wav", [UInt8](repeating: 0, count: (1 << 20) + 1))
        let refused = try Program.run(
            ["submit", large, "--pipeline", Self.keywords, "--upload", "--largest-mb", "1"] + fleet, in: folder)
        #expect(refused.code == 2 && refused.errors.contains("expected at most 1048576"), "\(refused.errors)")

        server.stop()
        for verb in [["work"], ["results"], ["top"], submit] {
            let gone = try Program.run(verb + fleet, in: folder)
            #expect(gone.code == 3 && gone.errors.contains("no NATS server answers"), "\(gone.errors)")
        }
    }

    @Test("What would write, run or fetch is no pipeline of a job; recordings outside of the folder are not read")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let server = try NATSServer()
        try server.start()
        let fleet = ["--nats", server.url]
        let text = try String(contentsOfFile: Self.keywords, encoding: .utf8)
            .replacingOccurrences(of: "Models/", with: SharedData.packageRoot + "/Pipelines/Models/")
        for sink in [
            "{type: command, inputs: [words], command: [touch, x]}", "{type: jsonl, inputs: [words], path: x}",
        ] {
            let changed = text.replacingOccurrences(
                of: "{type: jsonl, inputs: [words], path: \"-\"}", with: sink)
            #expect(changed != text)
            let file = try folder.write("foreign.yaml", changed.utf8)
            let sent = try Program.run(["submit", Self.sample, "--pipeline", file] + fleet, in: folder)
            #expect(sent.code == 2 && sent.errors.contains("gives its records to jsonl"), "\(sent.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/x"))
        _ = try Program.run(["submit", Self.sample, "--pipeline", Self.keywords] + fleet, in: folder)
        _ = try Program.run(["work", "--once", "--within", folder.path] + fleet, in: folder)
        let found = try Program.run(["results"] + fleet, in: folder)
        #expect(found.output.contains("outside of the folder that this worker reads"), "\(found.output)")
    }

    @Test("TLS, passwords and tokens; what is wrong with them is told")
    func security() throws {
        let folder = try TemporaryFolder()
        let right = try folder.write("right", "secret\n".utf8)
        let wrong = try folder.write("wrong", "other".utf8)
        let server = try NATSServer(
            encrypted: true,
            more: [
                "authorization { users: [ {user: boss, password: secret}, {user: edge, password: secret, permissions: "
                    + "{publish: [\"_INBOX.>\"], subscribe: [\"_INBOX.>\"]}} ] }"
            ])
        try server.start()
        let authority = try #require(server.certificates?.authority)
        let fleet = ["--nats", server.url, "--patience", "2"]
        let submit = ["submit", Self.sample, "--pipeline", Self.keywords] + fleet
        let trusted = ["--ca-file", authority, "--user", "boss", "--password-file"]
        let good = try Program.run(submit + trusted + [right], in: folder)
        #expect(good.code == 0, "\(good.errors)")
        #expect(try Program.run(["work", "--once"] + fleet + trusted + [right], in: folder).code == 0)
        let bad = try Program.run(submit + trusted + [wrong], in: folder)
        #expect(bad.code == 3 && bad.errors.contains("refuses us"), "\(bad.errors)")
        let stranger = try Program.run(submit + ["--user", "boss", "--password-file", right], in: folder)
        #expect(stranger.code == 3 && stranger.errors.contains("no TLS connection"), "\(stranger.errors)")
        let edge = try Program.run(
            submit + ["--ca-file", authority, "--user", "edge", "--password-file", right], in: folder)
        #expect(edge.code == 3 && edge.errors.contains("does not permit"), "\(edge.errors)")

        let token = try NATSServer(more: ["authorization { token: secret }"])
        try token.start()
        let known = ["top", "--nats", token.url, "--patience", "1", "--token-file"]
        #expect(try Program.run(known + [right], in: folder).errors.contains("there is no fleet"))
        #expect(try Program.run(known + [wrong], in: folder).errors.contains("refuses us"))
    }
}
