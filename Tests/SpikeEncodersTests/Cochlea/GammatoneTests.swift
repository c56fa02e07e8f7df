import Glibc
import SpikeEncoders
import SpikeTestSupport
import Testing

/// The integer bank against its float twin.
@Suite struct GammatoneTests {
    /// Band error of the integer bank against the float twin, worst channel, in dB of the band's rms, or of -114 dBFS where
    /// the band is weaker than that: 12 dB below the level at which the gain control stops.
    static func worstError(_ samples: [Int32], _ parameters: Gammatone.Parameters = .init()) -> Double {
        worstError(
            IntegerBank.bands(parameters, samples), FloatGammatone(parameters).bands(Signal.real(samples)))
    }

    /// The same for one filter.
    static func error(_ samples: [Int32], at frequency: Double, rate: Int = 16_000) -> Double {
        worstError(
            IntegerBank.bands(Gammatone.Coefficients(centreFrequencies: [frequency], sampleRate: rate), samples),
            FloatGammatone([frequency], sampleRate: rate).bands(Signal.real(samples)))
    }

    private static func worstError(_ integer: [[Double]], _ float: [[Double]]) -> Double {
        zip(float, integer).map { a, b in
            20 * log10(Measure.rms(zip(a, b).map { $0 - $1 }) / max(Measure.rms(a), 2e-6))
        }.max() ?? 0
    }

    @Test("band signals equal the float twin's within -60 dB", arguments: [1.0, 0.1, 0.001])
    func sweep(amplitude: Double) {
        #expect(Self.worstError(Signal.sweep(amplitude: amplitude, count: 6_000)) < -60)
    }

    @Test("a tone in noise does, too") func tone() {
        let tone = Signal.tone(1_000, amplitude: 0.5, count: 4_000)
        let noise = Signal.noise(amplitude: 0.01, count: 4_000, seed: 1)
        #expect(Self.worstError(zip(tone, noise).map { $0 + $1 }) < -60)
    }

    @Test("speech does, too, at full level and 60 dB below", .enabled(if: SharedData.has("golden/cochlea")))
    func speech() throws {
        let speech = try Signal.golden("spoken.wav")
        #expect(Self.worstError(speech) < -60)
        #expect(Self.worstError(speech.map { $0 / 1_000 }) < -60)
    }

    @Test("a tone 80 dB below full scale comes through within 1 %", arguments: [80.0, 1_265, 6_452])
    func quiet(frequency: Double) {
        let samples = Signal.tone(frequency, amplitude: 1e-4, count: 12_000)
        let bank = Gammatone.Coefficients(centreFrequencies: [frequency], sampleRate: 16_000)
        let band = Array(IntegerBank.bands(bank, samples)[0][6_000...])
        #expect(abs(Measure.rms(band) / (1e-4 / 2.0.squareRoot()) - 1) < 0.01)
    }

    @Test(
        "no input drives a section past Int32: square waves at the centre and full-scale noise",
        arguments: [
            (80.0, 16_000), (105, 16_000), (999, 16_000), (1_001, 16_000), (2_578, 16_000), (7_600, 16_000),
            (20, 48_000),
        ])
    func fullScale(frequency: Double, rate: Int) {
        // A wrapped sum would differ from the twin by the whole range.
        let square = Signal.square(frequency, amplitude: 1, count: 8_000, rate: Double(rate))
        #expect(Self.error(square, at: frequency, rate: rate) < -60)
        let noise = Signal.noise(amplitude: 1, count: 8_000, seed: 7).map { $0 < 0 ? -1 << 23 : Int32(1 << 23) }
        #expect(Self.error(noise, at: frequency, rate: rate) < -60)
    }

    @Test("the input that is worst for a channel stays in range", arguments: [80.0, 194, 1_265, 6_452])
    func worstCase(frequency: Double) {
        var impulse = [Int32](repeating: 0, count: 4_000)
        impulse[0] = 1 << 22
        let twin = FloatGammatone([frequency], sampleRate: 16_000)
        let worst = twin.bands(Signal.real(impulse))[0].reversed().map { Int32($0 < 0 ? -1 << 23 : 1 << 23) }
        #expect(Self.error(worst, at: frequency) < -60)
        #expect((twin.bands(Signal.real(worst))[0].last ?? 0) > 1.2)
    }

    @Test("samples beyond full scale saturate") func saturation() {
        let full = Signal.square(500, amplitude: 1, count: 2_000)
        let beyond = full.map { $0 < 0 ? Int32.min : Int32.max }
        #expect(IntegerBank.bands(.init(), beyond) == IntegerBank.bands(.init(), full))
    }

    @Test("after a loud sound low channels fall silent and the others below -160 dB: no limit cycles to speak of")
    func limitCycles() {
        let loud = Signal.noise(amplitude: 1, count: 2_000, seed: 3)
        let bands = IntegerBank.bands(.init(), loud + [Int32](repeating: 0, count: 6_000))
        for (frequency, band) in zip(Gammatone.Parameters().centreFrequencies, bands) {
            let residue = Measure.rms(Array(band.suffix(1_000)))
            #expect(residue < (frequency < 940 ? 1e-12 : 1e-8), "\(frequency) Hz")
        }
    }

    @Test("centre frequencies are those of Slaney's ERB space", .enabled(if: SharedData.has("golden/cochlea")))
    func centres() throws {
        let lines = try Signal.text("golden/cochlea/gammatone_slaney_coefs.csv").split(separator: "\n").dropFirst()
        let golden = lines.compactMap { $0.split(separator: ",").first.flatMap { Double($0) } }
        let ours = GoldenBank.parameters.centreFrequencies
        #expect(golden.count == 32)
        for (a, b) in zip(golden, ours) { #expect(abs(a / b - 1) < 1e-12) }
    }
}
