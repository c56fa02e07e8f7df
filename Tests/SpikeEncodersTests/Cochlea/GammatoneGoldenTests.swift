import Glibc
import SpikeEncoders
import SpikeTestSupport
import Testing

/// The bank that the goldens were made with: 32 channels from 100 to 7000 Hz at 16 kHz.
enum GoldenBank {
    static var parameters: Gammatone.Parameters {
        var parameters = Gammatone.Parameters()
        parameters.channels = 32
        parameters.lowHertz = 100
        return parameters
    }

    /// The bank of a peer: brian2hears spaces the centres from 100 to 7000 Hz inclusive.
    static func coefficients(_ peer: String) -> Gammatone.Coefficients {
        guard peer == "brian2hears" else { return Gammatone.Coefficients(parameters) }
        let c = 24.7 * 9.26449
        let centres = (0..<32).map { (100 + c) * pow((7_000 + c) / (100 + c), Double($0) / 31) - c }
        return Gammatone.Coefficients(centreFrequencies: centres, sampleRate: 16_000)
    }
}

/// Against two independent float implementations: the Python packages gammatone 1.0.3 and brian2hears 0.9.2.
@Suite(.enabled(if: SharedData.has("golden/cochlea"))) struct GammatoneGoldenTests {
    static let peers = ["gammatone_slaney", "brian2hears"]

    @Test("band signals, gain fitted, within -60 dB", arguments: peers, ["click", "tone1k"])
    func bandSignals(peer: String, signal: String) throws {
        let golden = try Signal.goldenRows("\(peer)_bm_\(signal).f32", channels: 32)
        let bands = IntegerBank.bands(GoldenBank.coefficients(peer), try Signal.golden(signal + ".wav"))
        for channel in 0..<32 {
            let error = Measure.error(golden[channel], bands[channel], fitGain: true)
            #expect(error < -60, "channel \(channel)")
        }
    }

    @Test(
        "smoothed envelopes every 10 ms, gain fitted, within 1 %", arguments: peers,
        ["click", "tone1k", "sweep", "spoken"])
    func envelopes(peer: String, signal: String) throws {
        let golden = try Signal.goldenRows("\(peer)_env10ms_\(signal).f32", channels: 32)
        let bands = IntegerBank.bands(GoldenBank.coefficients(peer), try Signal.golden(signal + ".wav"))
        for channel in 0..<32 {
            let error = Measure.error(golden[channel], Self.envelope(bands[channel]), fitGain: true)
            #expect(error < -40, "channel \(channel)")
        }
    }

    /// Half-wave rectified, two one-poles of 4 ms, every 160th value.
    static func envelope(_ band: [Double]) -> [Double] {
        let k = 1 - exp(-1 / (0.004 * 16_000))
        var (a, b) = (0.0, 0.0)
        return band.enumerated().compactMap { index, x in
            a += k * (max(x, 0) - a)
            b += k * (a - b)
            return index % 160 == 159 ? b : nil
        }
    }

    @Test(
        "a leaky ganglion cell behind the bank fires as often, within 2 %",
        arguments: ["click", "tone1k", "sweep", "spoken"])
    func ganglionCells(signal: String) throws {
        let golden = try Signal.text("golden/cochlea/lif_\(signal).csv").split(separator: "\n").count - 1
        let bands = IntegerBank.bands(GoldenBank.coefficients("brian2hears"), try Signal.golden(signal + ".wav"))
        let spikes = bands.map(Self.ganglionCell).reduce(0, +)
        #expect(abs(spikes - golden) * 50 <= golden)
    }

    /// I = 3 max(x, 0)^(1/3), v += (I - v) / 160, fires above 0.3, then rests for 16 samples.
    static func ganglionCell(_ band: [Double]) -> Int {
        var (v, rest, spikes) = (0.0, 0, 0)
        for x in band {
            if rest > 0 {
                rest -= 1
                continue
            }
            v += (3 * cbrt(max(x, 0)) - v) / 160
            if v > 0.3 { (v, rest, spikes) = (0, 16, spikes + 1) }
        }
        return spikes
    }
}
