import SpikeSignals

/// A word that was spoken in a stream, and when.
public struct SpokenWord: Hashable, Sendable {
    /// The word.
    public var word: String
    /// When it begins.
    public var start: StreamTime
    /// When it ends.
    public var end: StreamTime

    /// `word` from `start` to `end`.
    public init(_ word: String, start: StreamTime, end: StreamTime) {
        self.word = word
        self.start = start
        self.end = end
    }
}

/// Reads the truth of a stream from CSV with a header.
///
/// ```
/// start,end,word,clip          the columns start and end (seconds) and word are needed, in any order;
/// 1.250,2.250,yes,a.flac       other columns are ignored
/// ```
public enum StreamTruth {
    /// The words in `text`, sorted by their start; `place` names the file in errors.
    public static func parse(csv text: String, place: String) throws(SpikelineError) -> [SpokenWord] {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.enumerated().makeIterator()
        guard let header = lines.next(), !header.element.isEmpty else {
            throw SpikelineError("the file is empty", at: place, hint: "Expected a header line: start,end,word")
        }
        let columns = try Columns(header: fields(of: header.element), place: place)
        var words: [SpokenWord] = []
        while let (index, line) = lines.next() {
            if line.allSatisfy(\.isWhitespace) { continue }
            words.append(try columns.word(in: fields(of: line), place: "\(place):\(index + 1)"))
        }
        return words.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// The fields of a line; a field in double quotes may contain commas, and `""` stands for a quote.
    static func fields(of line: Substring) -> [String] {
        var fields = [""]
        var isQuoted = false
        var previous: Character = ","
        for character in line {
            switch character {
            case "\"":
                if !isQuoted, previous == "\"" { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
            previous = character
        }
        return fields.map { trimmed($0) }
    }

    private static func trimmed(_ text: String) -> String {
        let head = text.drop { $0.isWhitespace }
        return String(head.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Where the needed columns stand.
    private struct Columns {
        let start: Int
        let end: Int
        let word: Int

        init(header: [String], place: String) throws(SpikelineError) {
            let named = ["start", "end", "word"].map { header.firstIndex(of: $0) }
            guard let start = named[0], let end = named[1], let word = named[2] else {
                let missing = zip(["start", "end", "word"], named).filter { $0.1 == nil }.map { "\"\($0.0)\"" }
                throw SpikelineError(
                    "expected the columns start, end and word, found no \(missing.joined(separator: ", "))",
                    at: "\(place):1", hint: "The first line names the columns, as in start,end,word")
            }
            self.start = start
            self.end = end
            self.word = word
        }

        func word(in fields: [String], place: String) throws(SpikelineError) -> SpokenWord {
            guard fields.count > max(start, end, word) else {
                throw SpikelineError(
                    "expected at least \(max(start, end, word) + 1) fields, found \(fields.count)", at: place)
            }
            let from = try time(fields[start], "start", place: place)
            let to = try time(fields[end], "end", place: place)
            guard from <= to else {
                throw SpikelineError("expected start <= end, found \(fields[start]) and \(fields[end])", at: place)
            }
            return SpokenWord(fields[word], start: from, end: to)
        }

        private func time(_ text: String, _ column: String, place: String) throws(SpikelineError) -> StreamTime {
            guard let seconds = Double(text), seconds >= 0, seconds < 1e9 else {
                throw SpikelineError("\"\(column)\" expects seconds, 0 or more, found \"\(text)\"", at: place)
            }
            return StreamTime(nanoseconds: Int64(seconds * 1e9 + 0.5))
        }
    }
}
