import SpikeContainers
import Testing

@testable import SpikePictures

/// PNG files hold the pixels that were drawn.
struct PNGTests {
    @Test func checksumsAreThoseOfTheStandard() {
        #expect(PNG.checksum(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(PNG.checksum(Array("IEND".utf8)) == 0xAE42_6082)
    }

    @Test(arguments: [(1, 1), (3, 2), (64, 40)]) func pixelsComeBack(width: Int, height: Int) throws {
        var image = PixelImage(width: width, height: height, colour: PixelImage.Colour(1, 2, 3))
        for y in 0..<height {
            for x in 0..<width { image[x, y] = PixelImage.Colour(UInt8(x), UInt8(y), UInt8((x * y) & 255)) }
        }
        let file = PNG.file(image)
        #expect(file.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        var place = 8
        var kinds: [String] = []
        var data: [UInt8] = []
        while place < file.count {
            let count = number(file, place)
            let body = Array(file[(place + 4)..<(place + 8 + count)])
            #expect(UInt32(number(file, place + 8 + count)) == PNG.checksum(body))
            kinds.append(String(decoding: body.prefix(4), as: UTF8.self))
            if kinds.last == "IHDR" { #expect((number(body, 4), number(body, 8)) == (width, height)) }
            if kinds.last == "IDAT" { data = Array(body.dropFirst(4)) }
            place += 12 + count
        }
        #expect(kinds == ["IHDR", "IDAT", "IEND"])
        var rows = [UInt8](repeating: 0, count: height * (3 * width + 1))
        var inflate = Inflate()
        var target = rows.mutableSpan
        #expect(try inflate.zlib(data.span, into: &target, 0..<target.count) == target.count)
        for y in 0..<height {
            let start = y * (3 * width + 1)
            let pixels = Array(image.bytes[(3 * width * y)..<(3 * width * (y + 1))])
            #expect(rows[start] == 0)
            #expect(Array(rows[(start + 1)..<(start + 1 + 3 * width)]) == pixels)
        }
    }

    private func number(_ bytes: [UInt8], _ place: Int) -> Int {
        bytes[place..<(place + 4)].reduce(0) { $0 << 8 | Int($1) }
    }

    @Test func enlargingKeepsSquares() {
        var image = PixelImage(width: 2, height: 1, colour: PixelImage.Colour(0, 0, 0))
        image[1, 0] = PixelImage.Colour(9, 8, 7)
        let large = image.enlarged(by: 3)
        #expect((large.width, large.height) == (6, 3))
        #expect(large[2, 2] == PixelImage.Colour(0, 0, 0) && large[3, 0] == PixelImage.Colour(9, 8, 7))
    }

    @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")])
    func base64IsThatOfTheStandard(text: String, expected: String) {
        #expect(Base64.text(Array(text.utf8)) == expected)
    }
}
