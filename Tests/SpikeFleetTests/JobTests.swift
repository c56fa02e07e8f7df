import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

/// Jobs as they travel: what is sent comes back, and bytes of any kind are refused without harm.
struct JobTests {
    private let job = Job(
        batch: "b-1", index: 7, file: "/r/a \"b\".wav",
        upload: .init(digest: String(repeating: "a5", count: 32), bytes: 9),
        pipeline: "sources:\n", pipelinePath: "/p/x.yaml", settings: ["a.b=1"])

    @Test("What is sent comes back")
    func roundTrip() throws {
        #expect(try Job(Array(job.jsonValue.text.utf8)) == job)
        #expect(job.id == "b-1-7")
        var plain = job
        plain.upload = nil
        #expect(try Job(Array(plain.jsonValue.text.utf8)) == plain)
    }

    @Test("Damaged jobs are refused or are jobs within the bounds")
    func mutations() {
        var dice = Dice(state: 8)
        let whole = Array(job.jsonValue.text.utf8)
        var refused = 0
        for _ in 0..<2_000 * Environment.fuzz {
            var bytes = whole
            for _ in 0..<dice.pick(1...4) { bytes[dice.pick(0...bytes.count - 1)] = UInt8(dice.pick(0...255)) }
            if dice.pick(0...3) == 0 { bytes.removeLast(dice.pick(1...bytes.count)) }
            do {
                let read = try Job(bytes)
                #expect(Fleet.isSimple(read.batch, longest: 64) && (1...100_000_000).contains(read.index))
                #expect(read.upload.map { Digest.isValid($0.digest) && $0.bytes >= 0 } ?? true)
            } catch { refused += 1 }
        }
        #expect(refused > 500)
    }

    @Test(
        "What a job must not say is refused with the reason",
        arguments: [
            ("batch", JSONValue.string("a.b"), "simple name"), ("batch", .string("a*"), "simple name"),
            ("index", .integer(0), "index"), ("file", .string(""), "file"), ("file", .string("a\u{0}b"), "file"),
            ("sha256", .string("xyz"), "sha256"), ("bytes", .integer(-1), "sha256"), ("v", .integer(2), "version"),
            ("pipeline", .string(String(repeating: "x", count: 65_537)), "pipeline"), ("set", .array([.null]), "set"),
        ])
    func bounds(_ name: String, _ value: JSONValue, _ word: String) throws {
        guard case .object(let fields) = job.jsonValue else { return }
        let changed = JSONValue.object(fields.map { $0.0 == name ? (name, value) : $0 })
        let error = #expect(throws: SpikelineError.self) { try Job(Array(changed.text.utf8)) }
        #expect(error?.what.contains(word) == true)
    }
}

/// Addresses of servers.
struct NATSSettingsTests {
    @Test("Addresses", arguments: ["nats://a", "tls://a.b:1", "nats://127.0.0.1:4222,nats://b:4223"])
    func accepted(_ text: String) throws { #expect(try NATSSettings(text).place == text) }

    @Test(
        "What is no address, or tells a password",
        arguments: ["", "a", "http://a", "nats://", "nats://a:0", "nats://a:70000", "nats://u:p@a", "nats://a b", ","])
    func refused(_ text: String) { #expect(throws: SpikelineError.self) { try NATSSettings(text) } }

    @Test("What does not go together")
    func combinations() throws {
        var settings = try NATSSettings("nats://a")
        settings.password = "x"
        #expect(throws: SpikelineError.self) { try settings.check() }
        settings.user = "u"
        try settings.check()
        settings.token = "t"
        #expect(throws: SpikelineError.self) { try settings.check() }
        settings.token = nil
        settings.caFile = "/dev/null"
        #expect(throws: SpikelineError.self) { try settings.check() }
    }

    @Test("Names of fleets stay one level of a subject", arguments: ["", "a.b", "a*", ">", "ä", "a b"])
    func names(_ text: String) { #expect(throws: SpikelineError.self) { try Fleet(name: text) } }
}

/// What the stream refuses, beside a real server.
@Suite(.enabled(if: NATSServer.isInstalled, "nats-server and openssl are not installed"))
struct ChunkStoreTests {
    @Test("Files come back as they were, stored once; what is damaged, too long or gone is told")
    func roundTrip() throws {
        let server = try NATSServer()
        try server.start()
        let fleet = try Fleet()
        let stream = JetStream(connection: try NATSConnection(try NATSSettings(server.url)))
        try fleet.prepare(stream, .init())
        try fleet.prepare(stream, .init())
        let store = ChunkStore(stream: stream, fleet: fleet)
        var dice = Dice(state: 3)
        let bytes = (0..<ChunkStore.chunk * 2 + 17).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        let upload = try store.put(bytes)
        #expect(try store.put(bytes) == upload)
        let info = try stream.ask("STREAM.INFO.\(fleet.files)", nil)
        #expect(info?["state"]?["messages"]?.integerValue == 3)
        #expect(try store.get(upload, largest: bytes.count) == bytes)
        #expect(throws: SpikelineError.self) { try store.get(upload, largest: bytes.count - 1) }
        #expect(throws: SpikelineError.self) { try store.get(.init(digest: upload.digest, bytes: 5), largest: 1 << 30) }
        #expect(throws: SpikelineError.self) {
            try store.get(.init(digest: upload.digest, bytes: bytes.count + 1), largest: 1 << 30)
        }
        let forged = String(repeating: "0", count: 64)
        _ = try stream.store([1, 2, 3], on: fleet.subject("files", "\(forged).0"), id: "forged")
        #expect(throws: SpikelineError.self) { try store.get(.init(digest: forged, bytes: 3), largest: 1 << 30) }
    }

    @Test("A second result of a job is a duplicate, also under another id and by another worker")
    func onlyOne() throws {
        let server = try NATSServer()
        try server.start()
        let fleet = try Fleet()
        let stream = JetStream(connection: try NATSConnection(try NATSSettings(server.url)))
        try fleet.prepare(stream, .init())
        let subject = fleet.subject("results", "b-1")
        #expect(try stream.store([1], on: subject, id: "x", isOnly: true) == .stored)
        #expect(try stream.store([1], on: subject, id: "x", isOnly: true) == .duplicate)
        #expect(try stream.store([2], on: subject, id: "y", isOnly: true) == .duplicate)
        #expect(try stream.last(of: fleet.results, on: subject) == [1])
    }
}
