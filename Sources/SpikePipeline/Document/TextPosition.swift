/// A place in a text: line and column, both from 1; columns count Unicode scalars, as YAML parsers do.
public struct TextPosition: Hashable, Comparable, Sendable {
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int

    /// The place in `line` at `column`.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// Whether `a` stands before `b`.
    public static func < (a: TextPosition, b: TextPosition) -> Bool { (a.line, a.column) < (b.line, b.column) }
}

/// What a complaint points at.
package enum Place: Hashable, Sendable {
    /// A place in the file.
    case text(TextPosition)
    /// An argument of the command line, as it was typed: `--set words.threshold=2`.
    case argument(String)
    /// The file as a whole.
    case file

    /// The place for sorting: arguments and the whole file first, then from top to bottom.
    var position: TextPosition {
        if case .text(let position) = self { position } else { TextPosition(line: 0, column: 0) }
    }
}

/// A word of the file and where it stands.
package struct MarkedText: Hashable, Sendable {
    /// The word.
    package var text: String
    /// Where it begins.
    package var place: Place
}
