import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

/// Spikes as the tests see them: for each tick its number and the counts of all channels.
struct SeenBands: Hashable {
    var ticks: [Int64] = []
    var counts: [[Int]] = []
    var levels: [Int16] = []

    /// The mean count of each channel from tick `first` on.
    func means(from first: Int = 0) -> [Double] {
        let rows = counts[first...]
        return (counts.first ?? []).indices.map { index in
            Double(rows.reduce(0) { $0 + $1[index] }) / Double(rows.count)
        }
    }
}

/// Blocks of frames for the encoder.
struct BandStream {
    var rate = 16_000
    var axes = 1
    var samples: [Int32] = []

    /// One signal for each axis; silence where there is none.
    init(rate: Int, axes: [[Int32]]) {
        (self.rate, self.axes) = (rate, axes.count)
        let frames = axes.map(\.count).max() ?? 0
        for frame in 0..<frames {
            for axis in axes { samples.append(frame < axis.count ? axis[frame] : 0) }
        }
    }

    /// What `encoder` makes of the stream in blocks of at most `most` frames; so many frames are missing at each of `gaps`.
    func run(
        _ encoder: BandEncoder = BandEncoder(), most: Int = 1_000, gaps: [Int: Int64] = [:], seed: UInt64 = 1
    ) throws -> SeenBands {
        var dice = Dice(state: seed)
        let (input, output) = (AudioBatch(), SpikeBatch())
        (input.sampleRate, input.channels) = (rate, axes)
        var seen = SeenBands()
        var (frame, lost) = (0, Int64(0))
        while frame < samples.count / axes {
            lost += gaps[frame] ?? 0
            var end = min(samples.count / axes, frame + dice.pick(1...most))
            if let gap = gaps.keys.filter({ $0 > frame && $0 < end }).min() { end = gap }
            input.samples = Array(samples[frame * axes..<end * axes])
            input.firstSample = Int64(frame) + lost
            input.updateUpTo()
            output.removeAll()
            try encoder.process(input, into: output)
            frame = end
            for index in 0..<output.count {
                var row = [Int](repeating: 0, count: output.channels)
                for spike in output.spikes[output.range(ofTick: index)] { row[Int(spike.channel)] += Int(spike.count) }
                seen.counts.append(row)
                seen.ticks.append(output.firstTick + Int64(index))
            }
            seen.levels += output.levels
            // After a gap, the next tick that can come is a whole one.
            #expect(output.upTo.nanoseconds < input.upTo.nanoseconds + output.tickNanoseconds)
        }
        return seen
    }
}

