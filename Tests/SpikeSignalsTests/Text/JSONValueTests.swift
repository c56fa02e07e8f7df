import SpikeSignals
import Testing

@Suite struct JSONValueTests {
    @Test func values() {
        #expect(JSONValue.null.text == "null")
        #expect(JSONValue.bool(true).text == "true")
        #expect(JSONValue.bool(false).text == "false")
        #expect(JSONValue.integer(.min).text == "-9223372036854775808")
        #expect(JSONValue.array([]).text == "[]")
        #expect(JSONValue.array([.integer(1), .null]).text == "[1, null]")
        #expect(JSONValue.object([]).text == "{}")
        #expect(JSONValue.object([("b", .integer(1)), ("a", .array([.object([])]))]).text == #"{"b": 1, "a": [{}]}"#)
    }

    /// RFC 8259, section 7: quotes, backslashes and everything below U+0020 must be escaped.
    @Test func textIsEscaped() {
        #expect(JSONValue.string("a\"b\\c").text == #""a\"b\\c""#)
        #expect(JSONValue.string("\n\r\t").text == #""\n\r\t""#)
        #expect(JSONValue.string("\u{0}\u{1}\u{1F}").text == #""\u0000\u0001\u001f""#)
        #expect(JSONValue.string("\u{7F}é€😀\u{2028}").text == "\"\u{7F}é€😀\u{2028}\"")
        #expect(JSONValue.object([("a\nb", .null)]).text == #"{"a\nb": null}"#)
        // A carriage return and a line feed are one character of Swift and two of JSON.
        #expect(JSONValue.string("\r\n").text == #""\r\n""#)
    }

    @Test func everyControlCharacterIsEscaped() {
        for code in UInt32(0)..<0x20 {
            guard let scalar = Unicode.Scalar(code) else { continue }
            let text = JSONValue.string(String(Character(scalar))).text
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
            #expect(text.hasPrefix("\"\\"))
        }
    }

    @Test func numbersHaveFixedDecimals() {
        #expect(JSONValue.fixed(1, decimals: 0).text == "1")
        #expect(JSONValue.fixed(1, decimals: 3).text == "1.000")
        #expect(JSONValue.fixed(0.05, decimals: 2).text == "0.05")
        #expect(JSONValue.fixed(-1.5, decimals: 1).text == "-1.5")
        #expect(JSONValue.fixed(12.3456, decimals: 2).text == "12.35")
        #expect(JSONValue.fixed(0.5, decimals: 0).text == "1")
        #expect(JSONValue.fixed(-0.5, decimals: 0).text == "-1")
        #expect(JSONValue.fixed(2.5, decimals: 0).text == "3")
        #expect(JSONValue.fixed(0.9996, decimals: 3).text == "1.000")
    }

    @Test func zeroHasNoSign() {
        #expect(JSONValue.fixed(-0.0, decimals: 1).text == "0.0")
        #expect(JSONValue.fixed(-0.0004, decimals: 3).text == "0.000")
    }

    @Test func whatIsNoNumberIsNull() {
        #expect(JSONValue.fixed(.nan, decimals: 1).text == "null")
        #expect(JSONValue.fixed(.infinity, decimals: 1).text == "null")
        #expect(JSONValue.fixed(-.infinity, decimals: 1).text == "null")
        #expect(JSONValue.fixed(1e30, decimals: 1).text == "null")
        #expect(JSONValue.fixed(9.1e9, decimals: 9).text == "null")
        #expect(JSONValue.fixed(8.9e9, decimals: 9).text == "8900000000.000000000")
    }

    @Test func decimalsAreBounded() {
        #expect(JSONValue.fixed(1.5, decimals: -3).text == "2")
        #expect(JSONValue.fixed(1.5, decimals: 99).text == "1.500000000")
    }

    @Test func writingAppends() {
        var out = "x"
        JSONValue.integer(1).write(into: &out)
        #expect(out == "x1")
    }
}
