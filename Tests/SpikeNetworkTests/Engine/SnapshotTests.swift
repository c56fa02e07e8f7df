import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeNetwork

@Suite("The state of a network") struct SnapshotTests {
    private func networks(_ seed: Int) -> NetworkDescription {
        seed % 3 == 2
            ? RandomNetworks.convolutional(seed: UInt64(seed)) : RandomNetworks.network(seed: UInt64(seed))
    }

    @Test("restored elsewhere goes on bit for bit, wherever it was taken", arguments: 0..<30)
    func goesOn(seed: Int) throws {
        let description = networks(seed)
        let ticks = RandomNetworks.input(description, ticks: 60, seed: UInt64(seed))
        var dice = Dice(state: UInt64(seed))
        let cut = dice.pick(0...59)
        let whole = try SpikingNetwork(description)
        let other = try SpikingNetwork(description)
        // What the other did before must not matter.
        for tick in ticks.prefix(dice.pick(0...20)) { try other.step(tick) }
        for (index, tick) in ticks.enumerated() {
            if index == cut { try other.restore(whole.snapshot()) }
            try whole.step(tick)
            guard index >= cut else { continue }
            try other.step(tick)
            for population in description.populations.indices {
                #expect(
                    other.membranePotentials(ofPopulation: population)
                        == whole.membranePotentials(ofPopulation: population))
                #expect(
                    other.synapticOperations(ofPopulation: population)
                        == whole.synapticOperations(ofPopulation: population))
            }
        }
        #expect(other.ticks == whole.ticks && other.spikesFired == whole.spikesFired)
        #expect(other.snapshot() == whole.snapshot())
    }

    @Test("of another network, damaged or cut off is refused, and the network is as it was")
    func refused() throws {
        let description = networks(4)
        let network = try SpikingNetwork(description)
        for tick in RandomNetworks.input(description, ticks: 30, seed: 4) { try network.step(tick) }
        let bytes = network.snapshot()
        func complaint(_ bytes: [UInt8]) -> String? {
            do { try network.restore(bytes) } catch { return error.what }
            return nil
        }
        var heavier = description
        heavier.connections[0].weights[0] ^= 1
        #expect(complaint(try SpikingNetwork(heavier).snapshot())?.contains("another model") == true)
        #expect(complaint([])?.contains("something else") == true)
        var older = bytes
        older[7] ^= 1
        #expect(complaint(older)?.contains("of this version") == true)
        var dice = Dice(state: 1)
        for _ in 0..<500 * Environment.fuzz {
            var damaged = bytes
            if dice.pick(0...3) == 0 { damaged.removeLast(dice.pick(1...damaged.count)) }
            if !damaged.isEmpty, damaged.count == bytes.count {
                damaged[dice.pick(0...damaged.count - 1)] ^= UInt8(dice.pick(1...255))
            }
            #expect(complaint(damaged) != nil)
        }
        #expect(network.snapshot() == bytes)
    }

    @Test("with a right checksum and wrong values is refused or within the proven bounds, and the engine runs on")
    func hostile() throws {
        var dice = Dice(state: 7)
        var (taken, refused) = (0, 0)
        for round in 0..<600 * Environment.fuzz {
            let description = networks(round % 12)
            let network = try SpikingNetwork(description)
            let ticks = RandomNetworks.input(description, ticks: 12, seed: 5)
            for tick in ticks { try network.step(tick) }
            var bytes = network.snapshot()
            for _ in 0..<dice.pick(1...3) {
                bytes[dice.pick(16...bytes.count - 9)] = UInt8(dice.pick(0...255))
            }
            var writer = IntegerWriter()
            writer.append(Checksum.of(bytes.dropLast(8)))
            bytes.replaceSubrange(bytes.count - 8..<bytes.count, with: writer.bytes)
            do { try network.restore(bytes) } catch {
                refused += 1
                continue
            }
            taken += 1
            for (index, bounds) in network.proof.bounds.enumerated() {
                let membranes = network.membranePotentials(ofPopulation: index)
                #expect(membranes.allSatisfy { abs(Int64($0)) <= bounds.membrane })
            }
            for tick in ticks { try network.step(tick) }
        }
        #expect(taken > 20 && refused > 20)
    }
}
