/// How many columns and rows a sensor has.
public struct SensorSize: Hashable, Sendable, CustomStringConvertible {
    /// Columns.
    public var width: Int
    /// Rows.
    public var height: Int

    /// A size that is not positive, or more than the 32,768 pixels each way that an event can address, is none.
    public init?(width: Int, height: Int) {
        guard (1...32_768).contains(width), (1...32_768).contains(height) else { return nil }
        self.width = width
        self.height = height
    }

    /// A size that is known to be within the limits.
    init(columns: Int, rows: Int) {
        precondition((1...32_768).contains(columns) && (1...32_768).contains(rows), "no sensor is of this size")
        width = columns
        height = rows
    }

    /// The size from two texts of digits.
    init?(width: String?, height: String?) {
        guard let width = width.flatMap({ Int($0) }), let height = height.flatMap({ Int($0) }) else { return nil }
        self.init(width: width, height: height)
    }

    /// `1280 x 720`.
    public var description: String { "\(width) x \(height)" }
}
