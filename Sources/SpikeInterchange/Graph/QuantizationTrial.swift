import SpikeNetwork
import SpikeSignals

/// Runs a graph in double precision and the network that was made of it side by side, and compares spikes and decisions.
///
/// Both are at rest before each sample. The decision is the output with the highest sum over all steps, of spikes where
/// it fires and of potentials where it does not; the first of several.
public struct QuantizationTrial {
    /// How far the spikes of all populations that fire are alike, over all samples.
    public private(set) var agreement = SpikeAgreement()
    /// How far those of each population are; nothing for one that never fires.
    public private(set) var populations: [SpikeAgreement]
    /// Samples with a label, those that the graph puts into their class, and those that the network does.
    public private(set) var samples = 0, graphCorrect = 0, networkCorrect = 0
    /// Samples with a label that both put into the same class, right or wrong.
    public private(set) var sameDecision = 0

    private let quantized: GraphQuantizer
    private let runner: GraphRunner
    private let engine: SpikingNetwork

    /// A trial of `quantized`, which was made of `graph` under `rule`.
    ///
    /// - Throws: if the network does not fit the engine.
    public init(of quantized: GraphQuantizer, and graph: NeuronGraph, rule: StepRule) throws(SpikelineError) {
        self.quantized = quantized
        runner = try GraphRunner(graph, rule: rule)
        engine = try SpikingNetwork(quantized.network)
        populations = quantized.nodes.map { _ in SpikeAgreement() }
    }

    /// The number of outputs.
    public var outputs: Int { runner.outputs }
    /// The shape of the input, in NIR's order.
    public var inputShape: [Int] { runner.inputShape }

    /// Runs both on `input`, spike counts `[step][channel]` in NIR's order.
    ///
    /// Cost: as ``GraphRunner``.
    ///
    /// - Throws: if the input does not fit.
    public mutating func run(_ input: [[Int]], label: Int? = nil) throws(SpikelineError) {
        runner.reset()
        engine.reset()
        var graphSums = [Double](repeating: 0, count: runner.outputs)
        var networkSums = [Int](repeating: 0, count: runner.outputs)
        var spikes: [ChannelSpikes] = []
        for counts in input {
            let output = try runner.step(counts.map(Double.init))
            spikes.removeAll(keepingCapacity: true)
            for channel in counts.indices {
                let count = counts[quantized.inputOrder.nir(channel)]
                guard count > 0 else { continue }
                spikes.append(ChannelSpikes(channel: UInt16(clamping: channel), count: UInt16(clamping: count)))
            }
            try engine.step(spikes)
            compare()
            for index in graphSums.indices {
                graphSums[index] += output[index]
                networkSums[index] += Int(engine.potential(ofOutput: quantized.outputOrder.engine(index)))
            }
        }
        guard let label else { return }
        let decisions = (ReLUNetwork.highest(graphSums), ReLUNetwork.highest(networkSums))
        samples += 1
        if decisions.0 == label { graphCorrect += 1 }
        if decisions.1 == label { networkCorrect += 1 }
        if decisions.0 == decisions.1 { sameDecision += 1 }
    }

    /// Compares the latest step of both.
    private mutating func compare() {
        agreement.steps += 1
        for (index, node) in quantized.nodes.enumerated() {
            guard quantized.network.populations[index].neuron.spiking != nil else { continue }
            var fired = [Int](repeating: 0, count: quantized.network.populations[index].size)
            engine.forEachSpike(ofPopulation: index) { fired[Int($0.channel)] = Int($0.count) }
            let values = runner.values(of: node) ?? []
            populations[index].steps += 1
            populations[index].add(graph: values, network: fired, order: quantized.orders[index])
            agreement.add(graph: values, network: fired, order: quantized.orders[index])
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
