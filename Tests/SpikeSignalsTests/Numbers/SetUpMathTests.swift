import Glibc
import Testing

@testable import SpikeSignals

@Suite struct SetUpMathTests {
    @Test("exponentials, logarithms and angles agree with the system's to 1e-14") func functions() {
        var random = SeededGenerator(5)
        for _ in 0..<500 {
            let x = Double(random.unit()) * 60 - 30
            #expect(abs(SetUpMath.exp(x) / Glibc.exp(x) - 1) < 1e-14)
            let y = Glibc.exp(x)
            #expect(abs(SetUpMath.log(y) - Glibc.log(y)) < 1e-14 * max(1, abs(x)))
            let angle = Double(random.unit()) * Double.pi
            let pair = SetUpMath.cosineAndSine(angle)
            #expect(abs(pair.cosine - Glibc.cos(angle)) < 1e-14)
            #expect(abs(pair.sine - Glibc.sin(angle)) < 1e-14)
        }
    }

    @Test("rounding to fixed point is half up") func fixed() {
        #expect(SetUpMath.fixed(0.5, bits: 0) == 1)
        #expect(SetUpMath.fixed(-0.5, bits: 0) == 0)
        #expect(SetUpMath.fixed(-1.25, bits: 4) == -20)
        #expect(SetUpMath.floor(-1.5) == -2)
        #expect(abs(SetUpMath.amplitude(decibels: -20) - 0.1) < 1e-15)
    }
}
