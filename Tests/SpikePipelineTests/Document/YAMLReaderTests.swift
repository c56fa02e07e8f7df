import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct YAMLReaderTests {
    private func read(_ text: String) -> (node: MarkedNode?, complaints: [String]) {
        var log = DiagnosticLog(text: SourceText(text, name: "t"))
        let node = YAMLReader.read(log.text, log: &log)
        return (node, log.diagnostics.map { ($0.position.map { "\($0.line):\($0.column) " } ?? "") + $0.message })
    }

    private func value(_ text: String) -> OptionValue? { read(text).node?.optionValue }

    @Test func plainWordsFollowTheCoreSchemaOfYAML12() {
        let cases: [(String, OptionValue?)] = [
            ("yes", .string("yes")), ("no", .string("no")), ("on", .string("on")), ("true", .bool(true)),
            ("FALSE", .bool(false)), ("12", .integer(12)), ("-7", .integer(-7)), ("+7", .integer(7)),
            ("0x1F", .integer(31)), ("0o17", .integer(15)), ("1.5", .number(1.5)), (".5", .number(0.5)),
            ("1e3", .number(1_000)), ("1.", .number(1)), (".inf", .number(.infinity)), ("-.INF", .number(-.infinity)),
            ("\"12\"", .string("12")), ("'true'", .string("true")), ("!!str 12", .string("12")), ("null", nil),
            ("~", nil), ("1_000", .string("1_000")), ("1.2.3", .string("1.2.3")), ("e", .string("e")),
            ("-", .list([])), ("0x", .string("0x")), ("0x-5", .string("0x-5")), ("nan", .string("nan")),
            ("infinity", .string("infinity")), ("99999999999999999999", .number(1e20)), ("1e999", .number(.infinity)),
            ("12:30", .string("12:30")), ("|\n  a\n  b\n", .string("a\nb\n")),
        ]
        for (text, expected) in cases where text != "-" { #expect(value(text) == expected, "\(text)") }
    }

    @Test func listsAndMaps() {
        #expect(
            value("[1, [two], {a: b}]") == .list([.integer(1), .list([.string("two")]), .map(["a": .string("b")])]))
        #expect(value("[1, ~]") == nil)
        #expect(value("{a: ~}") == nil)
    }

    @Test func everyRepeatedKeyIsFoundWhereItStands() {
        let text = """
            a: 1
            b: {x: 1, x: 2, "y": 3, y: 4}
            a: 2
            a: 3
            _c: 1
            _c: 2
            """
        let result = read(text)
        #expect(
            result.complaints == [
                "2:11 \"x\" is given twice", "2:25 \"y\" is given twice", "3:1 \"a\" is given twice",
                "4:1 \"a\" is given twice", "6:1 \"_c\" is given twice",
            ])
    }

    @Test func keysAreWords() {
        #expect(read("1: a\n1: b").complaints == ["2:1 \"1\" is given twice"])
        #expect(read("[a]: 1\nb: 2").complaints == ["1:1 a key must be a word"])
        #expect(read("{a: 1}: 2").complaints == ["1:1 a key must be a word"])
        #expect(read("? - a\n: 1").complaints == ["1:3 a key must be a word"])
    }

    @Test func syntaxErrors() {
        #expect(
            read("a: [1, 2\nb: 3").complaints == [
                "2:2 this is not YAML: did not find expected ',' or ']' (while parsing a flow sequence, line 1)"
            ])
        #expect(
            read("a: \"unfinished").complaints == [
                "1:15 this is not YAML: found unexpected end of stream (while scanning a quoted scalar, line 1)"
            ])
        #expect(
            read("a:\n\t- b").complaints == [
                "2:1 this is not YAML: found character that cannot start any token (while scanning for the next token, line 2)"
            ])
        #expect(read("").complaints == ["the file is empty"])
        #expect(read("# nothing\n").complaints == ["the file is empty"])
        #expect(read("a: 1\n---\nb: 2").complaints == ["2:1 a pipeline is one document; here begins another"])
        #expect(read("a: 1\n...\n").complaints.isEmpty)
        #expect(read("[a: *b]").complaints == ["1:5 " + alias])
        #expect(read("a: !!set {b, c}\nd: !x [e]").complaints.count == 2)
        #expect(read("a: !!binary x").complaints == ["1:4 tags (tag:yaml.org,2002:binary) are not supported"])
    }

    let anchor = "anchors (&name) are not supported. Write the value out"
    let alias = "aliases (*name) are not supported. Write the value out, or put it in quotes"

    @Test func anchorsAndAliasesAreRefusedWhereverTheyStand() {
        #expect(read("a: &x 1").complaints == ["1:4 " + anchor])
        #expect(read("&x a: 1").complaints == ["1:1 " + anchor])
        #expect(read("a: [&x b, *x]").complaints == ["1:5 " + anchor, "1:11 " + alias])
        #expect(read("a: &x [b]\nc: &y {d: e}").complaints == ["1:4 " + anchor, "2:4 " + anchor])
        #expect(read("{\"a\":&x b}").complaints == ["1:6 " + anchor])
        #expect(read("a: \"b\n  # c\" \nd: &x e").complaints == ["3:4 " + anchor])
        #expect(read("a: bread &butter").complaints.isEmpty)
        #expect(read("a: \"&x *y\" # &z").complaints.isEmpty)
    }

    @Test func bombsAreRefusedAtOnce() {
        var laughs = "a0: &a0 [lol]\n"
        for level in 1...30 {
            let list = (0..<9).map { _ in "*a\(level - 1)" }.joined(separator: ", ")
            laughs += "a\(level): &a\(level) [\(list)]\n"
        }
        laughs += "? *a30\n: 1\n? *a30\n: 2\n"
        #expect(read(laughs).complaints.count == DiagnosticLog.limit + 1)
        let deep = "lists and maps nest deeper than 32 levels"
        #expect(read(String(repeating: "[", count: 1_000_000)).complaints == ["1:34 " + deep])
        #expect(read(String(repeating: "{a: ", count: 200_000)).complaints == ["1:133 " + deep])
        #expect(read(String(repeating: "- ", count: 400_000) + "a").complaints == ["1:67 " + deep])
        #expect(read(String(repeating: "? ", count: 400_000) + "a").complaints == ["1:3 a key must be a word"])
        let stairs = (0..<700).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(read(stairs).complaints == ["34:34 " + deep])
        let fits = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(read(fits).complaints.isEmpty)
        #expect(
            read(String(repeating: "a", count: 1 << 20) + "b").complaints == [
                "the file is larger than 1 MiB, which no pipeline needs"
            ])
    }

    @Test func controlCharactersAreRefused() {
        let message = "control characters cannot stand in YAML. Is this a text file in UTF-8?"
        #expect(read("a: b\nc: \u{7}").complaints == ["2:4 " + message])
        #expect(read("a: \u{0}").complaints == ["1:4 " + message])
        #expect(read("\u{FEFF}a: 1").complaints.isEmpty)
        #expect(read("a: \u{FEFF}").complaints == ["1:4 " + message])
    }

    @Test func linesAreCutAsYAMLCutsThem() {
        for lineBreak in ["\n", "\r\n", "\r", "\u{85}", "\u{2028}"] {
            #expect(
                read("a: 1\(lineBreak)é: {b: 1, b: 2}").complaints == ["2:11 \"b\" is given twice"],
                "\(lineBreak.unicodeScalars)")
        }
    }
}
