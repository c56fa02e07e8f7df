import Foundation
import SpikeEncoders
import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

@Suite("Where the threshold goes") struct OperatingPointTests {
    /// Maxima whose upper tail is exponential with scale 2 above 0: the level that one of 3,600 exceeds is known.
    @Test("background that falls off exponentially is extrapolated", arguments: [1.0, 0.1, 10])
    func quiet(perHour: Double) {
        let maxima = (0..<4_000).map { Float(-2 * log((Double($0) + 0.5) / 4_000)) }
        let expected = 2 * log(3_600 / perHour)
        let point = OperatingPoint(background: maxima, recordings: [], perHour: perHour)
        #expect(abs(point.quiet - expected) < 0.3, "\(point.quiet), not \(expected)")
        #expect(point.threshold == point.quiet)
    }

    @Test("the threshold is half way to what is heard, and never below what is quiet")
    func threshold() {
        let background = [Float](repeating: -5, count: 600)
        let heard = (0..<20).map { Float($0) + 10 }
        let point = OperatingPoint(background: background, recordings: heard, perHour: 1)
        #expect(point.heard == 12)
        #expect(abs(point.threshold - (point.quiet + 12) / 2) < 1e-9)
        let poor = OperatingPoint(background: background, recordings: heard.map { $0 - 40 }, perHour: 1)
        #expect(poor.threshold == poor.quiet && poor.heard < poor.quiet)
    }

    @Test("nothing to go by gives numbers all the same")
    func empty() {
        let point = OperatingPoint(background: [], recordings: [], perHour: 0)
        #expect(point.threshold.isFinite)
    }
}

/// Enrolment with an ear and a network of drawn weights: no good detector, but all its ways.
@Suite("Enrolling a word") struct KeywordEnrolmentTests {
    let ear: Cochlea
    let network: NetworkDescription

    init() throws {
        ear = try Cochlea()
        var generator = SeededGenerator(6)
        let layer = Population(
            name: "layer", neuron: .lif(SpikingParameters(membraneDecay: 16_384, maximumSpikes: 7)),
            thresholds: Array(repeating: 400, count: 24), biases: Array(repeating: 0, count: 24))
        network = NetworkDescription(
            tickNanoseconds: ear.parameters.tickNanoseconds, inputs: ear.channels,
            maximumInputSpikes: ear.parameters.maxSpikesPerPhase,
            populations: [
                layer,
                Population(
                    name: "readout", neuron: .leakyIntegrator(membraneDecay: 26_214), thresholds: [1, 1],
                    biases: [0, 60]),
            ],
            connections: [
                Connection(
                    source: .input, target: 0,
                    weights: (0..<ear.channels * 24).map { _ in Int8(generator.uniform(-60...70)) }),
                Connection(source: .population(0), target: 1, weights: Array(repeating: 0, count: 48)),
            ])
    }

    private func enrolment() throws(SpikelineError) -> KeywordEnrolment {
        try KeywordEnrolment(network, ear: ear, scaleBits: 8, window: 600, smoothing: 100, confirm: 60)
    }

    /// A rising pair of tones, a little different each time.
    private func word(_ seed: UInt64) throws -> WordRecording {
        var generator = SeededGenerator(seed, 21)
        let low = 400 * Double(generator.uniform(0.97...1.03))
        let samples = (0..<20_000).map { index -> Int16 in
            let time = Double(index) / 16_000
            guard (0.4...0.9).contains(time) else { return Int16(generator.uniform(-9...9)) }
            return Int16(5_000 * Sine.value(time * (time < 0.65 ? low : 4 * low)))
        }
        return try WordRecording(name: "word\(seed).wav", samples: samples, sampleRate: 16_000)
    }

    private static func background(seconds: Int) -> [Int16] {
        var generator = SeededGenerator(2)
        var frequency = 300.0
        return (0..<seconds * 16_000).map { index in
            if index % 4_000 == 0 { frequency = Double(generator.uniform(150...3_000)) }
            return Int16(3_000 * Sine.value(frequency * Double(index) / 16_000)) + Int16(generator.uniform(-300...300))
        }
    }

    @Test("finds its word and keeps quiet otherwise; equal inputs give equal networks, another seed another one")
    func enroll() throws {
        let words = try (0..<6).map { try word($0) }
        let background = [Self.background(seconds: 120)]
        func result(_ seed: UInt64) throws -> KeywordEnrolment.Result {
            try enrolment().enroll(words, background: background, perHour: 1, seed: seed) { _ in }
        }
        let first = try result(1)
        #expect(first.network.populations[1].size == 3)
        #expect(first.found.of == 12 && first.found.ofNoisy == 48)
        #expect(first.found.quiet == 12, "\(first.found)")
        #expect(first.falseAlarms == 0)
        #expect(first.backgroundSeconds == 120)
        #expect(try result(1).network == first.network)
        #expect(try result(2).network != first.network)
    }

    @Test("too few, too many and equal recordings, and too little or too much background, are refused")
    func guards() throws {
        let words = try (0..<5).map { try word($0) }
        let minute = Self.background(seconds: 60)
        func complaint(_ words: [WordRecording], _ background: [[Int16]]) throws -> String {
            do throws(SpikelineError) {
                _ = try enrolment().enroll(words, background: background, perHour: 1, seed: 1) { _ in }
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(
            try complaint(Array(words[..<4]), [minute]).contains("expected 5 to 100 recordings of the word, found 4"))
        let many = Array(repeating: words[0], count: 101)
        #expect(try complaint(many, [minute]).contains("found 101"))
        #expect(
            try complaint(words + [words[2]], [minute]).contains(
                "word2.wav: expected different recordings, found the same sound as in word2.wav"))
        #expect(
            try complaint(words, [Self.background(seconds: 59)]).contains("1 to 60 minutes of background, found 59 s"))
        #expect(try complaint(words, [minute]).isEmpty)
        let bits = (0..<40).map { Array(minute[$0 * 20_000..<$0 * 20_000 + 28_000]) }
        #expect(try complaint(words, bits).contains("found 40 from which nothing can be learned"))
        let hour = [Int16](repeating: 0, count: 3_600 * 16_000)
        #expect(try complaint(words, [hour, minute]).contains("found 3660 s"))
    }
}
