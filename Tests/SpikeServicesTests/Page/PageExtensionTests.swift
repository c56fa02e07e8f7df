import Foundation
import SpikeSignals
import Synchronization
import Testing

@testable import SpikePipeline
@testable import SpikeServices

/// Answers what it was asked, and remembers how often that was.
private final class Echo: PageExtension {
    let asked = Mutex(0)
    let links = [PageLink(path: "/echo", name: "the echo")]

    func answer(to path: String, _ parameters: [PageParameter]) -> PageAnswer? {
        asked.withLock { $0 += 1 }
        let text = parameters.map { "[\($0.name)|\($0.value)]" }.joined()
        switch path {
        case "/echo": return PageAnswer(.html, "<p>" + text)
        case "/echo/json": return PageAnswer(.json, text, milliseconds: 1.234)
        case "/echo/refusal": return PageAnswer(.refusal, text)
        case "/echo/busy": return PageAnswer(.busy, text)
        default: return nil
        }
    }
}

@Suite("More pages beside the page") struct PageExtensionTests {
    private final class Running {
        let echo = Echo()
        let server: PageServer
        let path = NSTemporaryDirectory() + "page-" + UUID().uuidString.prefix(8) + ".sock"

        init(token: String? = nil) throws {
            server = try PageServer(LiveView(name: "toy"), at: "unix:" + path, token: token, more: echo)
            try server.start()
        }

        deinit { server.stop() }

        func ask(_ target: String, method: String = "GET", _ fields: [String] = []) -> String {
            let client = RawClient(path)
            let head = "\(method) \(target) HTTP/1.1\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
            client.send(Array(head.utf8))
            return client.receiveAll()
        }
    }

    @Test("are asked first, with every parameter in order, and answer with the right head")
    func answers() throws {
        let page = try Running()
        let html = page.ask("/echo?b=1&a=%41&b=2&c&=x")
        #expect(html.hasPrefix("HTTP/1.1 200 OK") && html.hasSuffix("<p>[b|1][a|A][b|2][c|][|x]"))
        #expect(
            html.contains("Content-Type: text/html") && html.contains("Content-Security-Policy: default-src 'none'"))
        let json = page.ask("/echo/json")
        #expect(json.contains("Content-Type: application/json") && json.contains("Server-Timing: engine;dur=1.23\r\n"))
        #expect(page.ask("/echo/refusal?a=b").hasPrefix("HTTP/1.1 400") && !json.contains("Security-Policy"))
        #expect(page.ask("/echo/busy").hasPrefix("HTTP/1.1 503"))
        #expect(page.ask("/echo", method: "POST").hasPrefix("HTTP/1.1 405"))
        #expect(page.ask("/echo?a", method: "HEAD").hasSuffix("\r\n\r\n"))
    }

    @Test("leave the other paths alone, and are linked and named there")
    func others() throws {
        let page = try Running()
        #expect(page.ask("/").contains("<a href=\"/echo\">the echo</a>"))
        #expect(page.ask("/health").contains("\"pipeline\": \"toy\""))
        let missing = page.ask("/echo/nothing")
        #expect(missing.hasPrefix("HTTP/1.1 404") && missing.contains("/metrics, /echo and /health"))
    }

    @Test("are not asked by whoever may not look, and never see the token")
    func guarded() throws {
        let page = try Running(token: "0123456789abcdef")
        #expect(page.ask("/echo").hasPrefix("HTTP/1.1 401"))
        #expect(page.ask("/echo?token=0123456789abcdeX").hasPrefix("HTTP/1.1 401"))
        #expect(page.ask("/echo", ["Host: h", "Origin: http://evil.example"]).hasPrefix("HTTP/1.1 403"))
        #expect(page.echo.asked.withLock { $0 } == 0)
        let shown = page.ask("/echo?a=b&token=0123456789abcdef")
        #expect(shown.hasSuffix("<p>[a|b]") && shown.contains("Set-Cookie: spikeline_token=0123456789abcdef"))
        #expect(page.echo.asked.withLock { $0 } == 1)
    }
}
