import SpikeTestSupport
import SpikeSignals
import Testing

@testable import SpikeHeads

#if canImport(Glibc)
import Glibc
#endif

@Suite("The tail of maxima") struct TailFitTests {
    /// Maxima whose part above the least one is exponential, or uniform.
    private static func maxima(_ count: Int, isExponential: Bool, _ dice: inout Dice) -> [Int64] {
        (0..<count).map { _ in
            let excess = isExponential ? -log(1 - dice.unit()) : 2 * dice.unit()
            return Int64(4_096 * (4 + excess))
        }
    }

    /// What is exceeded with that probability, in truth.
    private static func truth(_ probability: Double, isExponential: Bool) -> Double {
        4_096 * (4 + (isExponential ? -log(probability) : 2 * (1 - probability)))
    }

    @Test(
        "the level of a rare maximum is near the truth, and not below it where the tail ends", arguments: [true, false])
    func level(isExponential: Bool) throws {
        var dice = Dice(state: 11)
        for (probability, highest) in [(1e-2, 1.25), (1e-4, 1.7), (1e-6, 2.5)] {
            for _ in 0..<20 {
                let sample = Self.maxima(400, isExponential: isExponential, &dice)
                let level = try #require(TailFit.level(of: sample, probability: probability))
                let ratio = level / Self.truth(probability, isExponential: isExponential)
                #expect(((isExponential ? 0.85 : 0.98)...highest).contains(ratio), "\(probability): \(ratio)")
            }
        }
    }

    @Test("more maxima come nearer to the truth")
    func more() {
        var dice = Dice(state: 12)
        let truth = Self.truth(1e-3, isExponential: true)
        let errors = [8, 40, 200, 512].map { count in
            (0..<200).reduce(0.0) { sum, _ in
                let level = TailFit.level(of: Self.maxima(count, isExponential: true, &dice), probability: 1e-3) ?? 0
                return sum + abs(level / truth - 1) / 200
            }
        }
        #expect(errors[3] < errors[1] && errors[2] < errors[0] && errors[3] < 0.08, "\(errors)")
    }

    @Test("a rarer maximum has a higher level")
    func monotone() throws {
        var dice = Dice(state: 13)
        for round in 0..<50 {
            let sample = Self.maxima(4 + round * 10, isExponential: round % 2 == 0, &dice)
            var last = 0.0
            for probability in [0.5, 0.2, 0.05, 1e-2, 1e-3, 1e-5, 1e-8, 1e-12] {
                let level = try #require(TailFit.level(of: sample, probability: probability))
                #expect(level > last || probability == 0.5)
                last = level
            }
        }
    }

    @Test("neighbours that say the same are trusted less, so the level stays near what is usual")
    func independence() throws {
        // Wild maxima: what is usual is a tenth of their median.
        let sample = (0..<64).map { Int64(4_096 * (1 + $0 % 16)) }
        let own = try #require(TailFit.level(of: sample, probability: 1e-4, independence: 1))
        let shared = try #require(TailFit.level(of: sample, probability: 1e-4, independence: 0.05))
        let none = try #require(TailFit.level(of: sample, probability: 1e-4, independence: -3))
        #expect(own > shared && shared > none)
        let median = Double(sample.sorted()[32])
        #expect(abs(none - median * (1 + TailFit.priorScale * log(5_000))) < 1)
    }

    @Test("a stretch multiplies the excess over the median", arguments: [true, false])
    func stretch(isExponential: Bool) throws {
        var dice = Dice(state: 15)
        let sample = Self.maxima(300, isExponential: isExponential, &dice)
        let median = Double(sample.sorted()[150])
        let level = try #require(TailFit.level(of: sample, probability: 1e-3))
        for stretch in [0.5, 2] {
            let other = try #require(TailFit.level(of: sample, probability: 1e-3, stretch: stretch))
            #expect(abs((other - median) / (level - median) - stretch) < 1e-9)
        }
    }

    @Test("fewer than four say nothing; equal ones give a level above them")
    func few() throws {
        for count in 0..<4 { #expect(TailFit.level(of: Array(repeating: 9, count: count), probability: 0.01) == nil) }
        let level = try #require(TailFit.level(of: [4_096, 4_096, 4_096, 4_096], probability: 0.01))
        #expect(level > 4_096 * 1.2 && level < 4_096 * 2)
        #expect(try #require(TailFit.level(of: [0, 0, 0, 0], probability: 0)) > 0)
        #expect(try #require(TailFit.level(of: [.max, 1, .max, 1], probability: 1e-9)).isFinite)
    }

    @Test("logarithm and exponential agree with those of the C library")
    func functions() {
        var dice = Dice(state: 14)
        for _ in 0..<2_000 {
            let x = exp2(40 * dice.unit() - 20)
            #expect(abs(SetUpMath.log(x) - log(x)) <= 1e-14 * max(abs(log(x)), 1))
            let y = 60 * dice.unit() - 30
            #expect(abs(SetUpMath.exp(y) / exp(y) - 1) < 1e-12)
        }
        #expect(SetUpMath.log(1) == 0 && SetUpMath.exp(0) == 1)
    }
}