@Suite("The bands of machines") struct BandEncoderTests {
    private static let rates = [100, 200, 1_000, 12_000, 16_000, 44_100, 50_000]

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "nothing is wrong"
    }

    @Test("any cutting into blocks gives the same spikes", arguments: 0..<8) func cuts(seed: Int) throws {
        var dice = Dice(state: UInt64(seed))
        let rate = Self.rates[seed % Self.rates.count]
        let axes = (0..<1 + seed % 3).map { axis in
            Signal.noise(amplitude: 0.3 / Double(axis + 1), count: min(rate, 4_000) * 3, seed: UInt64(seed + axis))
        }
        let stream = BandStream(rate: rate, axes: axes)
        var parameters = BandParameters()
        parameters.bands = dice.pick(1...40)
        let gaps: [Int: Int64] = seed % 2 == 0 ? [:] : [777: 1, 200: 500, 100: 0]
        let whole = try stream.run(BandEncoder(parameters), most: 1_000_000, gaps: gaps)
        #expect(whole.counts.contains { $0.contains { $0 > 0 } })
        for most in [1, 7, 333] {
            let cut = try stream.run(BandEncoder(parameters), most: most, gaps: gaps, seed: UInt64(most + seed))
            #expect(cut == whole, "\(rate) Hz, \(most)")
        }
    }

    @Test("a tone is loudest in its band of its axis, at any rate", arguments: rates) func tone(rate: Int) throws {
        for (axes, axis, band) in [(1, 0, 3), (3, 1, 12), (3, 2, 30), (2, 0, 22)] {
            let encoder = BandEncoder()
            let centre = try BandParameters().fit(sampleRate: rate).centreFrequencies[band]
            let count = rate < 2_000 ? rate * 20 : rate
            var signals = [[Int32]](repeating: [], count: axes)
            signals[axis] = Signal.tone(centre, amplitude: 0.1, count: count, rate: Double(rate))
            let seen = try BandStream(rate: rate, axes: signals).run(encoder)
            #expect(encoder.centreFrequencies[band] == centre)
            let means = seen.means(from: seen.counts.count / 2)
            #expect(means.count == axes * 32)
            let loudest = means.indices.max { means[$0] < means[$1] }
            #expect(loudest == axis * 32 + band, "\(rate) Hz, \(axes) axes: \(loudest ?? -1)")
            for other in means.indices where other / 32 != axis { #expect(means[other] == 0) }
        }
    }

    @Test("centres ascend over the whole range of the sensor", arguments: rates) func fit(rate: Int) throws {
        let fit = try BandParameters().fit(sampleRate: rate)
        #expect(zip(fit.centreFrequencies, fit.centreFrequencies.dropFirst()).allSatisfy { $0 < $1 })
        #expect(abs(fit.centreFrequencies[0] / Double(rate) - 0.005) < 1e-9)
        #expect((0.35...0.45).contains(fit.centreFrequencies[31] / Double(rate)))
        #expect(
            fit.samplesPerTick >= 10 && Int64(fit.samplesPerTick) * 1_000_000_000 == fit.tickNanoseconds * Int64(rate))
        #expect(fit.tickNanoseconds == (rate == 100 ? 100_000_000 : rate == 200 ? 50_000_000 : 10_000_000))
    }

    @Test("twice the amplitude is so many spikes more", arguments: [1.0, 4.0, 12.5]) func doubling(spikes: Double)
        throws
    {
        var parameters = BandParameters()
        parameters.spikesPerDoubling = spikes
        let centre = try parameters.fit(sampleRate: 16_000).centreFrequencies[15]
        let means = try [0.0125, 0.025, 0.05, 0.1, 0.2].map { amplitude in
            let tone = Signal.tone(centre, amplitude: amplitude, count: 32_000)
            let seen = try BandStream(rate: 16_000, axes: [tone]).run(BandEncoder(parameters))
            return seen.means(from: 100)[15]
        }
        for (quiet, loud) in zip(means, means.dropFirst()) {
            #expect(abs(loud - quiet - spikes) < 0.15, "\(means)")
        }
    }

    @Test("silence and a steady offset give nothing; an offset that comes later gives a step") func offset() throws {
        let rate = 200
        for value in [0, 4_194_304, -8_388_608, 5] as [Int32] {
            let still = [Int32](repeating: value, count: rate * 20)
            let seen = try BandStream(rate: rate, axes: [still, still]).run()
            #expect(seen.counts.count == 400 && seen.counts.allSatisfy { $0.allSatisfy { $0 == 0 } }, "\(value)")
        }
        var step = [Int32](repeating: 1_000_000, count: rate * 20)
        for index in 2_000..<step.count { step[index] = 2_000_000 }
        let seen = try BandStream(rate: rate, axes: [step]).run()
        #expect(seen.counts[..<200].allSatisfy { $0.allSatisfy { $0 == 0 } })
        #expect(seen.counts[200..<210].contains { $0.contains { $0 > 10 } })
    }

    @Test("gravity beside a vibration changes nothing") func gravity() throws {
        let plain = Signal.noise(amplitude: 0.05, count: 12_000, seed: 3)
        let heavy = plain.map { $0 + 3_000_000 }
        let (one, two) = try (
            BandStream(rate: 200, axes: [plain]).run(), BandStream(rate: 200, axes: [heavy]).run()
        )
        for (a, b) in zip(one.means(), two.means()) { #expect(abs(a - b) < 0.05, "\(a) \(b)") }
        // Also in the first seconds.
        for (a, b) in zip(one.counts[..<40], two.counts[..<40]) {
            #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1 })
        }
    }

    @Test("missing samples are a jump of the tick counter") func gaps() throws {
        let noise = Signal.noise(amplitude: 0.1, count: 16_000, seed: 4)
        let stream = BandStream(rate: 16_000, axes: [noise])
        // Tick 6 has begun when 1,000 samples are lost; the next that is whole begins at sample 2,080.
        let seen = try stream.run(gaps: [1_000: 1_000, 8_000: 16_000_000])
        let jumps = zip(seen.ticks, seen.ticks.dropFirst()).filter { $1 != $0 + 1 }
        #expect(seen.ticks.first == 0 && jumps.count == 2)
        #expect(jumps[0].0 == 5 && jumps[0].1 == 13)
        #expect(jumps[1].0 == 55 && jumps[1].1 == (8_000 + 1_000 + 16_000_000 + 159) / 160)
        // Both gaps cost part of a tick at either end.
        #expect(seen.counts.count == 97 || seen.counts.count == 98)
    }

    @Test("levels are those of the sensor") func levels() throws {
        let tone = Signal.tone(1_000, amplitude: 0.5, count: 16_000)
        let seen = try BandStream(rate: 16_000, axes: [tone]).run()
        // A sine of half of full scale has -9.03 dB.
        #expect(seen.levels.dropFirst(70).allSatisfy { abs(Int($0) + 903) < 5 }, "\(seen.levels.suffix(3))")
        let silent = try BandStream(rate: 16_000, axes: [[Int32](repeating: 0, count: 1_600)]).run()
        #expect(silent.levels.allSatisfy { $0 == -14_449 })
    }

    @Test("the channels say where they lie") func legend() throws {
        let (input, output) = (AudioBatch(), SpikeBatch())
        (input.sampleRate, input.channels, input.samples) = (200, 3, Array(repeating: 0, count: 600))
        let encoder = BandEncoder()
        #expect(encoder.centreFrequencies.isEmpty)
        try encoder.process(input, into: output)
        #expect(output.channels == 96 && output.count == 20 && output.tickNanoseconds == 50_000_000)
        #expect(output.legend == ChannelLegend(.bands(centres: encoder.centreFrequencies, axes: 3)))
        guard case .band(let low, let centre, let high, let axis)? = output.legend?.place(of: 2 * 32 + 5) else {
            Issue.record("no band")
            return
        }
        #expect(axis == 2 && centre == encoder.centreFrequencies[5] && low < centre && centre < high)
    }

    @Test(
        "what does not fit the sensor is refused with what to do",
        arguments: [
            (
                16_000, 500.0, 400.0, nil,
                "ear: expected bands from 20.0 to 7600.0 Hz at 16000 samples per second, found 500.0 to 400.0 Hz. "
                    + "Change \"low_hz\" and \"high_hz\", or leave them out"
            ),
            (
                200, nil, 96, nil,
                "ear: expected bands from 0.25 to 95.0 Hz at 200 samples per second, found 1.0 to 96.0 Hz. "
                    + "Change \"low_hz\" and \"high_hz\", or leave them out"
            ),
            (
                16_000, 19.9, nil, nil,
                "ear: expected bands from 20.0 to 7600.0 Hz at 16000 samples per second, found 19.9 to 7200.0 Hz. "
                    + "Change \"low_hz\" and \"high_hz\", or leave them out"
            ),
            (
                22_050, nil, nil, 10,
                "ear: a tick of 10 ms is not a whole number of samples at 22050 Hz. Choose another \"tick_ms\""
            ),
            (
                100, nil, nil, 5,
                "ear: a tick of 5 ms is not a whole number of samples at 100 Hz. Choose another \"tick_ms\""
            ),
            (
                7, nil, nil, nil,
                "ear: no usual length of a tick is a whole number of samples at 7 Hz. Set \"tick_ms\" so that it is one"
            ),
        ] as [(Int, Double?, Double?, Int?, String)])
    func refusals(rate: Int, low: Double?, high: Double?, tick: Int?, expected: String) {
        var parameters = BandParameters()
        (parameters.lowHertz, parameters.highHertz, parameters.tickMilliseconds) = (low, high, tick)
        let stream = BandStream(rate: rate, axes: [[0, 0, 0]])
        #expect(message { _ = try stream.run(BandEncoder(parameters, place: "ear")) } == expected)
    }

    @Test("a sensor that changes, steps back or has too many channels is refused") func sensors() throws {
        let encoder = BandEncoder(place: "ear")
        let input = AudioBatch()
        (input.sampleRate, input.channels, input.samples) = (1_000, 65, Array(repeating: 0, count: 65))
        func message() -> String { self.message { try encoder.process(input, into: SpikeBatch()) } }
        #expect(message() == "ear: expected 1 to 64 channels, found 65. Choose one with \"channel\" of the source")
        (input.channels, input.samples) = (64, Array(repeating: 0, count: 64 * 10))
        #expect(message() == "nothing is wrong")
        input.firstSample = 9
        #expect(message().contains("expected a block that begins with sample 10 or a later one, found sample 9"))
        (input.firstSample, input.channels) = (10, 32)
        #expect(message().contains("expected 64 channels at 1000 Hz as before, found 32 at 1000 Hz"))
        (input.channels, input.sampleRate) = (64, 2_000)
        #expect(message().contains("found 64 at 2000 Hz"))
        (input.sampleRate, input.firstSample) = (1_000, .max)
        #expect(message().contains("found sample \(Int64.max)"))
    }

    @Test("options become parameters and back, and each has its range") func options() throws {
        var parameters = BandParameters()
        (parameters.bands, parameters.lowHertz, parameters.highHertz) = (7, 30, 4_000)
        (parameters.tickMilliseconds, parameters.floorDecibels, parameters.spikesPerDoubling) = (20, -90, 3)
        #expect(BandParameters(Options(parameters.options)) == parameters)
        #expect(BandParameters(Options(BandParameters().options)) == BandParameters())
        for (name, value) in parameters.options {
            let spec = try #require(BandEncoder.descriptor.options.first { $0.name == name })
            #expect(spec.complaint(about: value) == nil && spec.complaint(about: .string("a")) != nil)
        }
        let specs = Dictionary(uniqueKeysWithValues: BandParameters.specs.map { ($0.name, $0) })
        #expect(
            specs["bands"]?.complaint(about: .integer(129))
                == "\"bands\" expects a whole number from 1 to 128, found 129")
        #expect(specs["spikes_per_doubling"]?.complaint(about: .integer(16)) != nil)
        let context = StageContext(pipeline: "p", stage: "ear", folder: "")
        guard case .transform(let stage) = try BandEncoder.descriptor.make(Options(parameters.options), context) else {
            Issue.record("not a transform")
            return
        }
        let (input, output) = (AudioBatch(), SpikeBatch())
        input.samples = Array(repeating: 0, count: 1_600)
        try stage.process(input, output)
        #expect(output.channels == 7 && output.count == 5)
    }

    @Test("full scale of either sign and any rate stays in range", arguments: [100, 44_100, 384_000])
    func extremes(rate: Int) throws {
        var parameters = BandParameters()
        (parameters.floorDecibels, parameters.spikesPerDoubling, parameters.bands) = (-140, 15, 8)
        let square = Signal.square(Double(rate) / 50, amplitude: 1, count: 20_000, rate: Double(rate))
        let wild = square.enumerated().map { $0 % 3 == 0 ? Int32.max : $0 % 7 == 0 ? .min : $1 }
        let seen = try BandStream(rate: rate, axes: [square, wild]).run(BandEncoder(parameters))
        #expect(seen.counts.allSatisfy { $0.allSatisfy { (0...255).contains($0) } })
        #expect(seen.counts.last?.contains { $0 > 200 } == true)
    }
}
