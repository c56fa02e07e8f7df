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
        var parameters = SpikingParameters(
            membraneDecay: Int32(generator.int(0...32_000)),
            reset: SpikingParameters.Reset.allCases.randomElement(using: &generator) ?? .zero,
            maximumSpikes: Int32([1, 3, 7].randomElement(using: &generator) ?? 1),
            refractoryTicks: Int32([0, 0, 1, 3].randomElement(using: &generator) ?? 0),
            floor: -Int32(generator.int(0...4_000)))
        let kind = generator.int(0...2)
        if parameters.reset.isLater {
            if kind == 2 { parameters.reset = .zero } else { parameters.refractoryTicks = 0 }
        }
        switch kind {
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

    /// A network of two or three convolutions drawn at random, one of them recurrent now and then, and a dense readout.
    static func convolutional(seed: UInt64) -> NetworkDescription {
        var generator = TestGenerator(seed &+ 7_000)
        let input = Grid(
            height: generator.int(3...11), width: generator.int(3...11), channels: generator.int(1...3))
        var grid = input
        var populations: [Population] = []
        var connections: [Connection] = []
        func weights(_ count: Int) -> [Int8] { (0..<count).map { _ in Int8(generator.int(-128...127)) } }
        func add(_ neuron: NeuronModel, size: Int) {
            populations.append(
                Population(
                    name: "layer\(populations.count)", neuron: neuron,
                    thresholds: (0..<size).map { _ in Int32(generator.int(20...900)) },
                    biases: (0..<size).map { _ in Int32(generator.int(-30...60)) }))
        }
        for layer in 0..<generator.int(2...3) {
            let pool = generator.int(1...min(2, grid.height, grid.width))
            let kernel = generator.int(1...min(5, grid.height / pool, grid.width / pool))
            let convolution = Convolution(
                input: grid, pool: pool, kernel: kernel, stride: generator.int(1...3),
                padding: generator.int(0...kernel - 1), channels: generator.int(1...9))
            let delays = generator.int(0...1) == 0 ? [0] : [0, generator.int(1...3)]
            add(neuron(&generator), size: convolution.output.count)
            connections.append(
                Connection(
                    source: layer == 0 ? .input : .population(layer - 1), target: layer,
                    pattern: .convolution(convolution), delays: delays,
                    weights: weights(delays.count * convolution.weightCount)))
            grid = convolution.output
            if generator.int(0...2) == 0 {
                let side = 2 * generator.int(0...1) + 1
                let recurrent = Convolution(
                    input: grid, kernel: side, padding: side / 2, channels: grid.channels)
                connections.append(
                    Connection(
                        source: .population(layer), target: layer, pattern: .convolution(recurrent), delays: [1],
                        weights: weights(recurrent.weightCount)))
            }
        }
        add(.leakyIntegrator(membraneDecay: 30_000), size: 3)
        connections.append(
            Connection(
                source: .population(populations.count - 2), target: populations.count - 1,
                weights: weights(grid.count * 3)))
        return NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: input.count, maximumInputSpikes: 15, populations: populations,
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
