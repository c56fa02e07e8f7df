import SpikeSignals

/// The pixels of an event camera: columns and rows.
public struct SensorGrid: Hashable, Sendable {
    /// The most columns and the most rows: a row number has 15 bits in a ``PixelEvent``.
    public static let longestSide = 32_768
    /// The most pixels, 16 Mi: with 16 bytes for each, the most that any filter keeps, that is 256 MiB.
    public static let mostPixels = 1 << 24

    /// Columns, at least 1.
    public let width: Int
    /// Rows, at least 1.
    public let height: Int

    /// A grid of that size, if filters may keep state for each of its pixels.
    public init(width: Int, height: Int) throws(SpikelineError) {
        let sides = 1...SensorGrid.longestSide
        guard sides.contains(width), sides.contains(height), width * height <= SensorGrid.mostPixels else {
            throw SpikelineError(
                "expected a sensor of at most \(SensorGrid.longestSide) columns and rows and \(SensorGrid.mostPixels) "
                    + "pixels, found \(width) x \(height)")
        }
        self.init(columns: width, rows: height)
    }

    /// A grid that was made of one that is within the bounds.
    init(columns: Int, rows: Int) {
        width = columns
        height = rows
    }

    /// How many pixels there are.
    public var pixels: Int { width * height }

    /// Where the state of the pixel at `x` and `y` is in a list of all pixels, row by row.
    @inline(__always) func index(_ x: Int, _ y: Int) -> Int { y &* width &+ x }
}

extension SensorGrid {
    /// The options that say the size of the sensor to a filter whose input does not know it.
    static let specs = [
        OptionSpec(
            "width", .integer(1...longestSide), help: "Columns of the sensor, for a recording that does not say them."),
        OptionSpec(
            "height", .integer(1...longestSide), help: "Rows of the sensor, for a recording that does not say them."),
    ]

    /// The size that the options give, if they give one.
    static func given(by options: Options) throws(SpikelineError) -> SensorGrid? {
        switch (options.integer("width"), options.integer("height")) {
        case (let width?, let height?): return try SensorGrid(width: width, height: height)
        case (nil, nil): return nil
        case (nil, _?): throw SpikelineError("\"height\" needs \"width\" beside it")
        case (_?, nil): throw SpikelineError("\"width\" needs \"height\" beside it")
        }
    }
}
