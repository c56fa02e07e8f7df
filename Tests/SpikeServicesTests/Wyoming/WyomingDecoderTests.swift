import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeServices

@Suite("Wyoming messages") struct WyomingDecoderTests {
    private let chunk = WyomingMessage(
        "audio-chunk", [("rate", .integer(16_000)), ("width", .integer(2)), ("channels", .integer(1))],
        payload: [1, 2, 3, 4])

    @Test("come out as they went in, however they are cut")
    func roundTrip() throws {
        let bytes = chunk.bytes + WyomingMessage("describe").bytes + chunk.bytes
        for piece in [1, 2, 3, 7, 64, bytes.count] {
            var decoder = WyomingDecoder()
            var types: [String] = []
            var payloads = 0
            for start in stride(from: 0, to: bytes.count, by: piece) {
                decoder.append(bytes[start..<min(start + piece, bytes.count)])
                while let message = try decoder.next() {
                    types.append(message.type)
                    payloads += message.payload.count
                    if message.type == "audio-chunk" { #expect(message["rate"]?.integerValue == 16_000) }
                }
            }
            #expect(types == ["audio-chunk", "describe", "audio-chunk"] && payloads == 8)
            #expect(!decoder.isWaiting)
        }
    }

    @Test("data may stand in the line, and the second part wins")
    func inlineData() throws {
        var decoder = WyomingDecoder()
        let data = #"{"names": ["no"]}"#
        decoder.append(
            Array(
                (#"{"type": "detect", "data": {"names": ["yes"], "a": 1}, "data_length": \#(data.utf8.count)}"# + "\n"
                    + data).utf8))
        let message = try #require(try decoder.next())
        #expect(message["names"]?.arrayValue?.first?.stringValue == "no" && message["a"]?.integerValue == 1)
    }

    @Test(
        "what is malformed or too large is refused",
        arguments: [
            ("{}\n", "malformed"), ("nonsense\n", "malformed"), ("[1]\n", "malformed"),
            ("{\"type\": 3}\n", "malformed"),
            ("{\"type\": \"a\", \"data_length\": -1}\n", "malformed"),
            ("{\"type\": \"a\", \"data_length\": 1e3}\n", "malformed"),
            ("{\"type\": \"a\", \"payload_length\": 99999999999}\n", "tooLarge"),
            ("{\"type\": \"a\", \"payload_length\": 99999999999999999999999}\n", "malformed"),
            ("{\"type\": \"a\", \"data_length\": 65537}\n", "tooLarge"),
            ("{\"type\": \"a\", \"data_length\": 2}\n[]", "malformed"),
        ])
    func refusals(text: String, kind: String) {
        var decoder = WyomingDecoder()
        decoder.append(Array(text.utf8))
        #expect(throws: WyomingDecoder.Refusal.self) { _ = try decoder.next() }
        do { _ = try decoder.next() } catch { #expect("\(error)".hasPrefix(kind), "\(error)") }
    }

    @Test("a line without an end is refused before it fills the memory")
    func endlessLine() {
        var decoder = WyomingDecoder()
        #expect(throws: WyomingDecoder.Refusal.headerTooLong) {
            for _ in 0..<100 {
                decoder.append([UInt8](repeating: 0x20, count: 1_000))
                _ = try decoder.next()
            }
        }
    }

    @Test("random bytes and random damage never trap")
    func fuzz() {
        var random = SeededGenerator(3)
        for round in 0..<3_000 {
            var bytes = round % 2 == 0 ? chunk.bytes + chunk.bytes : []
            for _ in 0..<(round % 2 == 0 ? 3 : 200) {
                if bytes.isEmpty || round % 2 == 1 {
                    bytes.append(UInt8(random.index(below: 256)))
                } else {
                    bytes[random.index(below: bytes.count)] = UInt8(random.index(below: 256))
                }
            }
            var decoder = WyomingDecoder()
            decoder.append(bytes)
            do { while try decoder.next() != nil {} } catch {}
        }
    }
}

@Suite("JSON reader") struct JSONReaderTests {
    @Test("reads what the writer writes")
    func roundTrip() throws {
        let text = #"{"a": [1, -2, true, false, null, "x\n\"\\é\u0001"], "b": {}, "c": []}"#
        let value = try JSONValue.read(Array(text.utf8))
        #expect(value.text == text.replacing("\\u0001", with: "\\u0001"))
        #expect(try JSONValue.read(Array("  1.5e2 ".utf8)).text == "150.000000000")
        #expect(try JSONValue.read(Array(#""\ud83d\ude00""#.utf8)).stringValue == "😀")
    }

    @Test(
        "refuses what RFC 8259 does not allow",
        arguments: [
            "", " ", "{", "[1,]", "{\"a\":}", "{\"a\" 1}", "{a: 1}", "01", "+1", "1.", ".5", "1e", "nul", "tru", "\"a",
            "\"\\x\"", "\"\\ud83d\"", "\"\\ud83dx\"", "[1] 2", "\"\t\"", "1e999", "--1", "\"\\u12\"",
        ])
    func refusals(text: String) {
        #expect(throws: JSONValue.ReadError.self) { _ = try JSONValue.read(Array(text.utf8)) }
    }

    @Test("refuses deep nesting and broken UTF-8")
    func hostile() {
        #expect(throws: JSONValue.ReadError.self) {
            _ = try JSONValue.read([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
        }
        #expect(throws: JSONValue.ReadError.self) { _ = try JSONValue.read([0x22, 0xFF, 0x22]) }
    }
}
