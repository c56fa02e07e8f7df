import SpikeNetwork
import SpikeSignals

/// Compares the trainer's forward pass with the engine, spike by spike.
///
/// The two are separate programs for one arithmetic: matrix products over whole clips in `Float` that hold whole
/// numbers here, event-driven sums of `Int32` there. What was trained is what runs only if they never differ.
public struct EngineAgreement: Hashable, Sendable {
    /// Counts of neurons in ticks, and readout potentials, that were compared.
    public private(set) var compared = 0
    /// How many of them differed.
    public private(set) var different = 0
    /// Spikes that the engine fired.
    public private(set) var spikes = 0

    /// Runs `network`, as it would be exported, both ways on `clips`.
    public init(_ network: TrainableNetwork, clips: [EncodedClip]) throws(SpikelineError) {
        let architecture = network.architecture
        let engine = try SpikingNetwork(network.description())
        let most = (clips.map(\.counts.count).max() ?? 0) / architecture.inputs
        let shard = Shard(architecture, network.layout, clips: 1, mostTicks: max(most, 1))
        for clip in clips {
            let ticks = clip.counts.count / architecture.inputs
            for (index, count) in clip.counts.enumerated() { unsafe shard.input.start[index] = Float(count) }
            shard.forward(
                ticks: ticks, weights: network.quantized, parameters: network.parameters,
                normalization: .running(network.statistics))
            engine.reset()
            var tick = 0
            KeywordTrainer.forEachTick(of: clip, channels: architecture.inputs) { input in
                try? engine.step(input)
                compare(engine, shard, tick: tick)
                tick += 1
            }
            spikes += engine.spikesFired
        }
    }

    private mutating func compare(_ engine: SpikingNetwork, _ shard: Shard, tick: Int) {
        for (index, layer) in shard.architecture.layers.enumerated() {
            var counts = [Float](repeating: 0, count: layer.width)
            engine.forEachSpike(ofPopulation: index) { counts[Int($0.channel)] = Float($0.count) }
            let row = unsafe shard.spikeCounts(ofLayer: index).start + tick * layer.width
            for neuron in 0..<layer.width where unsafe counts[neuron] != row[neuron] { different += 1 }
            compared += layer.width
        }
        let scale = Float(1 << shard.architecture.potentialScaleBits)
        for output in 0..<shard.architecture.outputs {
            let potential = unsafe shard.readout.start[tick * shard.architecture.outputs + output] * scale
            if Float(engine.potential(ofOutput: output)) != potential { different += 1 }
            compared += 1
        }
    }
}
