/// Suggests what somebody meant to type.
public enum NearMiss {
    /// The longest word that is looked for; nobody types longer names, and the search costs length times length.
    public static let longestWord = 64

    /// The candidate closest to `word`, if it is at most a third of the word (and at least one edit) away.
    public static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
        guard word.utf8.count <= longestWord else { return nil }
        let limit = max(1, word.count / 3)
        let best = candidates.map { ($0, distance(word, $0)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
        guard let best, best.1 <= limit else { return nil }
        return best.0
    }

    /// `" Did you mean "x"?"` for the closest candidate, or an empty text.
    public static func hint(for word: String, among candidates: some Sequence<String>) -> String {
        suggestion(for: word, among: candidates).map { " Did you mean \"\($0)\"?" } ?? ""
    }

    /// The number of insertions, deletions, substitutions and neighbour swaps between two words
    /// (Damerau-Levenshtein, optimal string alignment).
    public static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a.lowercased())
        let b = Array(b.lowercased())
        var rows = [Array(0...b.count)]
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                let same = a[i] == b[j]
                var cost = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (same ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, rows[i - 1][j - 1] + 1) }
                row.append(cost)
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
