import SpikeNetwork
import SpikeSignals

/// How far the spikes of a quantised network are those of its graph.
public struct SpikeAgreement: Hashable, Sendable {
    /// Steps that were compared.
    public var steps = 0
    /// Neurons and steps that were compared, and in how many both fired or both did not.
    public var cells = 0
    /// Cells that are alike.
    public var equal = 0
    /// Spikes of the graph.
    public var graphSpikes = 0
    /// Spikes of the network.
    public var networkSpikes = 0
    /// Spikes that both have.
    public var common = 0

    /// The share of cells that are alike; nil without any.
    public var share: Double? { cells == 0 ? nil : Double(equal) / Double(cells) }

    /// Runs both on `input`, spike counts `[step][channel]`.
    ///
    /// - Throws: if the input does not fit.
    public init(
        of quantized: GraphQuantizer, and graph: NeuronGraph, rule: StepRule, input: [[Int]]
    ) throws(SpikelineError) {
        let runner = try GraphRunner(graph, rule: rule)
        let engine = try SpikingNetwork(quantized.network)
        let populations = quantized.network.populations
        for counts in input {
            _ = try runner.step(counts.map(Double.init))
            let spikes = counts.enumerated().filter { $0.element > 0 }
            try engine.step(
                spikes.map { ChannelSpikes(channel: UInt16(clamping: $0.offset), count: UInt16(clamping: $0.element)) })
            steps += 1
            for (index, node) in quantized.nodes.enumerated() {
                if case .leakyIntegrator = populations[index].neuron { continue }
                var fired = [Bool](repeating: false, count: populations[index].size)
                engine.forEachSpike(ofPopulation: index) { fired[Int($0.channel)] = true }
                let expected = runner.values(of: node) ?? []
                for (neuron, value) in expected.enumerated() {
                    cells += 1
                    if value == 1 { graphSpikes += 1 }
                    if fired[neuron] { networkSpikes += 1 }
                    if (value == 1) == fired[neuron] { equal += 1 }
                    if value == 1, fired[neuron] { common += 1 }
                }
            }
        }
    }

    /// Counts of `channels` channels in `steps` steps, each one with the probability `rate`, from a seed.
    public static func randomInput(channels: Int, steps: Int, rate: Double, seed: UInt64) -> [[Int]] {
        var generator = SeededGenerator(seed)
        return (0..<steps).map { _ in
            (0..<channels).map { _ in Double.random(in: 0..<1, using: &generator) < rate ? 1 : 0 }
        }
    }
}
