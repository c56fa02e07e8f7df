import SpikeSignals
import Testing

@testable import SpikeSynthesis

/// The loops with wide vectors give what their Swift twins give, bit for bit: a seed means the same on every machine.
@Suite(.enabled(if: WideLoops.areThere, "this processor has no wide vectors")) struct WideLoopTests {
    @Test(arguments: 0..<40) func limbsAreEqual(seed: Int) {
        var random = SeededGenerator(UInt64(seed), 8)
        let (width, height) = (9 + random.index(below: 60), 21)
        let (wide, plain) = (
            Canvas(width: width, height: height, isWide: true), Canvas(width: width, height: height, isWide: false)
        )
        let light = Light(base: 1.1, x: 0.003, y: -0.002)
        let box = seed % 2 == 0 ? wide.frame : PixelBox(left: 3, top: 1, right: width - 2, bottom: height - 2)
        for _ in 0..<12 {
            let (limb, cloth) = (CanvasTests.limb(&random), CanvasTests.cloth(&random))
            wide.draw(limb, cloth, light: light, in: box)
            plain.draw(limb, cloth, light: light, in: box)
        }
        // What lies behind the last pixel must stay as it was, too.
        let pixels = (0..<width * height + 7).map { unsafe (wide.pixels[$0].bitPattern, plain.pixels[$0].bitPattern) }
        #expect(pixels.allSatisfy { $0 == $1 })
        #expect(pixels.contains { $0.0 != 0 })
        #expect(pixels.suffix(7).allSatisfy { $0.0 == 0 })
    }

    /// Widths on both sides of what one turn of the loop takes.
    @Test(arguments: [1, 7, 8, 9, 128, 383, 384, 385, 1_000]) func texturesAreEqual(width: Int) {
        var random = SeededGenerator(UInt64(width), 10)
        let height = 3
        let texture = Texture(contrast: 0.7, density: random.uniform(0.1...1.2), stripes: 0.5, using: &random)
        let shift = (x: random.uniform(-3...3), y: random.uniform(-3...3))
        let filled = [true, false].map { isWide in
            let canvas = Canvas(width: width, height: height, isWide: isWide)
            canvas.fill(texture, reflectance: 0.4, light: Light(base: 1.1, x: 0.003, y: -0.002), shift: shift)
            return (0..<width * height).map { unsafe canvas.pixels[$0] }
        }
        #expect(filled[0] == filled[1])
        #expect(filled[0].allSatisfy { $0 > 0 })
        #expect(Set(filled[0]).count > filled[0].count / 2)
    }

    @Test(arguments: 0..<40) func pixelsAreEqual(seed: Int) {
        let width = 1 + seed
        let height = 5
        func events(isWide: Bool) -> [PixelEvent] {
            var random = SeededGenerator(UInt64(seed), 9)
            let pixels = PixelArray(width: width, height: height, isWide: isWide)
            var settings = PixelSettings()
            settings.floor = random.uniform(0...0.1)
            settings.bandwidth = random.uniform(20...3_000)
            settings.refractory = random.uniform(0...2_000)
            pixels.start(settings, using: &random)
            for step in 0..<30 {
                let image = (0..<width * height).map { _ in random.uniform(0...1) * random.uniform(0...2) }
                let (left, top) = (random.index(below: width), random.index(below: height))
                let box =
                    step % 3 == 0
                    ? PixelBox(left: 0, top: 0, right: width, bottom: height)
                    : PixelBox(
                        left: left, top: top, right: left + 1 + random.index(below: width - left),
                        bottom: top + 1 + random.index(below: height - top))
                unsafe image.withUnsafeBufferPointer { values in
                    guard let start = values.baseAddress else { return }
                    unsafe pixels.see(start, in: box, time: Float(step - 1) * 1_000, step: 1_000)
                }
            }
            return pixels.sorted(duration: 29_000, using: &random)
        }
        let plain = events(isWide: false)
        #expect(!plain.isEmpty)
        #expect(events(isWide: true) == plain)
    }
}
