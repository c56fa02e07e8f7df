import Foundation
import SpikeTestSupport
import Testing

@testable import spikeline

@Suite("Information that a coding keeps") struct InformationRateTests {
    @Test("the transform is that of the definition", arguments: [2, 4, 8, 64]) func transform(count: Int) {
        var dice = Dice(state: 1)
        let (x, y) = ((0..<count).map { _ in dice.normal() }, (0..<count).map { _ in dice.normal() })
        var (real, imaginary) = (x, y)
        FourierTransform(count: count).run(&real, &imaginary)
        for k in 0..<count {
            var (a, b) = (0.0, 0.0)
            for n in 0..<count {
                let angle = -2 * Double.pi * Double(k * n) / Double(count)
                a += x[n] * cos(angle) - y[n] * sin(angle)
                b += x[n] * sin(angle) + y[n] * cos(angle)
            }
            #expect(abs(a - real[k]) < 1e-9 && abs(b - imaginary[k]) < 1e-9)
        }
    }

    @Test("white noise in white noise: bandwidth times log2(1 + SNR)", arguments: [0.1, 1.0, 30.0, 1_000.0])
    func gaussianChannel(ratio: Double) throws {
        var dice = Dice(state: 2)
        let signal = (0..<120_000).map { _ in dice.normal() }
        let estimate = signal.map { $0 + dice.normal() / ratio.squareRoot() }
        let rate = InformationRate(bandwidthHertz: 100, tickSeconds: 0.001)
        let bits = try #require(rate.bitsPerSecond(signal, estimate))
        // Bins 1 to 51 of 1.95 Hz.
        let expected = 51 / 0.512 * log2(1 + ratio)
        #expect(abs(bits - expected) < 0.03 * expected + 1, "\(bits), expected \(expected)")
        // Neither a scale, nor an offset, nor a sign counts against it.
        let other = try #require(rate.bitsPerSecond(signal, estimate.map { 5 - 3 * $0 }))
        #expect(abs(other - bits) < 1e-6 * bits)
    }

    @Test("only frequencies within the bandwidth count") func bandwidth() throws {
        var dice = Dice(state: 3)
        let signal = (0..<60_000).map { _ in dice.normal() }
        let estimate = signal.map { $0 + dice.normal() }
        func bits(_ hertz: Double) throws -> Double {
            try #require(InformationRate(bandwidthHertz: hertz, tickSeconds: 0.001).bitsPerSecond(signal, estimate))
        }
        let (low, high) = try (bits(20), bits(200))
        #expect(abs(high / low - 102.0 / 10) < 1, "\(low) \(high)")
        #expect(try bits(1) == 0)
    }

    @Test("strangers share next to nothing") func strangers() throws {
        var dice = Dice(state: 4)
        let rate = InformationRate(bandwidthHertz: 50, tickSeconds: 0.001)
        let x = (0..<60_000).map { _ in dice.normal() }
        var mean = 0.0
        for _ in 0..<8 {
            let y = (0..<60_000).map { _ in dice.normal() }
            mean += try #require(rate.bitsPerSecond(x, y)) / 8
        }
        // Uncorrected, 25 bins of 1.95 Hz with a chance coherence of 1/233 would be 0.3 bits a second.
        #expect(mean < 0.17, "\(mean)")
        #expect(rate.bitsPerSecond(x, Array(repeating: 0.5, count: x.count)) == 0)
    }

    @Test("too little is not believed", arguments: [(0, nil), (511, nil), (2_303, nil), (2_304, 1)] as [(Int, Int?)])
    func length(ticks: Int, known: Int?) {
        var dice = Dice(state: 5)
        let x = (0..<ticks).map { _ in dice.normal() }
        #expect((InformationRate(tickSeconds: 0.001).bitsPerSecond(x, x) == nil) == (known == nil))
    }
}
