import SpikeSynthesis
import Testing

@testable import SpikeInterchange

/// The trained networks on synthesised digits: seed 1 balances, seed 2 measures.
@Suite("Accuracy of conversion") struct ConversionAccuracyTests {
    private func digits(seed: UInt64, count: Int) -> (pictures: [[Float]], labels: [Int]) {
        let digits = DigitSynthesizer(size: 16, seed: seed)
        var (pictures, labels): ([[Float]], [Int]) = ([], [])
        for digit in 0...9 {
            for number in 0..<count {
                pictures.append(digits.picture(of: digit, number: number).map { Float($0) / 255 })
                labels.append(digit)
            }
        }
        return (pictures, labels)
    }

    @Test(arguments: ["dense", "conv"]) func sixtyFourTicksAreWithinOnePoint(name: String) throws {
        let network = try ONNXFixtures.network("digits-\(name).onnx")
        let levels = ActivationLevels(of: network, on: digits(seed: 1, count: 50).pictures)
        let conversion = try SpikingConversion(network, levels: levels)
        let test = digits(seed: 2, count: 100)
        let curve = try ConversionCurve(
            of: conversion, and: network, pictures: test.pictures, labels: test.labels)
        #expect(curve.points.map(\.ticks) == [1, 2, 4, 8, 16, 32, 64])
        let original = curve.share(curve.originalCorrect)
        // PyTorch measured the same network on the same pictures.
        let golden = try #require(try ONNXFixtures.goldens()[name] as? [String: Any])
        #expect(abs(original - (golden["accuracy"] as? Double ?? 0)) < 0.0015)
        #expect(original > 0.9)
        let last = try #require(curve.points.last)
        #expect(abs(curve.share(last.correct) - original) <= 0.01)
        #expect(curve.share(last.agreeing) >= 0.98)
        // One tick is too short for a spike to get through.
        #expect(curve.share(curve.points[0].correct) < 0.5)
        #expect(last.spikes > 0 && last.operations > last.spikes && last.inputSpikes > 0)
    }

    @Test func theLastMomentIsAlwaysMeasured() {
        #expect(ConversionCurve.moments(1) == [1])
        #expect(ConversionCurve.moments(10) == [1, 2, 4, 8, 10])
        #expect(ConversionCurve.moments(16) == [1, 2, 4, 8, 16])
    }
}
