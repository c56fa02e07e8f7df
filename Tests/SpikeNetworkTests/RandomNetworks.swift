import SpikeNetwork
import SpikeSignals

/// A generator of test inputs with a seed (SplitMix64).
struct TestGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}

/// Networks and inputs drawn at random, with every kind of neuron and connection.
enum RandomNetworks {
    static func neuron(_ generator: inout TestGenerator) -> NeuronModel {
        let parameters = SpikingParameters(
            membraneDecay: Int32(generator.int(0...32_000)), reset: Bool.random(using: &generator) ? .subtract : .zero,
            maximumSpikes: Int32([1, 3, 7].randomElement(using: &generator) ?? 1),
            refractoryTicks: Int32([0, 0, 1, 3].randomElement(using: &generator) ?? 0),
            floor: -Int32(generator.int(0...4_000)))
        switch generator.int(0...2) {
        case 0: return .lif(parameters)
        case 1: return .currentLIF(parameters, synapticDecay: Int32(generator.int(0...30_000)))
        default:
            return .adaptiveLIF(
                parameters, adaptationDecay: Int32(generator.int(0...32_000)), increment: Int32(generator.int(0...200)))
        }
    }

    static func network(seed: UInt64) -> NetworkDescription {
        var generator = TestGenerator(seed)
        let inputs = generator.int(1...20)
        let sizes = (0..<generator.int(1...4)).map { _ in generator.int(1...24) } + [3]
        var populations: [Population] = []
        for (index, size) in sizes.enumerated() {
            let isReadout = index == sizes.count - 1
            populations.append(
                Population(
                    name: "layer\(index)",
                    neuron: isReadout
                        ? .leakyIntegrator(membraneDecay: Int32(generator.int(0...32_700))) : neuron(&generator),
                    thresholds: (0..<size).map { _ in Int32(generator.int(20...600)) },
                    biases: (0..<size).map { _ in Int32(generator.int(-30...60)) }))
        }
        var connections: [Connection] = []
        func connect(_ source: Connection.Origin, _ sourceSize: Int, _ target: Int, firstDelay: Int) {
            let delays = (0..<generator.int(1...3)).map { firstDelay + $0 * generator.int(1...4) }
            let ascending = Array(Set(delays)).sorted()
            connections.append(
                Connection(
                    source: source, target: target, delays: ascending,
                    weights: (0..<ascending.count * sourceSize * sizes[target]).map { _ in
                        Int8(generator.int(-128...127))
                    }))
        }
        for target in sizes.indices {
            if target == 0 || generator.int(0...3) == 0 { connect(.input, inputs, target, firstDelay: 0) }
            for source in 0..<(sizes.count - 1) where source < target && generator.int(0...2) > 0 {
                connect(.population(source), sizes[source], target, firstDelay: 0)
            }
            for source in target..<max(target, sizes.count - 1) where generator.int(0...2) == 0 {
                connect(.population(source), sizes[source], target, firstDelay: 1)
            }
        }
        return NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: inputs, maximumInputSpikes: 15, populations: populations,
            connections: connections)
    }

    static func input(_ network: NetworkDescription, ticks: Int, seed: UInt64) -> [[ChannelSpikes]] {
        var generator = TestGenerator(seed &+ 99)
        return (0..<ticks).map { _ in
            (0..<network.inputs).compactMap { channel in
                generator.int(0...3) == 0
                    ? ChannelSpikes(channel: UInt16(channel), count: UInt16(generator.int(1...15))) : nil
            }
        }
    }
}
