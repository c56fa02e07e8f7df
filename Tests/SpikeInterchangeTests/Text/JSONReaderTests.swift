import SpikeSignals
import Testing

@testable import SpikeInterchange

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws(SpikelineError) -> OptionValue {
        try JSONReader.value(of: text, title: "t", place: "f")
    }

    private func message(_ text: String) -> String? {
        do throws(SpikelineError) {
            _ = try read(text)
            return nil
        } catch { return error.description }
    }

    @Test func valuesOfAllKindsAreRead() throws {
        #expect(
            try read(" { \"a\" : [1, -2.5, 1e3, true, false, []], \"b\":{\"c\":\"\\u00e4\\n\\ud83d\\ude00/\\/\"} } ")
                == .map([
                    "a": .list([.integer(1), .number(-2.5), .number(1_000), .bool(true), .bool(false), .list([])]),
                    "b": .map(["c": .string("ä\n😀//")]),
                ]))
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let value = OptionValue.map([
            "numbers": .list([
                .number(0.1), .number(-1e-300), .number(.leastNonzeroMagnitude), .number(1e22), .number(3),
                .integer(.min),
            ]),
            "text \"\\": .string("\u{1}\t\u{7F}é\u{2028}"), "empty": .map([:]),
        ])
        #expect(try read(value.json("v")) == value)
    }

    @Test func notFiniteNumbersAreNotWritten() {
        let error = #expect(throws: SpikelineError.self) { try OptionValue.list([.number(.nan)]).json("head.x") }
        #expect(error?.description == "\"head.x[0]\" is nan, expected a finite number")
    }

    @Test(arguments: [
        ("", "a value at byte 0, found the end"), ("[1,", "a value at byte 3, found the end"),
        ("{\"a\" 1}", "\":\" at byte 5, found \"1\""), ("{a: 1}", "a name in quotes at byte 1, found \"a\""),
        ("[1 2]", "\",\" or \"]\" at byte 3, found \"2\""), ("1 2", "the end at byte 2, found \"2\""),
        ("null", "a value at byte 0, found \"n\""), ("NaN", "a value at byte 0, found \"N\""),
        ("1e999", "a value at byte 0, found \"1\""), ("tru", "true at byte 0, found \"t\""),
        ("\"abc", "a closing quote at byte 4, found the end"), ("\"\\x\"", "an escape at byte 2, found \"x\""),
        ("\"\\u12g4\"", "four hexadecimal digits at byte 3, found \"1\""),
        ("\"a\nb\"", "no control character in a text at byte 2, found \"\n\""),
        ("{\"a\": 1, \"a\": 2}", "\"a\" only once at byte 15, found \"}\""),
    ]) func mistakesAreNamedWithTheirPlace(text: String, expected: String) {
        #expect(message(text) == "f: \"t\" is not JSON: expected " + expected)
    }

    @Test func nestingIsBounded() {
        #expect(message(String(repeating: "[", count: 32) + String(repeating: "]", count: 32)) == nil)
        #expect(message(String(repeating: "[", count: 100_000))?.contains("at most 32 levels at byte 33") == true)
    }
}
