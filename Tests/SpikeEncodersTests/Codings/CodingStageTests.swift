import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeEncoders

@Suite("The coding stage") struct CodingStageTests {
    /// What a stage makes of samples in blocks of at most `most` frames; `gap` frames are missing before frame `at`.
    static func run(
        _ settings: CodingStage.Settings, _ samples: [Int32], most: Int = 1_000, gap: (at: Int, frames: Int64) = (0, 0),
        axes: Int = 1, rate: Int = 16_000, look: @escaping ([Int64]) -> Void = { _ in }
    ) throws -> SeenBands {
        let stage = try CodingStage(settings)
        let (input, output) = (AudioBatch(), SpikeBatch())
        (input.sampleRate, input.channels) = (rate, axes)
        var (dice, seen, frame) = (Dice(state: UInt64(most)), SeenBands(), 0)
        while frame < samples.count / axes {
            var end = min(samples.count / axes, frame + dice.pick(1...most))
            if frame < gap.at, gap.at < end { end = gap.at }
            input.samples = Array(samples[frame * axes..<end * axes])
            input.firstSample = Int64(frame) + (frame >= gap.at ? gap.frames : 0)
            input.updateUpTo()
            output.removeAll()
            try stage.process(input, into: output, look: look)
            frame = end
            for index in 0..<output.count {
                var row = [Int](repeating: 0, count: output.channels)
                for spike in output.spikes[output.range(ofTick: index)] { row[Int(spike.channel)] += Int(spike.count) }
                seen.counts.append(row)
                seen.ticks.append(output.firstTick + Int64(index))
                let channels = output.spikes[output.range(ofTick: index)].map(\.channel)
                #expect(zip(channels, channels.dropFirst()).allSatisfy { $0 < $1 })
            }
            seen.levels += output.levels
            #expect(output.upTo.nanoseconds < input.upTo.nanoseconds + output.tickNanoseconds)
        }
        return seen
    }

    @Test("any cutting into blocks gives the same spikes", arguments: CodingParameters.Method.allCases)
    func cuts(method: CodingParameters.Method) throws {
        let noise = Signal.noise(amplitude: 0.2, count: 8_000, seed: 5)
        let settings = CodingStage.Settings(method)
        for gap in [(0, Int64(0)), (3_333, 1), (3_333, 777)] {
            let whole = try Self.run(settings, noise, most: 100_000, gap: gap)
            #expect(whole.counts.contains { $0.contains { $0 > 0 } })
            #expect(whole.counts[0].count == 16 * settings.coding.channelsPerValue)
            for most in [1, 13, 400] {
                #expect(try Self.run(settings, noise, most: most, gap: gap) == whole, "\(most)")
            }
        }
    }

    @Test("values are the loudness of the bands between floor and top") func values() throws {
        var settings = CodingStage.Settings(.latency)
        settings.bands.bands = 8
        let centre = try settings.bands.fit(sampleRate: 16_000).centreFrequencies[5]
        for amplitude in [0.001, 0.004, 0.016] {
            let tone = Signal.tone(centre, amplitude: amplitude, count: 16_000)
            var last: [Int64] = []
            _ = try Self.run(settings, tone) { last = $0 }
            // A sine's mean rectified value is its amplitude over pi (half-wave); a value of 0 is -90 dB, of 1 -30 dB.
            let decibels = 20 * log10Of(amplitude / 3.14159265)
            #expect(abs(Double(last[5]) / 65_536 - (decibels + 90) / 60) < 0.02, "\(last)")
            #expect(last.max() == last[5])
            settings.scale.isLogarithmic = false
            _ = try Self.run(settings, tone) { last = $0 }
            #expect(abs(Double(last[5]) / 65_536 - min(amplitude / 3.14159265 / 0.0316228, 1)) < 0.02, "\(last)")
            settings.scale.isLogarithmic = true
        }
        var seen: [[Int64]] = []
        _ = try Self.run(settings, [Int32](repeating: 0, count: 1_600)) { seen.append($0) }
        #expect(seen.count == 100 && seen.allSatisfy { $0.allSatisfy { $0 == 0 } })
    }

    @Test("the envelope follows with its time constant") func smoothing() throws {
        var settings = CodingStage.Settings(.delta)
        (settings.scale.isLogarithmic, settings.scale.topDecibels, settings.bands.bands) = (false, 0, 1)
        (settings.bands.lowHertz, settings.bands.highHertz) = (4_137, 7_000)
        settings.scale.smoothMilliseconds = 50
        let centre = try settings.bands.fit(sampleRate: 16_000).centreFrequencies[0]
        var seen: [Double] = []
        _ = try Self.run(settings, Signal.tone(centre, amplitude: 0.5, count: 16_000)) { seen.append(Double($0[0])) }
        let end = seen[999]
        // 63 % of the way after 50 ms.
        #expect(abs(seen[49] / end - 0.632) < 0.03 && abs(end / 65_536 - 0.159) < 0.005, "\(seen[49] / end) \(end)")
        settings.scale.smoothMilliseconds = 0
        seen = []
        _ = try Self.run(settings, Signal.tone(centre, amplitude: 0.5, count: 1_600)) { seen.append(Double($0[0])) }
        #expect(seen[10] > 0.9 * end)
    }

