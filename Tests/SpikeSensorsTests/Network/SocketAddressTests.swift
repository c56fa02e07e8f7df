import SpikeSignals
import Testing

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

@Suite struct SocketAddressTests {
    @Test func understandsHostsAndPorts() throws {
        let plain = try SocketAddress.resolve("127.0.0.1:3333", option: "listen")
        #expect(plain.map(\.family) == [AF_INET])
        #expect(plain[0].isLocal)
        #expect(try SocketAddress.resolve(":3333", option: "listen")[0].isLocal)
        #expect(try SocketAddress.resolve("0.0.0.0:3333", option: "listen")[0].isLocal == false)
        #expect(try SocketAddress.resolve("192.0.2.1:1", option: "listen")[0].isLocal == false)
        let six = try SocketAddress.resolve("[::1]:3333", option: "listen")[0]
        #expect(six.family == AF_INET6)
        #expect(six.isLocal)
        #expect(try SocketAddress.resolve("[2001:db8::1]:1", option: "listen")[0].isLocal == false)
    }

    @Test func understandsPaths() throws {
        let address = try SocketAddress.resolve("unix:/run/camera.sock", option: "connect")[0]
        #expect(address.family == AF_UNIX)
        #expect(address.path == "/run/camera.sock")
        #expect(address.isLocal)
    }

    @Test(arguments: [
        "", "3333", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:3333", "a:b", ":+1",
    ])
    func refusesWhatIsNoAddress(text: String) {
        #expect {
            try SocketAddress.resolve(text, option: "listen")
        } throws: {
            "\($0)"
                == "\(text.isEmpty ? "" : text + ": ")\"listen\" expects host:port, found \"\(text)\". "
                + "As in 127.0.0.1:3333, [::1]:3333 or unix:/path; the port is a number up to 65535"
        }
    }

    @Test(arguments: ["unix:", "unix:/" + String(repeating: "a", count: 107)]) func refusesPathsThatDoNotFit(
        text: String
    ) {
        #expect(throws: SpikelineError.self) { try SocketAddress.resolve(text, option: "listen") }
    }

    @Test func saysWhenAHostIsNotKnown() {
        #expect {
            try SocketAddress.resolve("no-such-host.invalid:1", option: "connect")
        } throws: {
            "\($0)".hasPrefix("no-such-host.invalid:1: the host \"no-such-host.invalid\" is not known (")
        }
    }
}
