import Foundation
import SpikeTestSupport
import Testing

@testable import spikeline

@Suite("What doctor looks at") struct DoctorCheckTests {
    @Test("a library that is not there is a problem where something needs it, and otherwise a warning")
    func libraries() {
        var check = LibraryCheck(name: "Nothing", file: "libnobody-has-this.so.9", package: "libnothing9")
        #expect(check.finding(needs: []).status == .problem, "the program itself is linked with it")
        #expect(check.finding(needs: []).hint == "Install the package libnothing9")
        check.users = ["mqtt", "queue"]
        #expect(check.finding(needs: ["alsa"]).status == .warning)
        let needed = check.finding(needs: ["alsa", "mqtt"])
        #expect(needed.status == .problem && needed.what.contains("needed for mqtt and queue"))
    }

    @Test("every library that the program names is there, with its version")
    func shipped() {
        for check in LibraryCheck.all where check.users.isEmpty {
            let finding = check.finding(needs: [])
            #expect(finding.status == .ok && !finding.what.isEmpty, "\(finding)")
        }
    }

    @Test(
        "host and port of a URL",
        arguments: [
            ("mqtt://broker", "broker", 1_883), ("mqtts://user:word@broker:88/x", "broker", 88),
            ("https://example.org/a?b", "example.org", 443), ("http://[::1]:8080/", "::1", 8_080),
        ])
    func url(text: String, host: String, port: Int) throws {
        let peer = try #require(PeerCheck(url: text))
        #expect(peer.host == host && peer.port == port)
    }

    @Test(
        "what is no URL of a peer is none",
        arguments: ["", "mqtt:", "mqtt://", "ftp://a", "http://a:0", "http://a:70000", "http://a:x", "http://a b/"])
    func noURL(text: String) { #expect(PeerCheck(url: text) == nil) }

    @Test("a peer that listens has no complaint; a closed port and an unknown name have")
    func peers() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = unsafe inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(listener, pointer, length) == 0 else { return false }
                return unsafe getsockname(listener, pointer, &length) == 0
            }
        }
        try #require(bound && listen(listener, 1) == 0)
        let port = Int(UInt16(bigEndian: address.sin_port))
        let peer = try #require(PeerCheck(url: "mqtt://127.0.0.1:\(port)"))
        #expect(peer.complaint() == nil)
        close(listener)
        #expect(peer.complaint()?.contains("refused") == true)
        let nobody = try #require(PeerCheck(url: "mqtt://nobody.invalid:1"))
        #expect(nobody.complaint()?.contains("the name cannot be found") == true)
    }

    @Test("a pipeline with a broker that is away, a folder that is not there and a key that cannot be read")
    func pipeline() throws {
        let folder = try TemporaryFolder()
        let text = """
            name: home
            sources:
              sound: {type: audio_file, path: \(SharedData.packageRoot)/SampleData/keywords.flac}
            transforms:
              ear:   {type: cochlea, inputs: [sound]}
              brain: {type: network, inputs: [ear], model: \(SharedData.packageRoot)/Pipelines/Models/keywords.nir}
              words: {type: keyword, inputs: [brain]}
            sinks:
              broker: {type: mqtt, inputs: [words], url: "mqtts://127.0.0.1:9", ca_file: nobody.pem, when_unavailable: queue,
                       queue_file: nowhere/outbox}
            """
        let path = try folder.write("home.yaml", Array(text.utf8))
        let outcome = try Program.run(["doctor", path], in: folder)
        #expect(outcome.code == 2)
        for told in ["127.0.0.1 port 9 cannot be reached", "nobody.pem cannot be read", "nowhere cannot be written"] {
            #expect(outcome.output.contains(told), "\(told): \(outcome.output)")
        }
    }

    @Test("a microphone that may not be opened is told with the group to join; none at all with what to do")
    func microphones() throws {
        let folder = try TemporaryFolder()
        // A link to nowhere cannot be opened by anybody, not even by root.
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/pcmC0D0c", withDestinationPath: folder.path + "/nothing")
        let closed = SoundCheck.findings(folder: folder.path, isNeeded: true, entries: ["hw:0"])
        #expect(closed.first?.status == .problem && closed.first?.hint.contains("audio") == true)
        let none = SoundCheck.findings(folder: folder.path + "/empty", isNeeded: false, entries: ["null", "jack"])
        #expect(none.map(\.status) == [.warning])
        let fine = SoundCheck.findings(folder: folder.path + "/empty", isNeeded: true, entries: ["pulse"])
        #expect(fine.map(\.status) == [.ok])
    }

    @Test("a clock that was never set, one that nobody keeps, little memory, and none told of")
    func system() {
        #expect(SystemCheck.clock(now: 86_400, isSynchronised: true).status == .problem)
        #expect(SystemCheck.clock(now: 1_800_000_000, isSynchronised: false).status == .warning)
        #expect(SystemCheck.clock(now: 1_800_000_000, isSynchronised: true).status == .ok)
        #expect(SystemCheck.memory("MemFree: 1 kB\nMemAvailable:   20480 kB\n").status == .warning)
        #expect(SystemCheck.memory("MemAvailable:   2048000 kB\n").status == .ok)
        #expect(SystemCheck.memory(nil).status == .warning)
    }
}
