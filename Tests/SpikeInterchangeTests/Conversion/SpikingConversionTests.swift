import SpikeNetwork
import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeInterchange

@Suite("Conversion to spikes") struct SpikingConversionTests {
    /// `sources` pixels, `targets` rectified units, and one score that is not looked at.
    private func single(_ dice: inout Dice, sources: Int, targets: Int) -> ReLUNetwork {
        func numbers(_ count: Int, _ scale: Double) -> [Float] {
            (0..<count).map { _ in Float((dice.unit() - 0.45) * scale) }
        }
        let (input, hidden) = (ReLUNetwork.Shape(channels: sources), ReLUNetwork.Shape(channels: targets))
        return ReLUNetwork(
            input: input,
            layers: [
                ReLUNetwork.Layer(
                    name: "hidden", input: input, pattern: .dense, weights: numbers(sources * targets, 1),
                    biases: numbers(targets, 0.5), output: hidden, isRectified: true),
                ReLUNetwork.Layer(
                    name: "score", input: hidden, pattern: .dense, weights: numbers(targets, 1), biases: [0],
                    output: ReLUNetwork.Shape(channels: 1)),
            ], name: "single")
    }

    /// Spikes of each neuron of population 0 over all ticks.
    private func counts(_ conversion: SpikingConversion, _ network: ReLUNetwork, _ picture: [Float]) throws -> [Int] {
        let engine = try SpikingNetwork(conversion.network)
        var coder = PixelCoder(picture, shape: network.input, most: conversion.settings.inputSpikes)
        var counts = [Int](repeating: 0, count: conversion.network.populations[0].size)
        var spikes: [ChannelSpikes] = []
        for _ in 0..<conversion.settings.ticks {
            coder.next(into: &spikes)
            try engine.step(spikes)
            engine.forEachSpike(ofPopulation: 0) { counts[Int($0.channel)] += Int($0.count) }
        }
        return counts
    }

    @Test(arguments: [1, 4], [8, 64, 200]) func ratesAreRectifiedSumsWithinOneSpike(most: Int, ticks: Int) throws {
        var dice = Dice(state: UInt64(most * 1_000 + ticks))
        for _ in 0..<10 {
            let (sources, targets) = (dice.pick(1...30), dice.pick(1...12))
            let network = single(&dice, sources: sources, targets: targets)
            // Brightness in fifteenths: the same spikes in every tick.
            let pictures = (0..<8).map { _ in (0..<sources).map { _ in Float(dice.pick(0...15)) / 15 } }
            let levels = ActivationLevels(of: network, on: pictures, percentile: 100)
            guard levels.values[0] > 0 else { continue }
            var settings = SpikingConversion.Settings()
            (settings.ticks, settings.spikes, settings.inputSpikes) = (ticks, most, 15)
            let conversion = try SpikingConversion(network, levels: levels, settings: settings)
            let population = conversion.network.populations[0]
            let unit = Double(levels.values[0]) / Double(most)
            for picture in pictures {
                let found = try counts(conversion, network, picture)
                let activations = network.activations(of: picture)[0]
                for target in 0..<targets {
                    let threshold = Int(population.thresholds[target])
                    // Exactly: the whole thresholds in what was gathered, at most `most` in a tick.
                    let drive = (0..<sources).reduce(Int(population.biases[target])) { sum, source in
                        sum + Int(conversion.network.connections[0].weights[source * targets + target])
                            * Int((picture[source] * 15).rounded())
                    }
                    let exact = min(max(drive, 0) * ticks / threshold, most * ticks)
                    #expect(found[target] == exact)
                    // The activation, up to one spike and half a step of each weight and of the bias.
                    let factor = Double(threshold) / 15 / unit
                    let rounding = (Double(picture.reduce(0, +)) + 1.0 / 15) * 0.5 / factor
                    let rate = Double(found[target]) / Double(ticks) * unit
                    #expect(abs(rate - Double(activations[target])) <= unit / Double(ticks) + rounding + 1e-4)
                }
            }
        }
    }

    @Test func scoresOfAnyShapeAreThoseOfTheOriginal() throws {
        var dice = Dice(state: 31)
        var (tried, largest) = (0, 0.0)
        while tried < 25 {
            let network = RandomNetwork.make(&dice)
            let pictures = (0..<6).map { _ in (0..<network.input.count).map { _ in Float(dice.unit()) } }
            let levels = ActivationLevels(of: network, on: pictures, percentile: 100)
            guard levels.values.allSatisfy({ $0 > 0.1 }) else { continue }
            var settings = SpikingConversion.Settings()
            (settings.ticks, settings.inputSpikes) = (1_500, 15)
            let conversion = try SpikingConversion(network, levels: levels, settings: settings)
            let engine = try SpikingNetwork(conversion.network)
            let scores = network.activations(of: pictures[0])
            var coder = PixelCoder(pictures[0], shape: network.input, most: settings.inputSpikes)
            var spikes: [ChannelSpikes] = []
            for _ in 0..<settings.ticks {
                coder.next(into: &spikes)
                try engine.step(spikes)
            }
            // Potentials are scores times ticks in units of the readout, which the largest weight tells.
            let last = try #require(network.layers.last)
            let share = 1 / Float(last.poolHeight * last.poolWidth)
            let peak = last.weights.map { abs($0) }.reduce(0, max) * share
            let weight = conversion.network.connections.last?.weights.map { abs(Int($0)) }.max() ?? 0
            let unit = Double(levels.values.last ?? 0)
            let scale = Double(weight) / Double(peak) / unit * Double(settings.ticks)
            let expected = try #require(scores.last)
            let size = expected.map { abs(Double($0)) }.reduce(0, max)
            for (output, score) in expected.enumerated() {
                let found = Double(engine.potential(ofOutput: output)) / scale
                largest = max(largest, abs(found - Double(score)) / max(size, 0.3))
            }
            tried += 1
        }
        #expect(largest < 0.08, "\(largest)")
    }

