import SpikeNetwork
import SpikeSignals
import Testing

@Suite struct ConvolutionTests {
    @Test(arguments: 0..<60) func everySpikeAndPotentialEqualsThePlainNetwork(seed: Int) throws {
        let description = RandomNetworks.convolutional(seed: UInt64(seed))
        try PlainNetwork.expectEqualEngine(
            description, input: RandomNetworks.input(description, ticks: 24, seed: UInt64(seed)))
    }

    /// A single spike in the middle reaches the mirrored kernel around it and costs just that many operations.
    @Test func aSpikeReachesItsNeighboursThroughTheKernel() throws {
        let engine = try SpikingNetwork(
            Self.network(Convolution(input: Grid(height: 5, width: 5, channels: 1), kernel: 3, padding: 1, channels: 1))
        )
        try engine.step([ChannelSpikes(channel: 12, count: 2)])
        let potentials = engine.membranePotentials(ofPopulation: 0)
        let around = [6, 7, 8, 11, 12, 13, 16, 17, 18].map { potentials[$0] }
        #expect(around == [18, 16, 14, 12, 10, 8, 6, 4, 2])
        #expect(potentials.reduce(0, +) == 90)
        #expect(engine.synapticOperations == 9)
        engine.reset()
        try engine.step([ChannelSpikes(channel: 0, count: 1)])
        #expect(engine.synapticOperations == 4)
    }

    @Test func aPoolSumsItsSquareAndLeavesOutWhatDoesNotFill() throws {
        let engine = try SpikingNetwork(
            Self.network(
                Convolution(input: Grid(height: 5, width: 5, channels: 1), pool: 2, kernel: 1, channels: 1),
                weights: [3]))
        try engine.step([0, 1, 4, 5, 6, 24].map { ChannelSpikes(channel: $0, count: 1) })
        #expect(engine.membranePotentials(ofPopulation: 0) == [12, 0, 0, 0])
    }

    @Test func theWorstCaseIsReached() throws {
        let convolution = Convolution(
            input: Grid(height: 4, width: 4, channels: 2), pool: 2, kernel: 3, stride: 1, padding: 1, channels: 1)
        let engine = try SpikingNetwork(
            Self.network(convolution, weights: [Int8](repeating: 100, count: 18), spikes: 7))
        try engine.step((0..<32).map { ChannelSpikes(channel: $0, count: 7) })
        #expect(engine.proof.bounds[0].current == 100 * 7 * 4 * 4 * 2)
        #expect(engine.membranePotentials(ofPopulation: 0).map(Int64.init) == [22_400, 22_400, 22_400, 22_400])
    }

    @Test(arguments: [
        (Convolution(input: Grid(height: 2, width: 2, channels: 1), kernel: 3, channels: 1), "a kernel that fits"),
        (
            Convolution(input: Grid(height: 2, width: 2, channels: 1), pool: 3, kernel: 1, channels: 1),
            "side of the pool"
        ),
        (Convolution(input: Grid(height: 2, width: 2, channels: 1), kernel: 1, stride: 0, channels: 1), "a stride"),
        (Convolution(input: Grid(height: 2, width: 2, channels: 1), kernel: 2, padding: 2, channels: 1), "a padding"),
        (Convolution(input: Grid(height: 0, width: 2, channels: 1), kernel: 1, channels: 1), "a height"),
        (Convolution(input: Grid(height: 2, width: 2, channels: 1), kernel: 1, channels: 0), "target channels"),
        (Convolution(input: Grid(height: 3, width: 3, channels: 1), kernel: 1, channels: 1), "a convolution of"),
    ])
    func shapesAreChecked(convolution: Convolution, complaint: String) {
        var description = Self.network(
            Convolution(input: Grid(height: 2, width: 2, channels: 1), kernel: 1, channels: 1), weights: [1])
        description.connections[0].pattern = .convolution(convolution)
        #expect {
            _ = try SpikingNetwork(description)
        } throws: { error in
            "\(error)".contains(complaint)
        }
    }

    /// A convolution of the input to a population that never reaches its threshold, and a readout.
    static func network(
        _ convolution: Convolution, weights: [Int8] = [1, 2, 3, 4, 5, 6, 7, 8, 9], spikes: Int = 15
    ) -> NetworkDescription {
        let size = convolution.output.count
        return NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: convolution.input.count, maximumInputSpikes: spikes,
            populations: [
                Population(
                    name: "grid", neuron: .lif(SpikingParameters(membraneDecay: 0)),
                    thresholds: [Int32](repeating: 1 << 20, count: size), biases: [Int32](repeating: 0, count: size)),
                Population(
                    name: "readout", neuron: .leakyIntegrator(membraneDecay: 0), thresholds: [1], biases: [0]),
            ],
            connections: [
                Connection(source: .input, target: 0, pattern: .convolution(convolution), weights: weights),
                Connection(source: .population(0), target: 1, weights: [Int8](repeating: 1, count: size)),
            ])
    }
}
