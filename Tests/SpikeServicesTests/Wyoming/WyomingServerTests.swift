import Foundation
import SpikeSignals
import Testing

@testable import SpikeServices

/// Hears nothing.
private final class DeafListener: WordListener {
    let sampleRate = 16_000
    func begin() throws(SpikelineError) {}
    func hear(_ samples: [Int32]) throws(SpikelineError) -> [(word: String, at: StreamTime)] { [] }
}

/// A server on a Unix socket of its own, until the value goes away.
private final class RunningServer {
    let server: WyomingServer
    let path: String
    private let isDone = Flag()
    private let ended = DispatchSemaphore(value: 0)

    /// Set from the test, read by the thread of the server.
    final class Flag: @unchecked Sendable {
        private let lock = NSLock()
        private var isSet = false
        func set() { lock.withLock { isSet = true } }
        var value: Bool { lock.withLock { isSet } }
    }

    init(_ limits: WyomingServer.Limits) {
        let path = NSTemporaryDirectory() + "wyoming-" + UUID().uuidString.prefix(8) + ".sock"
        self.path = path
        let server = WyomingServer(info: WyomingInfo(words: ["yes"], version: "1"), limits: limits) {
            () throws(SpikelineError) in DeafListener()
        }
        self.server = server
        let (isDone, ended, ready) = (isDone, ended, DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            try? server.run(at: ["unix:" + path], until: { isDone.value }) { _ in ready.signal() }
            ended.signal()
        }
        _ = ready.wait(timeout: .now() + 5)
    }

    deinit {
        isDone.set()
        _ = ended.wait(timeout: .now() + 5)
    }

    /// Waits until the counts are as wanted, at most three seconds.
    func waits(for wanted: (WyomingServer.Counts) -> Bool) -> Bool {
        for _ in 0..<300 {
            if wanted(server.counts) { return true }
            usleep(10_000)
        }
        return false
    }
}

@Suite("Wyoming server") struct WyomingServerTests {
    @Test("answers, and lets clients go that talk nonsense")
    func malformed() {
        let running = RunningServer(.init())
        let good = RawClient(running.path)
        good.send(WyomingMessage("describe").bytes)
        #expect(good.receive().contains("\"info\""))
        let bad = RawClient(running.path)
        bad.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        #expect(bad.receive().isEmpty)
        let long = RawClient(running.path)
        long.send([UInt8](repeating: 0x41, count: 20_000))
        #expect(long.receive().isEmpty)
        #expect(running.waits { $0.malformed == 2 && $0.clients == 1 && $0.served == 3 })
        good.send(WyomingMessage("ping", [("text", .string("still here"))]).bytes)
        #expect(good.receive().contains("still here"))
    }

    @Test("lets a client go whose message never becomes whole")
    func slowLoris() {
        var limits = WyomingServer.Limits()
        limits.messageMilliseconds = 300
        let running = RunningServer(limits)
        let client = RawClient(running.path)
        for byte in "{\"type\": ".utf8 {
            client.send([byte])
            usleep(60_000)
        }
        #expect(client.receive().isEmpty)
        #expect(running.waits { $0.slow == 1 && $0.clients == 0 })
    }

    @Test("lets a client go that does not take its answers")
    func deafClient() {
        var limits = WyomingServer.Limits()
        limits.answerMilliseconds = 200
        let running = RunningServer(limits)
        let client = RawClient(running.path)
        let question = WyomingMessage("ping", [("text", .string(String(repeating: "x", count: 8_000)))]).bytes
        Thread.detachNewThread { client.sendWithoutReading(question, times: 400) }
        #expect(running.waits { $0.slow == 1 && $0.clients == 0 })
    }

    @Test("turns away whom it has no room for, and takes the next one when there is")
    func full() {
        var limits = WyomingServer.Limits()
        limits.clients = 2
        let running = RunningServer(limits)
        var clients = [RawClient(running.path), RawClient(running.path)]
        #expect(running.waits { $0.clients == 2 })
        #expect(RawClient(running.path).receive().isEmpty)
        #expect(running.waits { $0.turnedAway == 1 })
        clients.removeLast()
        #expect(running.waits { $0.clients == 1 })
        let next = RawClient(running.path)
        next.send(WyomingMessage("describe").bytes)
        #expect(next.receive().contains("\"info\""))
    }
}
