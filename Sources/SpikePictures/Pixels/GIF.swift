/// Writes an animated GIF (CompuServe, "Graphics Interchange Format, version 89a", 1990), frame by frame, so that memory
/// holds one frame.
///
/// ```swift
/// var gif = GIF(width: 128, height: 128, palette: colours)
/// file.write(gif.begin())
/// file.write(gif.frame(indices, hundredths: 4))
/// file.write(gif.end())
/// ```
public struct GIF: Sendable {
    private let width: Int
    private let height: Int
    private let palette: [PixelImage.Colour]
    private let bits: Int

    /// Frames of this size, at most 65,535 each way, whose pixels are places in a palette of at most 256 colours.
    public init(width: Int, height: Int, palette: [PixelImage.Colour]) {
        self.width = min(max(width, 1), 65_535)
        self.height = min(max(height, 1), 65_535)
        self.palette = Array(palette.prefix(256))
        var bits = 2
        while 1 << bits < self.palette.count { bits += 1 }
        self.bits = bits
    }

    /// What stands at the beginning: size, colours, and that the frames are shown for ever.
    public func begin() -> [UInt8] {
        var out = Array("GIF89a".utf8) + word(width) + word(height)
        out += [0x80 | UInt8(bits - 1), 0, 0]
        for index in 0..<(1 << bits) {
            let colour = index < palette.count ? palette[index] : PixelImage.Colour(0, 0, 0)
            out += [colour.red, colour.green, colour.blue]
        }
        return out + [0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1, 0, 0, 0]
    }

    /// A frame that is shown for so many hundredths of a second. Pixels that are missing are the first colour.
    public func frame(_ indices: [UInt8], hundredths: Int) -> [UInt8] {
        var out: [UInt8] = [0x21, 0xF9, 4, 0] + word(min(max(hundredths, 0), 65_535)) + [0, 0]
        out += [0x2C, 0, 0, 0, 0] + word(width) + word(height) + [0, UInt8(bits)]
        let missing = max(0, width * height - indices.count)
        let data = compressed(indices.prefix(width * height) + [UInt8](repeating: 0, count: missing))
        for start in stride(from: 0, to: data.count, by: 255) {
            let block = data[start..<min(start + 255, data.count)]
            out.append(UInt8(block.count))
            out += block
        }
        return out + [0]
    }

    /// What stands at the end.
    public func end() -> [UInt8] { [0x3B] }

    private func word(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    /// `indices` by LZW with codes of growing width (appendix F of the standard). The table of strings is a table of
    /// (string, next index) pairs, begun anew when all 4,096 codes are in use.
    private func compressed(_ indices: some Sequence<UInt8>) -> [UInt8] {
        let clear = 1 << bits
        var codes = CodeWriter()
        var table = [Int16](repeating: -1, count: 4_096 << bits)
        var (next, width) = (clear + 2, bits + 1)
        var string = -1
        codes.append(clear, width)
        for index in indices {
            let index = Int(index) & (clear - 1)
            guard string >= 0 else {
                string = index
                continue
            }
            if table[string << bits | index] >= 0 {
                string = Int(table[string << bits | index])
                continue
            }
            codes.append(string, width)
            if next < 4_096 {
                table[string << bits | index] = Int16(next)
                if next == 1 << width { width += 1 }
                next += 1
            } else {
                codes.append(clear, width)
                for place in table.indices { table[place] = -1 }
                (next, width) = (clear + 2, bits + 1)
            }
            string = index
        }
        if string >= 0 { codes.append(string, width) }
        // The reader's table grows once more with the last code.
        if next == 1 << width, width < 12 { width += 1 }
        codes.append(clear + 1, width)
        return codes.finished
    }

    /// Puts codes together, the first in the lowest bits.
    private struct CodeWriter {
        private var bytes: [UInt8] = []
        private var hold: UInt32 = 0
        private var held = 0

        mutating func append(_ code: Int, _ width: Int) {
            hold |= UInt32(code) << UInt32(held)
            held += width
            while held >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: hold))
                hold >>= 8
                held -= 8
            }
        }

        var finished: [UInt8] { held > 0 ? bytes + [UInt8(truncatingIfNeeded: hold)] : bytes }
    }
}
