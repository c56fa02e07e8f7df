import Testing

@testable import SpikePictures

/// GIF files hold the frames that were drawn; read back by a decoder of the test's own.
struct GIFTests {
    /// Places in the palette that repeat, that do not, and so many that the table of strings is begun anew.
    @Test(arguments: [(5, 3, 2), (64, 64, 4), (200, 150, 256), (300, 300, 16)])
    func framesComeBack(width: Int, height: Int, colours: Int) throws {
        let palette = (0..<colours).map { PixelImage.Colour(UInt8($0), UInt8(255 - $0), 7) }
        var state: UInt32 = 1
        let frames = (0..<3).map { frame in
            (0..<(width * height)).map { place -> UInt8 in
                state = state &* 1_664_525 &+ 1_013_904_223
                return frame == 0 ? UInt8(place / 7 % colours) : UInt8(Int(state >> 16) % colours)
            }
        }
        let gif = GIF(width: width, height: height, palette: palette)
        let file = gif.begin() + frames.flatMap { gif.frame($0, hundredths: 4) } + gif.end()
        let read = try #require(Reader(file))
        #expect((read.width, read.height) == (width, height))
        #expect(read.delays == [4, 4, 4])
        #expect(read.palette.prefix(3 * colours) == ArraySlice(palette.flatMap { [$0.red, $0.green, $0.blue] }))
        #expect(read.frames == frames)
    }

    @Test func aShortFrameIsFilledUp() throws {
        let gif = GIF(width: 4, height: 2, palette: [PixelImage.Colour(0, 0, 0), PixelImage.Colour(1, 1, 1)])
        let read = try #require(Reader(gif.begin() + gif.frame([1, 1], hundredths: 2) + gif.end()))
        #expect(read.frames == [[1, 1, 0, 0, 0, 0, 0, 0]])
    }

    /// Reads the blocks of a GIF and undoes LZW with a list of strings.
    private struct Reader {
        var width = 0, height = 0
        var palette: [UInt8] = []
        var delays: [Int] = []
        var frames: [[UInt8]] = []

        init?(_ file: [UInt8]) {
            guard file.starts(with: Array("GIF89a".utf8)) else { return nil }
            (width, height) = (Int(file[6]) | Int(file[7]) << 8, Int(file[8]) | Int(file[9]) << 8)
            let colours = 2 << Int(file[10] & 7)
            palette = Array(file[13..<(13 + 3 * colours)])
            var place = 13 + 3 * colours
            while file[place] != 0x3B {
                if file[place] == 0x21 {
                    if file[place + 1] == 0xF9 { delays.append(Int(file[place + 4]) | Int(file[place + 5]) << 8) }
                    place += 2
                    _ = Reader.blocks(file, &place)
                } else {
                    guard file[place] == 0x2C else { return nil }
                    place += 10
                    let bits = Int(file[place])
                    place += 1
                    frames.append(Reader.expanded(Reader.blocks(file, &place), bits))
                }
            }
        }

        static func blocks(_ file: [UInt8], _ place: inout Int) -> [UInt8] {
            var data: [UInt8] = []
            while file[place] != 0 {
                let count = Int(file[place])
                data += file[(place + 1)..<(place + 1 + count)]
                place += 1 + count
            }
            place += 1
            return data
        }

        static func expanded(_ data: [UInt8], _ bits: Int) -> [UInt8] {
            let clear = 1 << bits
            var strings: [[UInt8]] = []
            var (bit, width) = (0, bits + 1)
            var last: [UInt8]?
            var out: [UInt8] = []
            while bit + width <= 8 * data.count {
                let code = (0..<width).reduce(0) { $0 | (Int(data[(bit + $1) / 8]) >> ((bit + $1) % 8) & 1) << $1 }
                bit += width
                if code == clear {
                    strings = (0..<clear).map { [UInt8($0)] } + [[], []]
                    (width, last) = (bits + 1, nil)
                    continue
                }
                if code == clear + 1 { break }
                let next = code < strings.count ? strings[code] : (last ?? []) + (last?.prefix(1) ?? [])
                out += next
                if let last, strings.count < 4_096 { strings.append(last + next.prefix(1)) }
                if strings.count == 1 << width, width < 12 { width += 1 }
                last = next
            }
            return out
        }
    }
}
