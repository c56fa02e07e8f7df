/// A value of a row.
enum SQLiteValue: Hashable, Sendable {
    /// Nothing.
    case null
    /// A whole number.
    case integer(Int64)
    /// A number with a fraction.
    case real(Double)
    /// A text; also how numbers with fractions and blobs are read.
    case text(String)

    /// The number, or 0.
    var integer: Int64 { if case .integer(let value) = self { value } else { 0 } }

    /// The value as text, or nil for none.
    var text: String? {
        switch self {
        case .null: nil
        case .integer(let value): String(value)
        case .real(let value): "\(value)"
        case .text(let value): value
        }
    }
}
