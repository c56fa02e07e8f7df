/// A picture of pixels, red, green and blue of 8 bits each, row after row from the top.
public struct PixelImage: Hashable, Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Three bytes for each pixel.
    public var bytes: [UInt8]

    /// A colour.
    public struct Colour: Hashable, Sendable {
        /// Its parts, 0 to 255.
        public var red: UInt8, green: UInt8, blue: UInt8

        /// A colour of three parts.
        public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
            (self.red, self.green, self.blue) = (red, green, blue)
        }
    }

    /// A picture all of one colour; at least one pixel each way.
    public init(width: Int, height: Int, colour: Colour) {
        self.width = max(width, 1)
        self.height = max(height, 1)
        bytes = []
        bytes.reserveCapacity(3 * self.width * self.height)
        for _ in 0..<(self.width * self.height) { bytes += [colour.red, colour.green, colour.blue] }
    }

    /// The colour of a pixel inside the picture.
    public subscript(x: Int, y: Int) -> Colour {
        get {
            let start = 3 * (y * width + x)
            return Colour(bytes[start], bytes[start + 1], bytes[start + 2])
        }
        set {
            let start = 3 * (y * width + x)
            (bytes[start], bytes[start + 1], bytes[start + 2]) = (newValue.red, newValue.green, newValue.blue)
        }
    }

    /// The picture with each pixel as a square of `factor` pixels.
    public func enlarged(by factor: Int) -> PixelImage {
        guard factor > 1 else { return self }
        var larger = PixelImage(width: width * factor, height: height * factor, colour: Colour(0, 0, 0))
        for y in 0..<larger.height {
            for x in 0..<larger.width { larger[x, y] = self[x / factor, y / factor] }
        }
        return larger
    }
}
