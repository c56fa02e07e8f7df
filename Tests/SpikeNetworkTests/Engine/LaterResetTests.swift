import SpikeNetwork
import SpikeSignals
import Testing

/// Resets that come a tick after their spikes, by hand, and where there are none.
@Suite("Later resets") struct LaterResetTests {
    static func network(_ neuron: NeuronModel) -> NetworkDescription {
        NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: 1, maximumInputSpikes: 9,
            populations: [
                Population(name: "n", neuron: neuron, thresholds: [100], biases: [0]),
                Population(name: "readout", neuron: .leakyIntegrator(membraneDecay: 0), thresholds: [1], biases: [0]),
            ],
            connections: [
                Connection(source: .input, target: 0, weights: [30]),
                Connection(source: .population(0), target: 1, weights: [1]),
            ])
    }

    static func spikes(_ reset: SpikingParameters.Reset, maximum: Int32 = 1, _ counts: [UInt16]) throws -> [Int32] {
        let parameters = SpikingParameters(membraneDecay: 1 << 14, reset: reset, maximumSpikes: maximum)
        let engine = try SpikingNetwork(network(.lif(parameters)))
        return try counts.map { count in
            try engine.step(count == 0 ? [] : [ChannelSpikes(channel: 0, count: count)])
            return engine.potential(ofOutput: 0)
        }
    }

    @Test func byHand() throws {
        // 150; 75 + 90 - 100 = 65 later, but 25 + 90 = 115 at once.
        #expect(try Self.spikes(.subtractLater, [5, 3]) == [1, 0])
        #expect(try Self.spikes(.subtract, [5, 3]) == [1, 1])
        // 270 are two; 135 + 180 - 200 = 115.
        #expect(try Self.spikes(.subtractLater, maximum: 7, [9, 6, 0]) == [2, 1, 0])
        // What comes in the tick after the spike is lost.
        #expect(try Self.spikes(.zeroLater, [5, 9, 4]) == [1, 0, 1])
        #expect(try Self.spikes(.zero, [5, 9, 4]) == [1, 1, 1])
    }

    @Test func refractoryAndAdaptiveNeuronsHaveNone() {
        for reset in [SpikingParameters.Reset.subtractLater, .zeroLater] {
            let resting = SpikingParameters(membraneDecay: 1 << 14, reset: reset, refractoryTicks: 1)
            let plain = SpikingParameters(membraneDecay: 1 << 14, reset: reset)
            for neuron in [
                NeuronModel.lif(resting), .adaptiveLIF(plain, adaptationDecay: 1 << 14, increment: 3),
            ] {
                #expect(throws: SpikelineError.self) { try SpikingNetwork(Self.network(neuron)) }
            }
        }
    }

    @Test func theFingerprintTellsThemApart() {
        let all = SpikingParameters.Reset.allCases.map {
            Self.network(.lif(SpikingParameters(membraneDecay: 1 << 14, reset: $0))).fingerprint
        }
        #expect(Set(all).count == 4)
    }
}
