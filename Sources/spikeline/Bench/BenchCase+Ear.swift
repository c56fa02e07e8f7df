import SpikeEncoders
import SpikeSignals

extension BenchCase {
    /// The ear's filters against the same arithmetic in plain C.
    static let filters = BenchCase(
        name: "filters", summary: "samples per second through each filter of the ear's bank, against plain C"
    ) { () throws(SpikelineError) in
        let parameters = Cochlea.Parameters()
        let bank = Gammatone.Coefficients(parameters.filters)
        var state = Gammatone.State(bank)
        let frame = parameters.samplesPerFrame
        var input = Gammatone.Input(longestRun: frame)
        let noise = BenchSound.noise(samples: parameters.filters.sampleRate)
        func runBank() {
            for start in stride(from: 0, through: noise.count - frame, by: frame) {
                for index in 0..<frame { input.set(index, to: noise[start + index]) }
                state.run(bank, over: &input, count: frame)
            }
        }
        let work = Double(noise.count / frame * frame * parameters.filters.channels)
        let unit = "M filtered samples/s"
        guard let function = CCompiler.function("run", in: GammatoneReference.source) else {
            let seconds = try Stopwatch.least(of: 20, runBank) {}
            return BenchResult(value: work / seconds.first / 1e6, unit: unit)
        }
        var reference = GammatoneReference.Bank(
            frequencies: bank.centreFrequencies, sampleRate: Double(parameters.filters.sampleRate))
        let seconds = try Stopwatch.least(of: 20, runBank) {
            for start in stride(from: 0, through: noise.count - frame, by: frame) {
                reference.run(function, noise[start..<start + frame])
            }
        }
        return BenchResult(
            value: work / seconds.first / 1e6, unit: unit, reference: function.command,
            referenceValue: work / seconds.second / 1e6)
    }

    /// The whole ear: filters, hair cells, gain control and spikes.
    static let ear = BenchCase(
        name: "ear", summary: "real-time factor of the whole ear, one thread"
    ) { () throws(SpikelineError) in
        let ear = try Cochlea()
        let rate = ear.parameters.filters.sampleRate
        let block = AudioBatch()
        block.sampleRate = rate
        block.samples = BenchSound.noise(samples: 10 * rate)
        let spikes = SpikeBatch()
        let seconds = try Stopwatch.least(of: 5) { () throws(SpikelineError) in
            ear.reset()
            spikes.removeAll()
            try ear.process(block, into: spikes)
        } _: {
        }
        return BenchResult(value: seconds.first / 10, unit: "CPU s per s of sound")
    }
}

/// Sound to measure with.
enum BenchSound {
    /// Noise whose level moves between -60 and -10 dB of full scale every second, as speech does.
    static func noise(samples: Int) -> [Int32] {
        var random = BenchNetwork.Random()
        return (0..<samples).map { index in
            let gain: Int64 = [10, 300, 2_500, 100][index / 4_000 % 4]
            return Int32(truncatingIfNeeded: (Int64(random.next() % 2_001) - 1_000) * gain)
        }
    }

    /// The same as a WAV file of 16-bit samples at 16 kHz.
    static func wav(seconds: Int) -> [UInt8] {
        let samples = noise(samples: 16_000 * seconds).flatMap { sample -> [UInt8] in
            let short = sample >> 8
            return [UInt8(truncatingIfNeeded: short), UInt8(truncatingIfNeeded: short >> 8)]
        }
        func little(_ value: Int, _ bytes: Int) -> [UInt8] {
            (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let format = little(16, 4) + little(1, 2) + little(1, 2) + little(16_000, 4) + little(32_000, 4) + little(2, 2)
        let body =
            Array("WAVEfmt ".utf8) + format + little(16, 2) + Array("data".utf8) + little(samples.count, 4) + samples
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }
}
