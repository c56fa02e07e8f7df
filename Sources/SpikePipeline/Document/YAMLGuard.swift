/// Refuses what a YAML parser must not be given: control characters, anchors, deep nesting.
///
/// With anchors a file of 1 kB can stand for more values than memory holds ("billion laughs"), and a pipeline needs
/// none. Without an anchor no alias is valid, so refusing anchors is enough. Both checks work on the raw text and err
/// on the safe side: an anchor is any `&name` that could open a token, wherever it stands.
enum YAMLGuard {
    /// The largest pipeline file: 1 MiB.
    static let largestFile = 1 << 20
    /// How deep lists and maps may nest; a pipeline uses six levels.
    static let deepestNesting = 32

    /// Notes what is wrong with the text; whether it may be parsed.
    static func admits(_ text: SourceText, log: inout DiagnosticLog) -> Bool {
        let before = log.entries.count
        if text.text.utf8.count > largestFile {
            log.error("the file is larger than 1 MiB, which no pipeline needs", at: .file)
            return false
        }
        for (index, line) in text.lines.enumerated() {
            if let column = badCharacter(in: line) {
                let place = Place.text(TextPosition(line: index + 1, column: column + 1))
                log.error("control characters cannot stand in YAML. Is this a text file in UTF-8?", at: place)
                return false
            }
            if let column = anchor(in: line) {
                let place = Place.text(TextPosition(line: index + 1, column: column + 1))
                let advice = "Write the value out, or put a space after \"&\""
                log.error("anchors (&name) are not supported. \(advice)", at: place)
            }
        }
        checkBrackets(text, log: &log)
        return log.entries.count == before
    }

    /// The column of the first character that YAML 1.1 (section 5.1) does not allow.
    private static func badCharacter(in line: Substring.UnicodeScalarView) -> Int? {
        line.enumerated().first { !isPrintable($0.element) }?.offset
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    /// The column of the first `&name` that could be an anchor. After these characters no token can begin.
    private static func anchor(in line: Substring.UnicodeScalarView) -> Int? {
        guard line.contains("&") else { return nil }
        let isComment = line.first { $0 != " " && $0 != "\t" } == "#"
        if isComment, !line.contains("\""), !line.contains("'") { return nil }
        let line = Array(line)
        return line.indices.first { index in
            guard line[index] == "&", index + 1 < line.count, isWord(line[index + 1]) else { return false }
            return index == 0 || !(isWord(line[index - 1]) || "./=;+%~)".unicodeScalars.contains(line[index - 1]))
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }

    /// Brackets that nest deeper than any value may: refused before the parser descends into them.
    private static func checkBrackets(_ text: SourceText, log: inout DiagnosticLog) {
        var depth = 0
        for (index, line) in text.lines.enumerated() {
            for (column, scalar) in line.enumerated() {
                if scalar == "[" || scalar == "{" { depth += 1 }
                if scalar == "]" || scalar == "}" { depth = max(0, depth - 1) }
                guard depth > 4 * deepestNesting else { continue }
                let place = Place.text(TextPosition(line: index + 1, column: column + 1))
                log.error("brackets nest deeper than \(4 * deepestNesting) levels", at: place)
                return
            }
        }
    }
}
