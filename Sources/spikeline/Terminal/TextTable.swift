/// A table for people: columns as wide as their widest cell, numbers to the right.
///
/// ```
/// word   clips  recall
/// yes       89  93.3 %
/// ```
struct TextTable {
    /// How a column is aligned.
    enum Alignment {
        case left
        case right
    }

    private let header: [String]
    private let alignments: [Alignment]
    private var rows: [[String]] = []

    /// A table with these columns.
    init(_ columns: [(String, Alignment)]) {
        header = columns.map(\.0)
        alignments = columns.map(\.1)
    }

    /// Adds a row; missing cells are empty.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The table, without trailing spaces and without a line break at the end.
    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return all.map { row in
            let cells = header.indices.map { column in
                let cell = column < row.count ? row[column] : ""
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return alignments[column] == .left ? cell + padding : padding + cell
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
