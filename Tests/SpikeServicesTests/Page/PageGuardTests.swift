import Testing

@testable import SpikeServices

@Suite("Who may look at a page") struct PageGuardTests {
    private func request(_ fields: [String: String], query: [String: String] = [:]) -> HTTPRequest {
        HTTPRequest(
            method: "GET", path: "/", parameters: query.map { PageParameter($0.key, $0.value) }, fields: fields)
    }

    @Test("without a token: whoever was told an address of this machine")
    func local() {
        let guardian = PageGuard(token: nil)
        for host in ["127.0.0.1:8088", "localhost", "LOCALHOST:1", "[::1]:8088", "127.9.9.9", ""] {
            #expect(guardian.verdict(on: request(["host": host])) == .passes, "\(host)")
        }
        for host in [
            "evil.example", "127.0.0.1.evil.example", "192.168.1.4:8088", "[::2]", "127.0.0", "localhost.evil",
        ] {
            #expect(guardian.verdict(on: request(["host": host])) == .foreign, "\(host)")
        }
    }

    @Test("pages of other origins may not")
    func origins() {
        let guardian = PageGuard(token: nil)
        let host = "127.0.0.1:8088"
        #expect(guardian.verdict(on: request(["host": host, "origin": "http://127.0.0.1:8088"])) == .passes)
        for origin in ["http://evil.example", "http://127.0.0.1:9", "null", "https://", "127.0.0.1:8088"] {
            #expect(guardian.verdict(on: request(["host": host, "origin": origin])) == .foreign, "\(origin)")
        }
    }

    @Test("with a token: who shows it, in the address, the header or the cookie")
    func token() {
        let token = "0123456789abcdef"
        let guardian = PageGuard(token: token)
        let host = ["host": "board.local:8088"]
        #expect(guardian.verdict(on: request(host, query: ["token": token])) == .passesWithCookie)
        #expect(guardian.verdict(on: request(host.merging(["authorization": "Bearer " + token]) { $1 })) == .passes)
        #expect(guardian.verdict(on: request(host.merging(["cookie": "spikeline_token=" + token]) { $1 })) == .passes)
        for wrong in ["", "0123456789abcde", "0123456789abcdeF", token + "0", "x"] {
            #expect(guardian.verdict(on: request(host, query: ["token": wrong])) == .unknown)
            #expect(
                guardian.verdict(on: request(host.merging(["authorization": "Bearer " + wrong]) { $1 })) == .unknown)
            #expect(
                guardian.verdict(on: request(host.merging(["cookie": "spikeline_token=" + wrong]) { $1 })) == .unknown)
        }
        #expect(guardian.verdict(on: request(host)) == .unknown)
        let foreign = host.merging(["origin": "http://evil.example"]) { $1 }
        #expect(guardian.verdict(on: request(foreign, query: ["token": token])) == .foreign)
    }
}
