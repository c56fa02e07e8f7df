import SpikeNetwork
import SpikeSignals
import Testing

@Suite struct NetworkSizeTests {
    /// One neuron after the other fires, and the engine delivers to as many targets as the counts say.
    @Test(arguments: 0..<12) func aSpikeCostsTheEngineItsFanOut(seed: Int) throws {
        var description = RandomNetworks.convolutional(seed: UInt64(seed))
        // Nothing else than the input fires.
        for index in description.populations.indices {
            description.populations[index].thresholds = description.populations[index].thresholds.map { _ in 1 << 22 }
            description.populations[index].biases = description.populations[index].biases.map { _ in 0 }
        }
        let engine = try SpikingNetwork(description)
        var expected = [Int](repeating: 0, count: description.inputs)
        for index in description.connections.indices where description.connections[index].source == .input {
            for (channel, synapses) in description.fanOut(ofConnection: index).all.enumerated() {
                expected[channel] += synapses
            }
        }
        for channel in 0..<min(description.inputs, 40) {
            engine.reset()
            try engine.step([ChannelSpikes(channel: UInt16(channel), count: 1)])
            for _ in 0..<description.longestDelay { try engine.step([]) }
            #expect(engine.spikesFired == 0 && engine.synapticOperations == expected[channel], "channel \(channel)")
        }
    }

    @Test func weightsAndSynapsesAreCounted() {
        let neuron = NeuronModel.lif(SpikingParameters(membraneDecay: 0, maximumSpikes: 7))
        let description = NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: 2, maximumInputSpikes: 1,
            populations: [
                Population(name: "a", neuron: neuron, thresholds: [1, 1], biases: [0, 0]),
                Population(
                    name: "b", neuron: .leakyIntegrator(membraneDecay: 0), thresholds: [1], biases: [0]),
            ],
            connections: [
                Connection(source: .input, target: 0, delays: [0, 3], weights: [0, 1, -2, 7, 0, 0, -8, 3]),
                Connection(source: .population(0), target: 1, weights: [0, 5]),
            ])
        #expect(description.neuronCount == 3 && description.zeroWeights == 4)
        #expect(description.weightBits == 4 && description.longestDelay == 3 && description.mostSpikes == 7)
        #expect(description.largestFanIn == 4)
        #expect(description.fanOut(ofConnection: 0).all == [4, 4])
        #expect(description.fanOut(ofConnection: 0).nonzero == [1, 4])
        #expect(description.synapseCounts == (10, 6))
    }
}
