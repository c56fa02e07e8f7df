import SpikeSignals
import Testing

@testable import SpikeNetwork

/// The loops with wide vectors give what their Swift twins give, bit for bit.
@Suite(.enabled(if: WideLoops.areThere, "this processor has no wide vectors")) struct WideLoopTests {
    /// Both engines, tick by tick: all potentials, spikes and operations.
    private func compare(_ description: NetworkDescription, _ ticks: [[ChannelSpikes]]) throws -> Int {
        let wide = try SpikingNetwork(description, isWide: true)
        let plain = try SpikingNetwork(description, isWide: false)
        for (number, tick) in ticks.enumerated() {
            try wide.step(tick)
            try plain.step(tick)
            for population in description.populations.indices {
                #expect(
                    wide.membranePotentials(ofPopulation: population)
                        == plain.membranePotentials(ofPopulation: population),
                    "tick \(number), population \(population)")
                var (fired, expected) = ([ChannelSpikes](), [ChannelSpikes]())
                wide.forEachSpike(ofPopulation: population) { fired.append($0) }
                plain.forEachSpike(ofPopulation: population) { expected.append($0) }
                #expect(fired == expected)
            }
            #expect(wide.synapticOperations == plain.synapticOperations)
        }
        #expect(wide.snapshot() == plain.snapshot())
        return plain.spikesFired
    }

    @Test func randomNetworksAreEqual() throws {
        var spikes = 0
        for seed in 0..<150 as Range<UInt64> {
            let description =
                seed % 2 == 0 ? RandomNetworks.convolutional(seed: seed) : RandomNetworks.network(seed: seed)
            spikes += try compare(description, RandomNetworks.input(description, ticks: 25, seed: seed))
        }
        #expect(spikes > 10_000)
    }

    /// Rows of any length, and counts on both sides of what 15, 8 and no bits hold.
    @Test(arguments: 1...41) func rowsAreEqual(width: Int) throws {
        var generator = TestGenerator(UInt64(width))
        let counts: [UInt16] = [1, 2, 127, 128, 255, 256, 32_767, 32_768, 65_535]
        let neuron = NeuronModel.lif(
            SpikingParameters(
                membraneDecay: Int32(generator.int(0...30_000)), reset: width % 2 == 0 ? .zero : .subtract,
                maximumSpikes: width % 3 == 0 ? 1 : 255, refractoryTicks: 0, floor: -1 << 30))
        let description = NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: counts.count, maximumInputSpikes: 65_535,
            populations: [
                Population(
                    name: "hidden", neuron: neuron,
                    thresholds: (0..<width).map { _ in Int32(generator.int(1...4_000_000)) },
                    biases: (0..<width).map { $0 == 0 ? 20_000_000 : Int32(generator.int(-20_000_000...20_000_000)) }),
                Population(
                    name: "readout", neuron: .leakyIntegrator(membraneDecay: 0), thresholds: [1], biases: [0]),
            ],
            connections: [
                Connection(
                    source: .input, target: 0,
                    weights: (0..<counts.count * width).map { $0 % 7 == 0 ? -128 : Int8(generator.int(-128...127)) }),
                Connection(source: .population(0), target: 1, weights: [Int8](repeating: 1, count: width)),
            ])
        let ticks = (0..<40).map { tick in
            counts.indices.compactMap { channel in
                tick % 5 == 4 || generator.int(0...1) == 0
                    ? nil
                    : ChannelSpikes(channel: UInt16(channel), count: counts[(channel + tick) % counts.count])
            }
        }
        #expect(try compare(description, ticks) > 0)
    }
}
