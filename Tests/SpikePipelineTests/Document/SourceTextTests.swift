import Testing

@testable import SpikePipeline

@Suite struct SourceTextTests {
    @Test func caretStandsUnderTheColumn() {
        let text = SourceText("one\n\ttwo: é x\n", name: "t")
        #expect(text.excerpt(at: TextPosition(line: 2, column: 7)) == "\ttwo: é x\n\t     ^")
        #expect(text.excerpt(at: TextPosition(line: 2, column: 99)) == "\ttwo: é x\n\t        ^")
        #expect(text.excerpt(at: TextPosition(line: 9, column: 1)) == "")
    }

    @Test func longLinesAreQuotedInPart() {
        let text = SourceText(String(repeating: "a", count: 500) + "b" + String(repeating: "c", count: 500), name: "t")
        let part = String(repeating: "a", count: 76) + "b" + String(repeating: "c", count: 75)
        #expect(
            text.excerpt(at: TextPosition(line: 1, column: 501)) == part + "\n" + String(repeating: " ", count: 76)
                + "^")
    }

    @Test func terminalsAreNotCommanded() {
        let text = SourceText("a\u{1B}[31m", name: "t")
        #expect(text.excerpt(at: TextPosition(line: 1, column: 1)) == "a\u{FFFD}[31m\n^")
    }
}
