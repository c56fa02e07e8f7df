import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

/// The trainer's forward pass and the engine are two programs for one arithmetic.
@Suite struct EngineAgreementTests {
    @Test(arguments: [1, 2, 3]) func spikesAndPotentialsAreEqual(seed: UInt64) throws {
        let architecture = TemporalArchitecture(
            inputs: 10, maximumInputSpikes: 15, tickNanoseconds: 10_000_000,
            layers: [
                .init(width: 24, delays: [0, 1, 2]), .init(width: 16, delays: [0, 2, 5]),
                .init(width: 12, delays: [0, 4]),
            ], maximumSpikes: 7, readoutLayers: 2, outputs: 4)
        let network = TrainableNetwork(architecture, seed: seed)
        network.quantize()
        let ticks = 40
        let shard = Shard(architecture, network.layout, clips: 3, mostTicks: ticks)
        var generator = SeededGenerator(seed, 9)
        for index in 0..<shard.input.count where generator.chance(0.3) {
            unsafe shard.input.start[index] = Float(generator.index(below: 16))
        }
        // A first pass in batch mode gives statistics that make every layer fire.
        shard.forward(ticks: ticks, weights: network.quantized, parameters: network.parameters, normalization: .batch)
        for index in architecture.layers.indices {
            network.statistics.blend(
                layer: index, means: shard.means[index], deviations: shard.deviations[index],
                scales: network.quantized.scales[index], momentum: 1)
        }
        shard.forward(
            ticks: ticks, weights: network.quantized, parameters: network.parameters,
            normalization: .running(network.statistics))
        let engine = try SpikingNetwork(network.description())
        for clip in 0..<3 {
            engine.reset()
            for tick in 0..<ticks {
                let row = tick * 3 + clip
                let counts = (0..<10).map { unsafe Int(shard.input.start[row * 10 + $0]) }
                try engine.step(
                    counts.indices.filter { counts[$0] > 0 }.map {
                        ChannelSpikes(channel: UInt16($0), count: UInt16(counts[$0]))
                    })
                for layer in architecture.layers.indices {
                    let width = architecture.layers[layer].width
                    var fired = [Float](repeating: 0, count: width)
                    engine.forEachSpike(ofPopulation: layer) { fired[Int($0.channel)] = Float($0.count) }
                    let expected = (0..<width).map { unsafe shard.spikeCounts(ofLayer: layer).start[row * width + $0] }
                    #expect(fired == expected, "clip \(clip), tick \(tick), layer \(layer)")
                }
                for output in 0..<4 {
                    let octaves = unsafe shard.readout.start[row * 4 + output]
                    #expect(engine.potential(ofOutput: output) == Int32(octaves * 256))
                }
            }
            #expect(engine.spikesFired > 100)
        }
    }
}
