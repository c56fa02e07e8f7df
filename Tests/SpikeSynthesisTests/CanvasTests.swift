import SpikeSignals
import Testing

@testable import SpikeSynthesis

/// Drawing by eights against drawing pixel by pixel.
@Suite struct CanvasTests {
    static func cloth(_ random: inout SeededGenerator) -> Cloth {
        Cloth(
            reflectance: random.uniform(0.05...0.9),
            texture: Texture(
                contrast: random.uniform(0...0.7), density: random.uniform(10...200), stripes: 0.5, using: &random))
    }

    static func limb(_ random: inout SeededGenerator) -> Limb {
        Limb(
            x0: random.uniform(-30...70), y0: random.uniform(-30...60), r0: random.uniform(0.3...15),
            x1: random.uniform(-30...70), y1: random.uniform(-30...60), r1: random.uniform(0.3...15),
            metres: random.uniform(0.003...0.03), depth: 0, cloth: 0, shading: random.uniform(0...0.6))
    }

    /// The value of one pixel by the formulas alone.
    static func shade(
        _ limb: Limb, _ cloth: Cloth, _ light: Light, x: Int, y: Int, old: Float
    ) -> Float {
        let (dx, dy) = (limb.x1 - limb.x0, limb.y1 - limb.y0)
        let squared = max(dx * dx + dy * dy, 1e-6)
        let inverse = 1 / squared
        let (px, py) = (Float(x) - limb.x0, Float(y) - limb.y0)
        let t = min(max((px * dx + py * dy) * inverse, 0), 1)
        let (ex, ey) = (px - t * dx, py - t * dy)
        let d2 = ex * ex + ey * ey
        let reach = limb.r0 + t * (limb.r1 - limb.r0) + 0.5
        guard d2 < reach * reach else { return old }
        let across = (px * dy - py * dx) * (1 / squared.squareRoot())
        let pattern = cloth.texture.smooth(
            SIMD8(repeating: t * squared.squareRoot() * limb.metres), SIMD8(repeating: across * limb.metres))[3]
        let value =
            cloth.reflectance * pattern * (1 - limb.shading * d2 / (reach * reach))
            * (light.base + light.y * Float(y) + light.x * Float(x))
        return old + min(reach - d2.squareRoot(), 1) * (value - old)
    }

    @Test(arguments: 0..<40) func eightPixelsEqualOneByOne(seed: Int) {
        var random = SeededGenerator(UInt64(seed), 3)
        // Widths that eight do not divide, and a box inside the image.
        let (width, height) = (33 + random.index(below: 9), 21)
        let canvas = Canvas(width: width, height: height)
        let light = Light(base: 1.1, x: 0.003, y: -0.002)
        let box =
            seed % 2 == 0 ? canvas.frame : PixelBox(left: 5, top: 3, right: width - 6, bottom: height - 2)
        for _ in 0..<6 {
            let (limb, cloth) = (Self.limb(&random), Self.cloth(&random))
            let before = (0..<width * height).map { unsafe canvas.pixels[$0] }
            canvas.draw(limb, cloth, light: light, in: box)
            for y in 0..<height {
                for x in 0..<width {
                    let old = before[y * width + x]
                    let isInside = x >= box.left && x < box.right && y >= box.top && y < box.bottom
                    let expected = isInside ? Self.shade(limb, cloth, light, x: x, y: y, old: old) : old
                    let found = unsafe canvas.pixels[y * width + x]
                    #expect(found == expected, "pixel \(x), \(y)")
                }
            }
        }
    }

    @Test func aTextureIsStraightBetweenItsCellsAndRepeats() {
        var random = SeededGenerator(4)
        let texture = Texture(contrast: 0.6, density: 1, using: &random)
        let places = SIMD8<Float>(0, 1, 2.5, 7.25, 30, 63, 63.75, -5)
        let (here, further) = (texture.smooth(places, places), texture.smooth(places + 64, places - 64))
        for lane in 0..<8 { #expect(abs(here[lane] - further[lane]) < 0.02) }
        // Along a row the second difference is nothing but at the borders of cells, so it is nothing most often.
        let row = (0..<640).map { step in
            texture.smooth(SIMD8(repeating: Float(step) / 16), SIMD8(repeating: 3))[0]
        }
        let bends = (1..<639).filter { abs(row[$0 - 1] - 2 * row[$0] + row[$0 + 1]) > 1e-3 }
        #expect(bends.count < 90)
        #expect((row.max() ?? 0) - (row.min() ?? 0) > 0.1)
    }
}

@Suite struct WordSortTests {
    @Test(arguments: [(1, 1), (5, 3), (3_000, 40), (3_000, 3), (20_000, 5_000_000), (5_000, Int(UInt32.max))])
    func sortsAsSwiftDoes(count: Int, times: Int) {
        var random = SeededGenerator(UInt64(count), UInt64(times))
        var sorter = WordSort()
        for _ in 0..<2 {
            var words = (0..<count).map { _ in
                UInt64(random.index(below: times)) << 32 | random.next() & 0xFFFF_FFFF
            }
            let expected = words.sorted()
            sorter.sort(&words)
            #expect(words == expected)
        }
        var none: [UInt64] = []
        sorter.sort(&none)
        #expect(none.isEmpty)
    }
}