    @Test("the channels of a value lie side by side, those of an axis behind those of the one before") func layout()
        throws
    {
        var settings = CodingStage.Settings(.delta)
        settings.bands.bands = 4
        let tone = Signal.tone(1_000, amplitude: 0.1, count: 4_000)
        let both = tone.flatMap { sample -> [Int32] in [0, sample] }
        let (one, two) = try (Self.run(settings, tone), Self.run(settings, both, axes: 2))
        #expect(one.counts[0].count == 8 && two.counts[0].count == 16)
        #expect(two.counts.allSatisfy { $0[..<8].allSatisfy { $0 == 0 } })
        #expect(two.counts.map { Array($0[8...]) } == one.counts)
        // It only becomes louder: all spikes are up, on the odd channels.
        let sums = (0..<8).map { channel in one.counts[..<20].reduce(0) { $0 + $1[channel] } }
        for (channel, sum) in sums.enumerated() { #expect(channel % 2 == 1 ? sum > 0 : sum == 0, "\(sums)") }
    }

    @Test("bands say where they lie where a value is a channel") func legend() throws {
        let (input, output) = (AudioBatch(), SpikeBatch())
        input.samples = [Int32](repeating: 0, count: 160)
        for (method, isKnown) in [(CodingParameters.Method.phase, true), (.delta, false), (.population, false)] {
            let stage = try CodingStage(CodingStage.Settings(method))
            #expect(stage.centreFrequencies.isEmpty && stage.values.isEmpty)
            try stage.process(input, into: output)
            #expect(output.tickNanoseconds == 1_000_000 && stage.values.count == 16)
            #expect(
                output.legend == (isKnown ? ChannelLegend(.bands(centres: stage.centreFrequencies, axes: 1)) : nil))
        }
    }

    @Test("options become settings, and each reaches its place") func options() throws {
        let context = StageContext(pipeline: "p", stage: "code", folder: "")
        let common: [String: OptionValue] = [
            "tick_ms": .integer(2), "bands": .integer(5), "low_hz": .number(100), "high_hz": .number(4_000),
            "smooth_ms": .number(3), "scale": .string("linear"), "floor_dbfs": .number(-70), "top_dbfs": .number(-10),
        ]
        func settings(_ method: String, _ more: [String: OptionValue]) throws -> CodingStage.Settings {
            let map = common.merging(more) { $1 }.merging(["method": .string(method)]) { $1 }
            for (name, value) in map {
                let spec = try #require(CodingStage.descriptor.options.first { $0.name == name })
                #expect(spec.complaint(about: value) == nil)
                #expect(spec.complaint(about: .list([])) != nil)
            }
            _ = try CodingStage.descriptor.make(Options(map), context)
            return try CodingStage.Settings(Options(map), place: "code")
        }
        let poisson = try settings(
            "poisson", ["rate_hz": .number(50), "seed": .integer(9), "window_ticks": .integer(20)])
        #expect(poisson.coding.rateHertz == 50 && poisson.coding.seed == 9 && poisson.coding.windowTicks == 20)
        #expect(poisson.coding.tickMilliseconds == 2 && poisson.bands.tickMilliseconds == 2)
        #expect(poisson.bands.bands == 5 && poisson.bands.lowHertz == 100 && poisson.bands.highHertz == 4_000)
        #expect(
            poisson.scale == .init(smoothMilliseconds: 3, floorDecibels: -70, topDecibels: -10, isLogarithmic: false))
        #expect(try settings("log_latency", ["octaves": .number(4)]).coding.octaves == 4)
        let first = try settings("first_spike", ["threshold": .number(0.3), "tau_ticks": .number(20)]).coding
        #expect(first.threshold == 0.3 && first.tauTicks == 20)
        #expect(try settings("rank_order", ["sensitivity": .number(0.7)]).coding.sensitivity == 0.7)
        #expect(try settings("population", ["neurons": .integer(12)]).coding.neurons == 12)
        let delta = try settings("delta", ["threshold": .number(0.2), "hysteresis": .number(0.1)]).coding
        #expect(delta.threshold == 0.2 && delta.hysteresis == 0.1 && delta.method == .delta)
    }

    @Test(
        "options of another coding, and what does not fit together, are refused",
        arguments: [
            (
                "delta", ["window_ticks": .integer(8)],
                "code: \"window_ticks\" belongs to poisson, regular, latency, log_latency, first_spike, "
                    + "rank_order, phase, weighted_phase, population, not to delta. Leave it out, or choose another \"method\""
            ),
            (
                "latency", ["neurons": .integer(8)],
                "code: \"neurons\" belongs to population, not to latency. Leave it out, or choose another \"method\""
            ),
            (
                "latency", ["floor_dbfs": .number(-20)],
                "code: expected \"floor_dbfs\" below \"top_dbfs\", found -20.0 and -30.0"
            ),
            (
                "poisson", ["tick_ms": .integer(10)],
                "code: expected a rate of 0.1 Hz to 1 spikes in a tick of 10 ms, found 200.0 Hz"
            ),
            (
                "morse", [:],
                "code: \"method\" expects one of poisson, regular, latency, log_latency, first_spike, "
                    + "rank_order, phase, weighted_phase, population, delta, found \"morse\""
            ),
        ] as [(String, [String: OptionValue], String)])
    func refusals(method: String, options: [String: OptionValue], expected: String) {
        let map = options.merging(["method": .string(method)]) { $1 }
        let context = StageContext(pipeline: "p", stage: "code", folder: "")
        #expect(CodingGapTests.message { _ = try CodingStage.descriptor.make(Options(map), context) } == expected)
    }

    @Test("a sensor whose channels are too many for the coding is refused") func tooMany() throws {
        var settings = CodingStage.Settings(.population)
        (settings.bands.bands, settings.coding.neurons) = (128, 64)
        let samples = [Int32](repeating: 0, count: 64 * 160)
        #expect(
            CodingGapTests.message { _ = try Self.run(settings, samples, axes: 64) }
                == "coding: expected 1 to 8192 values and at most 65536 channels, found 8192 values of 64 channels")
    }
}

private func log10Of(_ x: Double) -> Double { SetUpMath.log(x) / SetUpMath.log(10) }
