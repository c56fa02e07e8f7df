import SpikeSignals
import Testing

@testable import SpikePictures

@Suite struct GrayImageTests {
    @Test func ownPicturesComeBackAsLuma() throws {
        var image = PixelImage(width: 3, height: 2, colour: PixelImage.Colour(0, 0, 0))
        image[1, 0] = PixelImage.Colour(255, 255, 255)
        image[2, 1] = PixelImage.Colour(0, 255, 0)
        let gray = try GrayImage(bytes: PNG.file(image), name: "p")
        #expect((gray.width, gray.height) == (3, 2))
        let expected: [Float] = [0, 1, 0, 0, 0, 0.7152]
        #expect(zip(gray.values, expected).allSatisfy { abs($0 - $1) < 1e-5 })
    }

    /// Each filter, bit depth and colour type, written by Pillow.
    @Test(arguments: PNGSamples.all) func picturesOfOthersAreRead(sample: PNGSamples.Sample) throws {
        let gray = try GrayImage(bytes: sample.bytes, name: sample.name)
        #expect(gray.values.count == sample.values.count)
        for (found, value) in zip(gray.values, sample.values) { #expect(abs(found - value) < 2e-3, "\(sample.name)") }
    }

    @Test func portableMapsAreRead() throws {
        let gray = try GrayImage(bytes: Array("P5 # a comment\n2 1\n255\n".utf8) + [0, 255], name: "g")
        #expect(gray.values == [0, 1])
        let deep = try GrayImage(bytes: Array("P5\n1 2 1000\n".utf8) + [1, 244, 3, 232], name: "g")
        #expect(deep.values == [0.5, 1])
        let colour = try GrayImage(bytes: Array("P6 1 1 255\n".utf8) + [255, 0, 0], name: "g")
        #expect(abs(colour.values[0] - 0.2126) < 1e-6)
    }

    @Test func damagedPicturesAreRefusedAndNeverTrap() throws {
        var image = PixelImage(width: 9, height: 7, colour: PixelImage.Colour(10, 200, 30))
        for x in 0..<7 { image[x, x] = PixelImage.Colour(UInt8(30 * x), 0, 9) }
        let map = Array("P6\n3 2\n255\n".utf8) + [UInt8](0..<18)
        for file in [PNG.file(image), map] {
            for length in 0..<file.count {
                #expect(throws: SpikelineError.self, "\(length)") {
                    let gray = try GrayImage(bytes: Array(file.prefix(length)), name: "d")
                    // A PNG without its end still has all pixels.
                    if gray.values.count == 63, length >= file.count - 12 {
                        throw SpikelineError("complete")
                    }
                }
            }
            var state: UInt64 = 7
            for _ in 0..<4_000 {
                var bytes = file
                for _ in 0..<3 {
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
                }
                _ = try? GrayImage(bytes: bytes, name: "d")
            }
        }
    }
}
