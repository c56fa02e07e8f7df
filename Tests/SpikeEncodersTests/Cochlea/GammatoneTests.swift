import Glibc
import SpikeEncoders
import SpikeTestSupport
import Testing

@Suite struct GammatoneTests {
    /// Band error of the integer bank against the float twin, worst channel, in dB of the band's rms, or of -114 dBFS where
    /// the band is weaker than that: 12 dB below the level at which the gain control stops.
    static func worstError(_ samples: [Int32], _ parameters: Gammatone.Parameters = .init()) -> Double {
        let integer = IntegerBank.bands(parameters, samples)
        let float = FloatGammatone(parameters).bands(Signal.real(samples))
        return zip(float, integer).map { a, b in
            20 * log10(Measure.rms(zip(a, b).map { $0 - $1 }) / max(Measure.rms(a), 2e-6))
        }.max() ?? 0
    }

    @Test("band signals equal the float twin's within -60 dB", arguments: [1.0, 0.1, 0.001])
    func sweep(amplitude: Double) {
        #expect(Self.worstError(Signal.sweep(amplitude: amplitude, count: 16_000)) < -60)
    }

    @Test("a tone in noise does, too") func tone() {
        let tone = Signal.tone(1_000, amplitude: 0.5, count: 8_000)
        let noise = Signal.noise(amplitude: 0.01, count: 8_000, seed: 1)
        #expect(Self.worstError(zip(tone, noise).map { $0 + $1 }) < -60)
    }

    @Test("speech does, too, at full level and 60 dB below", .enabled(if: SharedData.has("golden/cochlea")))
    func speech() throws {
        let speech = try Signal.golden("spoken.wav")
        #expect(Self.worstError(speech) < -60)
        #expect(Self.worstError(speech.map { $0 / 1_000 }) < -60)
    }

    @Test("a tone 80 dB below full scale comes through within 1 %", arguments: [0, 20, 39])
    func quiet(channel: Int) {
        let frequency = Gammatone.Parameters().centreFrequencies[channel]
        let samples = Signal.tone(frequency, amplitude: 1e-4, count: 16_000)
        let band = Array(IntegerBank.bands(.init(), samples)[channel][8_000...])
        #expect(abs(Measure.rms(band) / (1e-4 / 2.0.squareRoot()) - 1) < 0.01)
    }

    @Test(
        "no input drives a section past Int32: square waves at the centre and full-scale noise",
        arguments: [0, 1, 13, 26, 39])
    func fullScale(channel: Int) {
        let frequency = Gammatone.Parameters().centreFrequencies[channel]
        // A wrapped sum would differ from the twin by the whole range.
        #expect(Self.worstError(Signal.square(frequency, amplitude: 1, count: 6_000)) < -60)
        #expect(
            Self.worstError(Signal.noise(amplitude: 1, count: 2_000, seed: 7).map { $0 < 0 ? -1 << 23 : 1 << 23 }) < -60
        )
    }

    @Test("the input that is worst for a channel stays in range", arguments: [0, 5, 20, 39])
    func worstCase(channel: Int) {
        var impulse = [Int32](repeating: 0, count: 3_000)
        impulse[0] = 1 << 22
        let response = FloatGammatone(.init()).bands(Signal.real(impulse))[channel]
        let worst = response.reversed().map { Int32($0 < 0 ? -1 << 23 : 1 << 23) }
        let band = IntegerBank.bands(.init(), worst)[channel]
        let expected = FloatGammatone(.init()).bands(Signal.real(worst))[channel]
        #expect(Measure.error(expected, band, fitGain: false) < -60)
        #expect((expected.last ?? 0) > 1.2)
    }

    @Test("samples beyond full scale saturate") func saturation() {
        let beyond = Signal.square(500, amplitude: 1, count: 2_000).map { $0 < 0 ? Int32.min : Int32.max }
        #expect(
            IntegerBank.bands(.init(), beyond)
                == IntegerBank.bands(.init(), Signal.square(500, amplitude: 1, count: 2_000)))
    }

    @Test("after a loud sound the bank falls silent: no limit cycle above -130 dB") func limitCycles() {
        let loud = Signal.noise(amplitude: 1, count: 4_000, seed: 3)
        let bands = IntegerBank.bands(.init(), loud + [Int32](repeating: 0, count: 16_000))
        let residue = bands.map { Measure.rms(Array($0.suffix(4_000))) }.max() ?? 1
        #expect(residue < 3e-7)
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
