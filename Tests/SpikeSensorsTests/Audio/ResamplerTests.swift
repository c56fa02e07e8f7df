import Glibc
import SpikeSensors
import SpikeSignals
import Testing

/// The quality that the documentation states, measured against ideal tones.
struct ResamplerTests {
    let folder = TemporaryFolder()

    @Test(
        "A tone in the passband comes out as the ideal tone, in time, with an error below -110 dB",
        arguments: [8_000, 11_025, 22_050, 44_100, 48_000, 96_000])
    func passband(rate: Int) throws {
        let tone = sine(1_234.5, rate: rate, count: rate)
        let read = try clip(tone, rate: rate)
        let ideal = sine(1_234.5, rate: 16_000, count: read.count)
        #expect(read.count == 16_000)
        var error = 0.0
        for index in 1_000..<15_000 { error += pow(Double(read[index]) / 8_388_608 - ideal[index], 2) }
        let decibels = 10 * log10(error / 14_000 / 0.125)
        #expect(decibels < -110, "\(rate) Hz: \(decibels) dB")
    }

    @Test("A tone above the new Nyquist frequency is gone: below -100 dB")
    func stopband() throws {
        let read = try clip(sine(9_000, rate: 44_100, count: 44_100), rate: 44_100)
        let power = read[1_000..<15_000].reduce(0.0) { $0 + pow(Double($1) / 8_388_608, 2) } / 14_000
        #expect(10 * log10(power / 0.125) < -100)
    }

    @Test(
        "n samples give ceil(n * to / from) samples",
        arguments: [
            (8_000, 1), (8_000, 999), (44_100, 1), (44_100, 441), (44_100, 442), (48_000, 100_001), (96_000, 7),
        ])
    func length(rate: Int, count: Int) throws {
        let read = try clip(Array(repeating: 0.25, count: count), rate: rate)
        #expect(read.count == (count * 16_000 + rate - 1) / rate)
    }

    @Test("The end of the recording is not lost in the filter")
    func tail() throws {
        var click = [Double](repeating: 0, count: 48_000)
        click[47_997] = 0.9
        let read = try clip(click, rate: 48_000)
        #expect((read.last ?? 0) > 1_500_000)
    }

    private func clip(_ samples: [Double], rate: Int) throws -> [Int32] {
        try AudioClip(path: folder.write(WAVBytes.float(samples.map(Float.init), rate: rate), to: "a.wav")).samples
    }
}
