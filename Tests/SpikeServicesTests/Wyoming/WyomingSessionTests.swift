import SpikeSignals
import Testing

@testable import SpikeServices

/// Finds "yes" and "no" when a sample of 1 or 2 comes.
private final class ToyListener: WordListener {
    let sampleRate = 16_000
    private var heard: Int64 = 0
    private(set) var begins = 0

    func begin() throws(SpikelineError) {
        heard = 0
        begins += 1
    }

    func hear(_ samples: [Int32]) throws(SpikelineError) -> [(word: String, at: StreamTime)] {
        var found: [(String, StreamTime)] = []
        for sample in samples {
            heard += 1
            let at = StreamTime(sample: heard, rate: sampleRate)
            if sample == 256 { found.append(("yes", at)) }
            if sample == 512 { found.append(("no", at)) }
        }
        return found
    }
}

@Suite("Wyoming session") struct WyomingSessionTests {
    private let session = WyomingSession(
        info: WyomingInfo(words: ["no", "yes"], version: "1"), listener: ToyListener())

    private func chunk(_ samples: [Int16], _ more: [(String, JSONValue)] = []) -> WyomingMessage {
        WyomingMessage(
            "audio-chunk",
            [("rate", .integer(16_000)), ("width", .integer(2)), ("channels", .integer(1))] + more,
            payload: samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    }

    @Test("describes itself, and answers pings")
    func describe() throws {
        let info = try #require(try session.answer(WyomingMessage("describe")).first)
        let models = info["wake"]?.arrayValue?.first?["models"]?.arrayValue
        #expect(info.type == "info" && models?.compactMap { $0["name"]?.stringValue } == ["no", "yes"])
        let pong = try session.answer(WyomingMessage("ping", [("text", .string("x"))]))
        #expect(pong.first?.type == "pong" && pong.first?["text"]?.stringValue == "x")
        #expect(try session.answer(WyomingMessage("whatever")).isEmpty)
    }

    @Test("detects with the time of the chunk, and only what was asked for")
    func detect() throws {
        _ = try session.answer(WyomingMessage("audio-start", [("rate", .integer(16_000))]))
        var quiet = [Int16](repeating: 0, count: 1_600)
        #expect(try session.answer(chunk(quiet, [("timestamp", .integer(5_000))])).isEmpty)
        quiet[799] = 1
        let found = try session.answer(chunk(quiet))
        #expect(found.map(\.type) == ["detection"])
        #expect(found.first?["name"]?.stringValue == "yes" && found.first?["timestamp"]?.integerValue == 5_150)
        #expect(try session.answer(WyomingMessage("audio-stop")).isEmpty)

        _ = try session.answer(WyomingMessage("detect", [("names", .array([.string("no")]))]))
        _ = try session.answer(WyomingMessage("audio-start"))
        #expect(try session.answer(chunk([1])).isEmpty)
        #expect(try session.answer(WyomingMessage("audio-stop")).map(\.type) == ["not-detected"])
        #expect(try session.answer(WyomingMessage("audio-stop")).isEmpty)
        #expect(try session.answer(chunk([2])).map(\.type) == ["detection"])
    }

    @Test(
        "sound that it cannot hear is answered by an error",
        arguments: [("rate", 44_100), ("width", 1), ("width", 5), ("channels", 0), ("channels", 9)])
    func refusals(name: String, value: Int) throws {
        var message = chunk([1])
        message.data.append((name, .integer(value)))
        let answer = try session.answer(message)
        #expect(answer.first?.type == "error" && answer.first?["code"]?.stringValue == "unsupported-audio")
    }

    @Test("samples of any width and number of channels come to 24 bits")
    func widths() {
        #expect(WyomingSession.mono([0x34, 0x12, 0xFF, 0xFF], width: 2, channels: 1) == [0x123400, -256])
        #expect(WyomingSession.mono([0x56, 0x34, 0x12], width: 3, channels: 1) == [0x123456])
        #expect(
            WyomingSession.mono([0x78, 0x56, 0x34, 0x92], width: 4, channels: 1) == [Int32(bitPattern: 0xFF92_3456)])
        #expect(WyomingSession.mono([0, 2, 0, 4, 9], width: 2, channels: 2) == [0x30000])
    }
}
