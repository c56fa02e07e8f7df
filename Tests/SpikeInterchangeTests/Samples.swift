import SpikeNetwork
import SpikeSignals
import SpikeTestSupport

@testable import SpikeInterchange

/// Models for tests.
enum Samples {
    /// Input 3 -> "l1" (2, LIF, taps 0 and 2, biases) -> "out" (2, leaky integrator), and "l1" to itself.
    static func small() -> ModelFile {
        let l1 = Population(
            name: "l1", neuron: .lif(SpikingParameters(membraneDecay: 24_576, maximumSpikes: 3, refractoryTicks: 1)),
            thresholds: [100, 120], biases: [5, 0])
        let out = Population(
            name: "out", neuron: .leakyIntegrator(membraneDecay: 32_768), thresholds: [0, 0], biases: [0, 0])
        let network = NetworkDescription(
            tickNanoseconds: 10_000_000, inputs: 3, maximumInputSpikes: 15, populations: [l1, out],
            connections: [
                Connection(
                    source: .input, target: 0, delays: [0, 2], weights: [1, -2, 3, -4, 5, -128, 7, 8, 9, 127, 0, 12]),
                Connection(source: .population(0), target: 0, delays: [1], weights: [0, 1, -1, 0]),
                Connection(source: .population(0), target: 1, weights: [1, 2, 3, 4]),
            ])
        return ModelFile(
            network: network,
            encoder: ModelFile.Stage(type: "cochlea", options: ["channels": .integer(3), "low_hz": .number(60.5)]),
            head: ModelFile.Stage(
                type: "keyword", options: ["labels": .list([.string("yes"), .string("nö \"q\"\n")])]),
            information: ["accuracy": .number(0.1), "nested": .map(["seed": .integer(-7), "on": .bool(true)])])
    }

    /// A network drawn by `dice`: up to four populations of all neuron models, feed-forward, recurrent and delayed.
    static func random(_ dice: inout Dice) -> NetworkDescription {
        let count = dice.pick(1...4)
        var populations: [Population] = []
        for index in 0..<count {
            let size = dice.pick(1...9)
            populations.append(
                Population(
                    name: "p\(index)", neuron: neuron(&dice, readout: index == count - 1),
                    thresholds: (0..<size).map { _ in dice.pick32(1...(.max)) },
                    biases: (0..<size).map { _ in dice.pick(0...1) == 0 ? 0 : dice.pick32(.min ... .max) }))
        }
        var network = NetworkDescription(
            tickNanoseconds: Int64(dice.pick(1_000...50_000_000)), inputs: dice.pick(1...12),
            maximumInputSpikes: dice.pick(1...255), populations: populations, connections: [])
        for target in 0..<count {
            network.connections.append(
                connection(&dice, from: target == 0 ? .input : .population(target - 1), target, network))
            if dice.pick(0...2) == 0, target < count - 1 {
                network.connections.append(connection(&dice, from: .population(target), target, network))
            }
            if dice.pick(0...2) == 0 { network.connections.append(connection(&dice, from: .input, target, network)) }
        }
        return network
    }

    /// Two convolutions, the second with pooling or a delay, and a dense readout of two outputs. `isPlain`: what NIR
    /// says up to rounding, with one bias for each channel.
    static func convolutional(_ dice: inout Dice, isPlain: Bool = false) -> NetworkDescription {
        func weights(_ count: Int) -> [Int8] { (0..<count).map { _ in Int8(dice.pick(-128...127)) } }
        let first = Convolution(
            input: Grid(height: dice.pick(4...7), width: dice.pick(4...7), channels: dice.pick(1...2)), kernel: 3,
            stride: dice.pick(1...2), padding: dice.pick(0...1), channels: dice.pick(1...4))
        let second = Convolution(
            input: first.output, pool: min(dice.pick(1...2), first.output.height, first.output.width), kernel: 1,
            channels: dice.pick(1...3))
        // A membrane that forgets at once: nothing is rounded.
        let plain = SpikingParameters(membraneDecay: 0, reset: .zero)
        func population(_ name: String, _ grid: Grid) -> Population {
            let biases = (0..<grid.channels).map { _ in dice.pick32(-20...20) }
            return Population(
                name: name, neuron: isPlain ? .lif(plain) : neuron(&dice, readout: false),
                thresholds: (0..<grid.count).map { _ in dice.pick32(100...900) },
                biases: (0..<grid.count).map { biases[$0 % grid.channels] })
        }
        let delays = dice.pick(0...1) == 0 ? [0] : [0, 2]
        return NetworkDescription(
            tickNanoseconds: 10_000_000, inputs: first.input.count, maximumInputSpikes: 3,
            populations: [
                population("a", first.output), population("b", second.output),
                Population(
                    name: "out", neuron: .leakyIntegrator(membraneDecay: 24_576), thresholds: [1, 1], biases: [1, -1]),
            ],
            connections: [
                Connection(
                    source: .input, target: 0, pattern: .convolution(first), weights: weights(first.weightCount)),
                Connection(
                    source: .population(0), target: 1, pattern: .convolution(second), delays: delays,
                    weights: weights(delays.count * second.weightCount)),
                Connection(source: .population(1), target: 2, weights: weights(second.output.count * 2)),
                Connection(source: .population(0), target: 2, delays: [1], weights: weights(first.output.count * 2)),
            ])
    }

