import Foundation
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeFleet

/// A site whose line to the hub is cut.
extension LiveStreamTests {
    @Test("A leaf node keeps what its boards send while the line to the hub is cut; afterwards nothing is missing")
    func leaf() throws {
        let folder = try TemporaryFolder()
        let hub = try LeafPair(folder.path)
        try hub.start()
        // The hub takes the leaf's stream for its own.
        let board = try folder.write("board.yaml", Self.board(hub.leafURL, ["kitchen"], ", flush_s: 60").utf8)
        let prepared = try folder.write("words.yaml", Self.words(hub.hubURL).utf8)
        #expect(try Program.run(["run", board], in: folder).code == 0)
        try hub.source()
        hub.cut()
        // The hour: the hub is away, and the board goes on.
        #expect(try Program.run(["run", board], in: folder).code == 0)
        try hub.mend()
        let hubStream = JetStream(connection: try NATSConnection(try NATSSettings(hub.hubURL)))
        let leafStream = JetStream(connection: try NATSConnection(try NATSSettings(hub.leafURL)))
        func messages(_ stream: JetStream) -> Int {
            let info = try? stream.ask("STREAM.INFO.spikeline_LIVE", nil)
            return info?["state"]?["messages"]?.integerValue ?? -1
        }
        let sent = messages(leafStream)
        #expect(
            Tool.wait(seconds: 60) { messages(hubStream) == sent } && sent > 100, "\(messages(hubStream)) of \(sent)")
        let attended = try Program.run(["attend", prepared, "--end-after-quiet", "2"], in: folder)
        #expect(attended.code == 0, "\(attended.errors)")
        let expected = try Self.expected(in: folder)
        #expect(try Self.records(hubStream)["kitchen"] == expected + expected)
    }
}

/// A hub and a leaf node with the configurations of Documentation/live-streams.md, on free ports.
private final class LeafPair {
    let (hubPort, leafPort, linkPort) = (Tool.freePort(), Tool.freePort(), Tool.freePort())
    private let folder: String
    private var hub: Child?
    private var leaf: Child?

    init(_ folder: String) throws {
        self.folder = folder
        for name in ["hub", "leaf"] {
            var text = try String(
                contentsOfFile: SharedData.packageRoot + "/Documentation/nats/\(name).conf", encoding: .utf8)
            for (old, new) in [
                ("port: 4222", "port: \(name == "hub" ? hubPort : leafPort)"), ("port: 7422", "port: \(linkPort)"),
                ("hub.example:7422", "127.0.0.1:\(linkPort)"), ("/var/lib/nats", "\(folder)/\(name)"),
                ("0.0.0.0", "127.0.0.1"),
            ] { text = text.replacingOccurrences(of: old, with: new) }
            try text.write(toFile: folder + "/\(name).conf", atomically: true, encoding: .utf8)
        }
    }

    deinit {
        hub?.end(signal: SIGKILL)
        leaf?.end(signal: SIGKILL)
    }

    var hubURL: String { "nats://127.0.0.1:\(hubPort)" }
    var leafURL: String { "nats://127.0.0.1:\(leafPort)" }

    func start() throws {
        try mend()
        leaf = try Tool.start(["nats-server", "-c", folder + "/leaf.conf"])
        Tool.wait { Tool.isOpen(port: leafPort) }
    }

    /// Makes the hub's stream, as the document says.
    func source() throws {
        let text = try String(
            contentsOfFile: SharedData.packageRoot + "/Documentation/nats/hub-stream.json", encoding: .utf8)
        let stream = JetStream(connection: try NATSConnection(try NATSSettings(hubURL)))
        _ = try stream.ask("STREAM.CREATE.spikeline_LIVE", try JSONValue.read(Array(text.utf8)))
    }

    func cut() {
        hub?.end(signal: SIGKILL)
        hub = nil
    }

    func mend() throws {
        hub = try Tool.start(["nats-server", "-c", folder + "/hub.conf"])
        Tool.wait { Tool.isOpen(port: hubPort) && Tool.isOpen(port: linkPort) }
    }
}