    @Test func networksSurviveTheirFile() throws {
        let network = try ONNXFixtures.network("digits-conv.onnx")
        let picture = [Float](repeating: 0.5, count: 256)
        let levels = ActivationLevels(of: network, on: [picture], percentile: 100)
        let conversion = try SpikingConversion(network, levels: levels)
        let model = ModelFile(
            network: conversion.network, encoder: ModelFile.Stage(type: "none"), head: ModelFile.Stage(type: "none"))
        #expect(try ModelFile(bytes: try model.bytes(), name: "m").network == conversion.network)
    }

    @Test func whatCannotBeBalancedIsRefused() throws {
        var dice = Dice(state: 3)
        let network = single(&dice, sources: 4, targets: 3)
        let dark = ReLUNetwork(
            input: network.input,
            layers: network.layers.map { layer in
                var layer = layer
                layer.biases = layer.biases.map { _ in -1 }
                return layer
            }, name: "dark")
        let levels = ActivationLevels(of: dark, on: [[0, 0, 0, 0]])
        #expect(levels.values == [0])
        let error = #expect(throws: SpikelineError.self) { _ = try SpikingConversion(dark, levels: levels) }
        #expect(error?.description.contains("dark: hidden is never active on the data") == true)
        let bright = ActivationLevels(of: network, on: [[1, 1, 1, 1]], percentile: 100)
        for change in [\SpikingConversion.Settings.ticks, \.spikes, \.inputSpikes] {
            var settings = SpikingConversion.Settings()
            settings[keyPath: change] = 0
            #expect(throws: SpikelineError.self) {
                _ = try SpikingConversion(network, levels: bright, settings: settings)
            }
        }
        // A unit that goes a thousandth as far as what leads to it: its threshold would be below a weight step.
        var weak = network
        weak.layers[0].weights = Array(repeating: 1, count: 12)
        let faint = ActivationLevels(of: weak, on: [[1e-5, 0, 0, 0]], percentile: 100)
        weak.layers[0].biases = [0, 0, 0]
        let tiny = ActivationLevels(of: weak, on: [[1e-5, 0, 0, 0]], percentile: 100)
        #expect(faint.values != tiny.values)
        let refusal = #expect(throws: SpikelineError.self) { _ = try SpikingConversion(weak, levels: tiny) }
        #expect(refusal?.description.contains("below the smallest weight") == true)
    }
}

@Suite("Levels and coders") struct LevelTests {
    @Test(arguments: [50, 90, 99.9, 100.0]) func levelsAreThePercentile(percentile: Double) {
        var dice = Dice(state: 12)
        var counts = ActivationLevels.Counts()
        var all: [Float] = []
        for _ in 0..<50 {
            let values = (0..<100).map { _ in Float(dice.normal() * 3) }
            counts.add(values)
            all += values.filter { $0 > 0 }
        }
        all.sort()
        let wanted = all[Int((Double(all.count) * percentile / 100).rounded(.up)) - 1]
        let level = counts.level(percentile)
        #expect(level >= wanted && level <= wanted * 1.001)
    }

    @Test func nothingActiveHasNoLevel() {
        var counts = ActivationLevels.Counts()
        counts.add([0, -1, .nan, .infinity])
        #expect(counts.level(99) == 0)
    }

    @Test(arguments: [1, 3, 15, 255]) func pixelsFireAsOftenAsTheyAreBright(most: Int) {
        var dice = Dice(state: UInt64(most))
        let picture = (0..<50).map { _ in Float(dice.unit() * 1.2 - 0.1) } + [0, 1, .nan]
        let shape = ReLUNetwork.Shape(channels: picture.count)
        var coder = PixelCoder(picture, shape: shape, most: most)
        var sums = [Int](repeating: 0, count: picture.count)
        var spikes: [ChannelSpikes] = []
        for tick in 1...300 {
            coder.next(into: &spikes)
            for spike in spikes {
                #expect(spike.count >= 1 && Int(spike.count) <= most)
                sums[Int(spike.channel)] += Int(spike.count)
            }
            for (sum, value) in zip(sums, picture) {
                let exact = Double(min(max(value.isNaN ? 0 : value, 0), 1)) * Double(most * tick)
                #expect(abs(Double(sum) - exact) <= 0.5 + Double(most * tick) / 131_072)
            }
        }
    }

    @Test func channelsComeLast() {
        let shape = ReLUNetwork.Shape(channels: 2, height: 1, width: 3)
        var coder = PixelCoder([1, 0, 0, 0, 0, 1], shape: shape, most: 1)
        var spikes: [ChannelSpikes] = []
        coder.next(into: &spikes)
        #expect(spikes.map(\.channel) == [0, 5])
        coder = PixelCoder([0, 1, 0, 1, 0, 0], shape: shape, most: 1)
        coder.next(into: &spikes)
        #expect(spikes.map(\.channel) == [1, 2])
    }
}
