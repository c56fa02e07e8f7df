/// The text of a pipeline file, cut into lines the way YAML cuts it, to quote from.
package struct SourceText: Sendable {
    /// The name of the file as the user wrote it.
    let name: String
    /// The text without a byte order mark.
    let text: String
    /// The lines without their line breaks.
    let lines: [Substring.UnicodeScalarView]

    /// Longer lines are quoted in part: this many columns on either side of the place.
    static let quotedColumns = 76

    /// The `text` of the file called `name`.
    package init(_ text: String, name: String) {
        self.name = name
        let scalars = text.unicodeScalars
        self.text = scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text
        lines = SourceText.lines(of: self.text)
    }

    /// Cuts at LF, CR, CR LF, NEL, LS and PS, as YAML 1.1 does.
    private static func lines(of text: String) -> [Substring.UnicodeScalarView] {
        let scalars = Substring(text).unicodeScalars
        var lines: [Substring.UnicodeScalarView] = []
        var start = scalars.startIndex
        var index = start
        while index < scalars.endIndex {
            let scalar = scalars[index]
            var next = scalars.index(after: index)
            if "\n\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains(scalar) {
                lines.append(scalars[start..<index])
                if scalar == "\r", next < scalars.endIndex, scalars[next] == "\n" { next = scalars.index(after: next) }
                start = next
            }
            index = next
        }
        lines.append(scalars[start...])
        return lines
    }

    /// The line of `position` and, below it, a caret under its column.
    func excerpt(at position: TextPosition) -> String {
        guard lines.indices.contains(position.line - 1) else { return "" }
        let line = Array(lines[position.line - 1])
        let column = min(max(position.column - 1, 0), line.count)
        let isLong = line.count > 2 * SourceText.quotedColumns
        let start = isLong ? max(0, column - SourceText.quotedColumns) : 0
        let end = isLong ? min(line.count, column + SourceText.quotedColumns) : line.count
        var quoted = String.UnicodeScalarView()
        quoted.append(contentsOf: line[start..<end].map { SourceText.isControl($0) ? "\u{FFFD}" : $0 })
        var indent = String.UnicodeScalarView()
        indent.append(contentsOf: line[start..<column].map { $0 == "\t" ? "\t" : " " })
        return String(quoted) + "\n" + String(indent) + "^"
    }

    /// Whether a terminal might do something other than draw `scalar`.
    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 && scalar != "\t") || (0x7F...0x9F).contains(scalar.value)
    }
}
