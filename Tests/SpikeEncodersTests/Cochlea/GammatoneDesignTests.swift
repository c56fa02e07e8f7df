import Testing

@testable import SpikeEncoders

/// The range proof, over everything that the parameters allow.
@Suite struct GammatoneDesignTests {
    static let rates = [4_000.0, 16_000, 48_000, 192_000]

    @Test(
        "round-off stays inside the margin and coefficients inside their lanes", arguments: rates,
        [0.0, 0.1, 0.25, 0.475])
    func margin(rate: Double, share: Double) {
        let design = GammatoneDesign(centreFrequency: max(20, share * rate), sampleRate: rate)
        var noise = 0.0
        var scale = 1.0
        for (index, bound) in design.bounds.enumerated() {
            let gain = 2 / bound / scale
            #expect(gain < 3.9)
            #expect(abs(gain * design.zeros[index]) < 1.9)
            noise =
                noise * Self.magnitudes(design, gain: gain, zero: design.zeros[index])
                + Self.magnitudes(design, gain: 1, zero: 0)
            scale *= gain
        }
        // A sum loses less than one unit, and gives it back later in low channels.
        #expect(noise < Double(1 << 24))
        // The mean of a frame times its scale fits 64 bits if the largest output is below four times full scale.
        #expect((design.bounds.last ?? 9) / design.centreGain < 1.4)
    }

    /// The sum of the magnitudes of the impulse response of one section.
    static func magnitudes(_ design: GammatoneDesign, gain: Double, zero: Double) -> Double {
        var (y1, y2, sum) = (0.0, 0.0, 0.0)
        for n in 0..<30_000 {
            let y = (n == 0 ? gain : n == 1 ? gain * zero : 0) + design.c1 * y1 - design.c2 * y2
            (y2, y1) = (y1, y)
            sum += abs(y)
        }
        return sum
    }
}
