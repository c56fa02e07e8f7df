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

    /// The smallest usual sensor that has that column and row: 128 x 128 (DVS128), 240 x 180 (DAVIS240), 304 x 240 (ATIS),
    /// 320 x 320 (GenX320), 346 x 260 (DAVIS346), 640 x 480, 1280 x 720; beyond those, just so many.
    public static func usual(withColumn column: Int, row: Int) -> SensorSize? {
        let usual = [(128, 128), (240, 180), (304, 240), (320, 320), (346, 260), (640, 480), (1_280, 720)]
        let fitting = usual.first { column < $0.0 && row < $0.1 } ?? (column + 1, row + 1)
        return SensorSize(width: fitting.0, height: fitting.1)
    }

    /// `1280 x 720`.
    public var description: String { "\(width) x \(height)" }
}
