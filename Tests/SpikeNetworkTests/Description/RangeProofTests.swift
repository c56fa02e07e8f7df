import SpikeNetwork
import SpikeSignals
import Testing

@Suite struct RangeProofTests {
    /// One input with weight `weight`, a firing layer of one neuron, and a readout.
    func network(
        neuron: NeuronModel, weight: Int8 = 127, threshold: Int32 = 100, bias: Int32 = 0, inputs: Int = 1,
        spikes: Int = 1
    ) -> NetworkDescription {
        NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: inputs, maximumInputSpikes: spikes,
            populations: [
                Population(name: "hidden", neuron: neuron, thresholds: [threshold], biases: [bias]),
                Population(
                    name: "readout", neuron: .leakyIntegrator(membraneDecay: 16_384), thresholds: [1], biases: [0]),
            ],
            connections: [
                Connection(source: .input, target: 0, weights: [Int8](repeating: weight, count: inputs)),
                Connection(source: .population(0), target: 1, weights: [1]),
            ])
    }

    func message(_ description: NetworkDescription) -> String? {
        do {
            _ = try SpikingNetwork(description)
            return nil
        } catch { return error.description }
    }

    @Test func theWorstCaseIsReachedAndNotPassed() throws {
        // Half of the membrane stays: the potential tends to twice the current when nothing empties it.
        let parameters = SpikingParameters(membraneDecay: 16_384, maximumSpikes: 1, floor: -1_000)
        let description = network(neuron: .lif(parameters), weight: 100, threshold: 10, spikes: 15)
        let engine = try SpikingNetwork(description)
        var highest: Int32 = 0
        for _ in 0..<100 {
            try engine.step([ChannelSpikes(channel: 0, count: 15)])
            highest = max(highest, engine.membranePotentials(ofPopulation: 0)[0] + 10)
        }
        let bound = engine.proof.bounds[0].membrane
        #expect(engine.proof.bounds[0].current == 1_500)
        #expect(Int64(highest) <= bound)
        #expect(Double(highest) > 0.95 * Double(bound))
    }

    @Test func randomNetworksStayWithinTheirBounds() throws {
        for seed in 0..<40 {
            let description = RandomNetworks.network(seed: UInt64(seed))
            let engine = try SpikingNetwork(description)
            for spikes in RandomNetworks.input(description, ticks: 50, seed: UInt64(seed)) {
                try engine.step(spikes)
                for (index, bounds) in engine.proof.bounds.enumerated() {
                    for potential in engine.membranePotentials(ofPopulation: index) {
                        #expect(abs(Int64(potential)) <= bounds.membrane)
                    }
                }
            }
        }
    }

    @Test func aNetworkThatCouldOverflowIsRefused() {
        let leaky = SpikingParameters(membraneDecay: 32_767, maximumSpikes: 1, floor: -1_000)
        #expect(
            message(network(neuron: .lif(leaky), threshold: 1, inputs: 600, spikes: 15))
                == "layer \"hidden\": expected every sum to stay within ±2,147,483,647, found a worst case of "
                + "37453824001. Use smaller weights, fewer inputs, or a membrane that leaks faster")
    }

    @Test func aMembraneWithoutLeakNeedsAResetThatEmptiesIt() {
        let forgetful = SpikingParameters(membraneDecay: 32_768, maximumSpikes: 2, floor: -1_000)
        #expect(message(network(neuron: .lif(forgetful), threshold: 100)) == nil)
        #expect(
            message(network(neuron: .lif(forgetful), threshold: 60))
                == "layer \"hidden\": expected a decay below 32,768 (1.0 in Q15), found 32768: the sum would grow "
                + "without bound. Give the state a leak")
    }

    @Test func shapesAreChecked() {
        let lif = NeuronModel.lif(SpikingParameters(membraneDecay: 16_384))
        var description = network(neuron: lif)
        description.connections[0].weights = [1, 2]
        #expect(message(description) == "connection 0: expected 1 weights (1 taps of 1), found 2")
        description = network(neuron: lif)
        description.connections[1].source = .population(7)
        #expect(message(description) == "connection 1: expected a source layer from 0 to 1, found 7")
        description = network(neuron: lif)
        description.connections[1] = Connection(source: .population(0), target: 0, delays: [0], weights: [1])
        #expect(message(description) == "connection 1: expected a recurrent delay in ticks from 1 to 1024, found 0")
        description = network(neuron: lif)
        description.connections[0].delays = [3, 3]
        #expect(message(description) == "connection 0: expected delays that ascend, found 3 before 3")
        description = network(neuron: lif)
        description.connections[0].delays = []
        #expect(message(description) == "connection 0: expected a number of taps from 1 to 64, found 0")
        description = network(neuron: lif)
        description.populations[0].thresholds = [0]
        #expect(message(description) == "layer \"hidden\": expected a threshold from 1 to 1073741824, found 0")
        description = network(neuron: lif)
        description.populations[0].biases = []
        #expect(message(description) == "layer \"hidden\": expected 1 biases, found 0")
        description = network(neuron: lif)
        description.populations.removeLast()
        description.connections.removeLast()
        #expect(
            message(description)
                == "network: expected a leaky integrator as the last layer, found a layer that fires. The last layer is "
                + "the readout")
        description = network(neuron: lif)
        description.populations[1].name = "hidden"
        #expect(message(description) == "network: expected layer names that differ, found one twice")
        description = network(neuron: lif, spikes: 0)
        #expect(message(description) == "network: expected a most number of input spikes from 1 to 65535, found 0")
        description = network(neuron: .lif(SpikingParameters(membraneDecay: 40_000)))
        #expect(
            message(description) == "layer \"hidden\": expected a membrane decay in Q15 from 0 to 32768, found 40000")
    }
}
