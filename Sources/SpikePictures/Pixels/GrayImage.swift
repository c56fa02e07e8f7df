import SpikeContainers
import SpikeSignals

/// A picture of brightness only, read from a file.
public struct GrayImage: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Brightness from 0 to 1 as the file has it (not linear in light), `[row][column]`.
    public let values: [Float]

    /// The most pixels of a picture that is read: 64 million.
    public static let mostPixels = 64 << 20

    /// Reads PNG (8 or 16 bits, not interlaced), PGM (P5) or PPM (P6); colours count by their luma (ITU-R BT.709).
    ///
    /// - Throws: what is wrong with the file, at `name`; memory stays in proportion to the file's pixels.
    public init(bytes: [UInt8], name: String) throws(SpikelineError) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = try PNGReader(bytes: bytes, name: name).image()
        } else if bytes.starts(with: Array("P5".utf8)) || bytes.starts(with: Array("P6".utf8)) {
            var reader = PortableMapReader(bytes: bytes, name: name)
            self = try reader.image()
        } else {
            throw SpikelineError(
                "expected a picture in PNG, PGM (P5) or PPM (P6), found something else", at: name,
                hint: "Convert it, as with: ffmpeg -i video.mp4 frames/%06d.png")
        }
    }

    init(width: Int, height: Int, values: [Float]) {
        self.width = width
        self.height = height
        self.values = values
    }

    /// The luma of a colour.
    static func luma(_ red: Float, _ green: Float, _ blue: Float) -> Float {
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Refuses sizes that no picture has.
    static func check(width: Int, height: Int, _ name: String) throws(SpikelineError) {
        guard width > 0, height > 0, width <= mostPixels, height <= mostPixels / width else {
            throw SpikelineError(
                "expected a picture of 1 to \(mostPixels) pixels, found \(width) x \(height)", at: name)
        }
    }
}

/// Reads the portable maps of Netpbm in their binary forms.
private struct PortableMapReader {
    let bytes: [UInt8]
    let name: String
    private var place = 2

    init(bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
    }

    mutating func image() throws(SpikelineError) -> GrayImage {
        let channels = bytes[1] == UInt8(ascii: "6") ? 3 : 1
        let (width, height, most) = (try number(), try number(), try number())
        try GrayImage.check(width: width, height: height, name)
        guard (1...65_535).contains(most) else {
            throw SpikelineError("expected a brightest value of 1 to 65535, found \(most)", at: name)
        }
        place += 1
        let depth = most > 255 ? 2 : 1
        let needed = width * height * channels * depth
        guard bytes.count - place >= needed else {
            throw SpikelineError("expected \(needed) bytes of pixels, found \(max(bytes.count - place, 0))", at: name)
        }
        func sample(_ index: Int) -> Float {
            let start = place + index * depth
            let value = depth == 2 ? Int(bytes[start]) << 8 | Int(bytes[start + 1]) : Int(bytes[start])
            return min(Float(value) / Float(most), 1)
        }
        let values = (0..<width * height).map { pixel in
            channels == 1
                ? sample(pixel) : GrayImage.luma(sample(3 * pixel), sample(3 * pixel + 1), sample(3 * pixel + 2))
        }
        return GrayImage(width: width, height: height, values: values)
    }

    /// The next number of the header, behind white space and comments.
    private mutating func number() throws(SpikelineError) -> Int {
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "#") {
                while place < bytes.count, bytes[place] != 10 { place += 1 }
            } else if bytes[place] > 32 {
                break
            } else {
                place += 1
            }
        }
        var value = 0
        let start = place
        while place < bytes.count, (48...57).contains(bytes[place]), place - start < 9 {
            value = value * 10 + Int(bytes[place] - 48)
            place += 1
        }
        guard place > start else {
            throw SpikelineError("expected a number in the header at byte \(place), found none", at: name)
        }
        return value
    }
}
