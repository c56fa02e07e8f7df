import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikePlasticity

@Suite("Plastic layer")
struct PlasticLayerTests {
    static let rule = STDPRule(potentiation: 4, depression: 3, potentiationTicks: 17, depressionTicks: 34)

    static func population(_ neuron: NeuronModel, size: Int = 3, threshold: Int32 = 300) -> Population {
        Population(
            name: "plastic", neuron: neuron, thresholds: [Int32](repeating: threshold, count: size),
            biases: (0..<size).map { Int32($0) })
    }

    static func spikes(_ generator: inout SeededGenerator) -> [ChannelSpikes] {
        (0..<20).filter { _ in generator.chance(0.3) }.map { ChannelSpikes(channel: UInt16($0), count: 1) }
    }

    @Test(
        "without learning it is the engine, bit for bit",
        arguments: [
            .lif(SpikingParameters(membraneDecay: 29_000, refractoryTicks: 2)),
            .currentLIF(SpikingParameters(membraneDecay: 29_000, reset: .zero), synapticDecay: 20_000),
            .adaptiveLIF(
                SpikingParameters(membraneDecay: 30_000, maximumSpikes: 3), adaptationDecay: 30_000, increment: 60),
        ] as [NeuronModel])
    func engine(_ neuron: NeuronModel) throws {
        var generator = SeededGenerator(3)
        let weights = (0..<60).map { _ in Int8(generator.index(below: 128)) }
        let layer = try PlasticLayer(
            Self.population(neuron), sources: 20, weights: weights, rule: Self.rule, seed: 1)
        layer.isLearning = false
        let network = try SpikingNetwork(
            NetworkDescription(
                tickNanoseconds: 1_000_000, inputs: 20, maximumInputSpikes: 1,
                populations: [
                    Self.population(neuron),
                    Population(name: "out", neuron: .leakyIntegrator(membraneDecay: 0), thresholds: [1], biases: [0]),
                ], connections: [Connection(source: .input, target: 0, weights: weights)]))
        var fired = 0
        for _ in 0..<500 {
            let input = Self.spikes(&generator)
            try layer.step(input)
            try network.step(input)
            var expected: [ChannelSpikes] = []
            network.forEachSpike(ofPopulation: 0) { expected.append($0) }
            #expect(layer.spikes == expected)
            #expect((0..<3).map { layer.potential(of: $0) } == network.membranePotentials(ofPopulation: 0))
            fired += expected.count
        }
        #expect(fired > 50)
        #expect(layer.weights == weights)
    }

    @Test("a delayed layer hears of spikes a tick later, and its synapses at once")
    func delayed() throws {
        var generator = SeededGenerator(5)
        let neuron = NeuronModel.currentLIF(
            SpikingParameters(membraneDecay: 29_000, reset: .zero), synapticDecay: 20_000)
        let weights = (0..<60).map { _ in Int8(generator.index(below: 128)) }
        func layer(isDelayed: Bool) throws -> PlasticLayer {
            try PlasticLayer(
                Self.population(neuron), sources: 20, weights: weights, rule: Self.rule, isDelayed: isDelayed, seed: 1)
        }
        let (late, prompt) = (try layer(isDelayed: true), try layer(isDelayed: false))
        (late.isLearning, prompt.isLearning) = (false, false)
        var before: [ChannelSpikes] = []
        var fired = 0
        for _ in 0..<300 {
            let input = Self.spikes(&generator)
            try late.step(input)
            try prompt.step(before)
            #expect(late.spikes == prompt.spikes)
            fired += late.spikes.count
            before = input
        }
        #expect(fired > 50)
        // A spike in the tick of a postsynaptic one, which it cannot have caused, counts as before it all the same.
        let learner = try PlasticLayer(
            Self.population(.lif(SpikingParameters(membraneDecay: 0, reset: .zero)), size: 1, threshold: 50),
            sources: 2,
            weights: [60, 60], rule: Self.rule, isDelayed: true, seed: 1)
        try learner.step([ChannelSpikes(channel: 0, count: 1)])
        #expect(learner.spikes.isEmpty && learner.weights == [60, 60])
        try learner.step([ChannelSpikes(channel: 1, count: 1)])
        #expect(learner.spikes.count == 1 && learner.weights[1] == 64 && learner.weights[0] > 60)
        // What is on its way is lost when the state is set.
        learner.set(membrane: 0, current: 0, of: 0)
        try learner.step([])
        #expect(learner.spikes.isEmpty)
    }

    @Test("with learning its weights move, and stay within the bounds")
    func learning() throws {
        var generator = SeededGenerator(4)
        let layer = try PlasticLayer(
            Self.population(.lif(SpikingParameters(membraneDecay: 29_000))), sources: 20,
            weights: [Int8](repeating: 60, count: 60), rule: Self.rule, seed: 1)
        for _ in 0..<500 { try layer.step(Self.spikes(&generator)) }
        #expect(Set(layer.weights).count > 3)
        #expect(layer.weights.allSatisfy { $0 >= 0 })
    }

    @Test("refuses spikes that it was not proved for, and sums that could overflow")
    func refusals() throws {
        let neuron = NeuronModel.lif(SpikingParameters(membraneDecay: 29_000))
        let layer = try PlasticLayer(
            Self.population(neuron), sources: 2, weights: [Int8](repeating: 1, count: 6), rule: Self.rule, seed: 1)
        for spikes in [[(2, 1)], [(0, 2)], [(1, 1), (0, 1)], [(1, 1), (1, 1)]] as [[(UInt16, UInt16)]] {
            #expect(throws: SpikelineError.self) {
                try layer.step(spikes.map { ChannelSpikes(channel: $0.0, count: $0.1) })
            }
        }
        #expect(throws: SpikelineError.self) {
            try PlasticLayer(
                Self.population(.leakyIntegrator(membraneDecay: 0)), sources: 2,
                weights: [Int8](repeating: 1, count: 6),
                rule: Self.rule, seed: 1)
        }
        // Small weights, but the rule may raise them until a membrane that barely leaks overflows.
        #expect(throws: SpikelineError.self) {
            try PlasticLayer(
                Self.population(
                    .lif(SpikingParameters(membraneDecay: 32_767)), size: 1, threshold: 1 << 30), sources: 65_535,
                maximumInputSpikes: 255, weights: [Int8](repeating: 0, count: 65_535), rule: Self.rule, seed: 1)
        }
    }
}