    private static func neuron(_ dice: inout Dice, readout: Bool) -> NeuronModel {
        let q15: ClosedRange<Int32> = 0...32_768
        if readout { return .leakyIntegrator(membraneDecay: dice.pick32(q15)) }
        let shared = SpikingParameters(
            membraneDecay: dice.pick32(q15), reset: dice.pick(0...1) == 0 ? .zero : .subtract,
            maximumSpikes: dice.pick32(1...255), refractoryTicks: dice.pick32(0...1_000), floor: dice.pick32(.min...0))
        switch dice.pick(0...2) {
        case 0: return .lif(shared)
        case 1: return .currentLIF(shared, synapticDecay: dice.pick32(q15))
        default:
            return .adaptiveLIF(shared, adaptationDecay: dice.pick32(q15), increment: dice.pick32(.min ... .max))
        }
    }

    private static func connection(
        _ dice: inout Dice, from source: Connection.Origin, _ target: Int, _ network: NetworkDescription
    ) -> Connection {
        let sources =
            if case .population(let index) = source { network.populations[index].size } else { network.inputs }
        var delays: Set<Int> = []
        for _ in 0..<dice.pick(1...4) { delays.insert(dice.pick(1...Connection.maximumDelay)) }
        if source != .population(target), dice.pick(0...1) == 0 { delays.insert(0) }
        let count = delays.count * sources * network.populations[target].size
        return Connection(
            source: source, target: target, delays: delays.sorted(),
            weights: (0..<count).map { _ in Int8.random(in: .min ... .max, using: &dice) })
    }

    /// ``large(deviation:)`` with a deviation of 20, made once.
    static let large20 = large(deviation: 20)

    /// A keyword network of 290,000 weights, near normally distributed with standard deviation `deviation`.
    static func large(deviation: Double) -> ModelFile {
        var dice = Dice(state: 7)
        func weights(_ count: Int) -> [Int8] {
            (0..<count).map { _ in
                let sum = (0..<12).reduce(-6.0) { total, _ in total + Double.random(in: 0..<1, using: &dice) }
                return Int8(max(-127, min(127, (sum * deviation).rounded())))
            }
        }
        func layer(_ name: String, _ size: Int) -> Population {
            Population(
                name: name, neuron: .lif(SpikingParameters(membraneDecay: 29_000)),
                thresholds: (0..<size).map { _ in dice.pick32(200...2_000) },
                biases: (0..<size).map { _ in dice.pick32(-50...50) })
        }
        let sizes = [("l1", 40), ("l2", 128), ("l3", 128), ("l4", 128), ("l5", 128)]
        var populations = sizes.dropFirst().map { layer($0.0, $0.1) }
        populations.append(
            Population(
                name: "readout", neuron: .leakyIntegrator(membraneDecay: 30_000),
                thresholds: [Int32](repeating: 1, count: 12), biases: [Int32](repeating: 0, count: 12)))
        var connections = [
            Connection(source: .input, target: 0, delays: [0, 1, 2, 3, 4], weights: weights(5 * 40 * 128))
        ]
        for (index, dilation) in [2, 4, 8].enumerated() {
            connections.append(
                Connection(
                    source: .population(index), target: index + 1, delays: (0..<5).map { $0 * dilation },
                    weights: weights(5 * 128 * 128)))
        }
        connections.append(
            Connection(source: .population(3), target: 4, delays: Array(0..<12), weights: weights(12 * 128 * 12)))
        return ModelFile(
            network: NetworkDescription(
                tickNanoseconds: 10_000_000, inputs: 40, maximumInputSpikes: 31, populations: populations,
                connections: connections),
            encoder: small().encoder, head: small().head, information: small().information)
    }
}
