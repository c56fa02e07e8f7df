import SpikeTestSupport
import Testing

@testable import SpikeServices

@Suite("Heads of HTTP requests") struct HTTPRequestTests {
    private func parse(_ text: String) throws -> HTTPRequest? { try HTTPRequest.parse(Array(text.utf8)) }

    @Test("are read with path, query, fields and cookies")
    func parts() throws {
        let request = try #require(
            try parse(
                "GET /a?token=x%20y&n HTTP/1.1\r\nHost: here:1\r\nCOOKIE: a=1; spikeline_token=t\r\nHost: there\r\n\r\nbody"
            ))
        #expect(request.method == "GET" && request.path == "/a")
        #expect(request.parameters == [PageParameter("token", "x y"), PageParameter("n", "")])
        #expect(request.fields["host"] == "here:1")
        #expect(request.cookie("spikeline_token") == "t" && request.cookie("b") == nil)
    }

    @Test("are waited for until they are whole, in pieces of any size")
    func pieces() throws {
        let bytes = Array("GET / HTTP/1.1\r\nA: b\r\n\r\n".utf8)
        for count in 0..<(bytes.count) { #expect(try HTTPRequest.parse(Array(bytes[..<count])) == nil) }
        #expect(try HTTPRequest.parse(bytes) != nil)
    }

    @Test(
        "that are none are refused",
        arguments: [
            "\r\n\r\n", "GET\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "GET / FTP/1.1\r\n\r\n",
            "GET x HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.1\r\n: empty\r\n\r\n",
            "GET / HTTP/1.1\r\n A: folded\r\n\r\n",
            "GET /\u{0} HTTP/1.1\r\n\r\n", "GET /é HTTP/1.1\r\n\r\n",
        ])
    func nonsense(text: String) { #expect(throws: HTTPRequest.Refusal.malformed) { try parse(text) } }

    @Test("that are too long are refused, whole or not")
    func tooLong() {
        let long = "GET / HTTP/1.1\r\nA: " + String(repeating: "x", count: HTTPRequest.longestHead)
        #expect(throws: HTTPRequest.Refusal.tooLong) { try parse(long) }
        #expect(throws: HTTPRequest.Refusal.tooLong) { try parse(long + "\r\n\r\n") }
    }

    @Test("with 50,000 damages never trap")
    func mutations() {
        var dice = Dice(state: 6)
        let good = Array("GET /live?token=%41%zz&a=b HTTP/1.1\r\nHost: [::1]:80\r\nCookie: a=b; c\r\n\r\n".utf8)
        var read = 0
        for _ in 0..<50_000 {
            var bytes = good
            for _ in 0...dice.pick(0...4) {
                let place = dice.pick(0...(bytes.count - 1))
                switch dice.pick(0...2) {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
                case 1: bytes.insert([37, 13, 10, 32, 63][dice.pick(0...4)], at: place)
                default: if bytes.count > 1 { bytes.remove(at: place) }
                }
            }
            if let request = try? HTTPRequest.parse(bytes) {
                read += 1
                _ = request.cookie("a")
                _ = PageGuard(token: nil).verdict(on: request)
            }
        }
        #expect(read > 1_000)
    }
}
