import SpikeNetwork
import SpikeSignals
import Testing

@Suite struct SpikingNetworkTests {
    @Test(arguments: 0..<60) func everySpikeAndPotentialEqualsThePlainNetwork(seed: Int) throws {
        let description = RandomNetworks.network(seed: UInt64(seed))
        try PlainNetwork.expectEqualEngine(
            description, input: RandomNetworks.input(description, ticks: 60, seed: UInt64(seed)))
    }

    @Test(arguments: 0..<12) func cuttingTheInputIntoOtherBatchesChangesNothing(seed: Int) throws {
        let description = RandomNetworks.network(seed: UInt64(seed))
        let ticks = RandomNetworks.input(description, ticks: 97, seed: UInt64(seed))
        var reference: [Int32] = []
        for size in [97, 1, 2, 13, 50] {
            let engine = try SpikingNetwork(description)
            var potentials: [Int32] = []
            for start in stride(from: 0, to: 97, by: size) {
                let input = SpikeBatch()
                input.channels = description.inputs
                input.tickNanoseconds = description.tickNanoseconds
                input.firstTick = Int64(start)
                for tick in start..<min(97, start + size) {
                    for spike in ticks[tick] { input.append(channel: Int(spike.channel), count: Int(spike.count)) }
                    input.endTick(level: Int16(tick))
                }
                let output = PotentialBatch()
                try engine.process(input, into: output)
                #expect(output.upTo == input.upTo)
                #expect(output.levels == (start..<min(97, start + size)).map(Int16.init))
                potentials += output.potentials
            }
            if reference.isEmpty { reference = potentials }
            #expect(potentials == reference)
        }
    }

    @Test(arguments: 0..<20) func theInsightHoldsEverySpikeAndChangesNothing(seed: Int) throws {
        let description = RandomNetworks.network(seed: UInt64(seed))
        let ticks = RandomNetworks.input(description, ticks: 50, seed: UInt64(seed))
        let (engine, twin) = (try SpikingNetwork(description), try SpikingNetwork(description))
        let insight = try #require(engine.insight)
        let firing = description.populations.indices.filter { description.populations[$0].neuron.spiking != nil }
        #expect(insight.populations.map(\.size) == firing.map { description.populations[$0].size })
        let (input, output) = (SpikeBatch(), PotentialBatch())
        (input.channels, input.tickNanoseconds) = (description.inputs, description.tickNanoseconds)
        for (number, start) in stride(from: 0, to: 50, by: 10).enumerated() {
            // Seen in every other batch.
            insight.isWanted = number % 2 == 0
            input.removeAll()
            output.removeAll()
            input.firstTick = Int64(start)
            for tick in start..<(start + 10) {
                for spike in ticks[tick] { input.append(channel: Int(spike.channel), count: Int(spike.count)) }
                input.endTick()
            }
            try engine.process(input, into: output)
            for tick in 0..<10 {
                try twin.step(ticks[start + tick])
                #expect(output.potentials[tick * twin.outputs] == twin.potential(ofOutput: 0))
                guard insight.isWanted else { continue }
                for (index, population) in firing.enumerated() {
                    var fired: [ChannelSpikes] = []
                    twin.forEachSpike(ofPopulation: population) { fired.append($0) }
                    let batch = insight.spikes[index]
                    #expect(batch.firstTick == Int64(start) && Array(batch.spikes[batch.range(ofTick: tick)]) == fired)
                }
            }
        }
    }

    @Test func resetForgetsEverything() throws {
        let description = RandomNetworks.network(seed: 7)
        let ticks = RandomNetworks.input(description, ticks: 40, seed: 7)
        let engine = try SpikingNetwork(description)
        func run() throws -> [Int32] {
            var potentials: [Int32] = []
            for tick in ticks {
                try engine.step(tick)
                potentials += (0..<engine.outputs).map(engine.potential(ofOutput:))
            }
            return potentials
        }
        let first = try run()
        #expect(try run() != first)
        engine.reset()
        #expect(engine.ticks == 0 && engine.synapticOperations == 0 && engine.spikesFired == 0)
        #expect(try run() == first)
    }

    @Test func onlyNeuronsThatFiredCostSynapticOperations() throws {
        let description = NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: 4, maximumInputSpikes: 15,
            populations: [
                Population(
                    name: "readout", neuron: .leakyIntegrator(membraneDecay: 0), thresholds: [1, 1, 1],
                    biases: [0, 0, 0])
            ],
            connections: [
                Connection(source: .input, target: 0, delays: [0, 2], weights: [Int8](repeating: 2, count: 24))
            ])
        let engine = try SpikingNetwork(description)
        try engine.step([])
        #expect(engine.synapticOperations == 0)
        try engine.step([ChannelSpikes(channel: 1, count: 5), ChannelSpikes(channel: 3, count: 1)])
        #expect(engine.synapticOperations == 6)
        #expect(engine.potential(ofOutput: 0) == 12)
        try engine.step([])
        #expect(engine.synapticOperations == 6)
        try engine.step([])
        #expect(engine.synapticOperations == 12)
        #expect(engine.potential(ofOutput: 2) == 12)
    }

    @Test func spikesTheNetworkWasNotProvedForAreRefused() throws {
        let description = RandomNetworks.network(seed: 3)
        let engine = try SpikingNetwork(description)
        func message(_ spikes: [ChannelSpikes]) -> String? {
            do {
                try engine.step(spikes)
                return nil
            } catch { return error.what }
        }
        #expect(
            message([ChannelSpikes(channel: 60_000, count: 1)])
                == "expected channels below \(description.inputs), found channel 60000")
        #expect(
            message([ChannelSpikes(channel: 0, count: 16)])
                == "expected at most 15 spikes per tick, found 16 on channel 0")
        #expect(
            message([ChannelSpikes(channel: 0, count: 1), ChannelSpikes(channel: 0, count: 1)])
                == "expected ascending channels, found channel 0 after 0")
    }

    @Test func aBatchOfAnotherEncoderIsRefused() throws {
        let description = RandomNetworks.network(seed: 3)
        let engine = try SpikingNetwork(description)
        let input = SpikeBatch()
        input.channels = description.inputs + 1
        input.tickNanoseconds = description.tickNanoseconds
        input.endTick()
        #expect(throws: SpikelineError.self) { try engine.process(input, into: PotentialBatch()) }
        input.channels = description.inputs
        input.tickNanoseconds += 1
        #expect(throws: SpikelineError.self) { try engine.process(input, into: PotentialBatch()) }
    }
}
