import Foundation
import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

/// One more output on a small network with two layers that the readout sees.
@Suite("A new output") struct OutputEnrolmentTests {
    static let neurons = [5, 3]

    /// Four inputs, two layers, two outputs, drawn weights; the readout sees the first layer at `delays`.
    static func network(delays: [Int] = [0]) -> NetworkDescription {
        var generator = SeededGenerator(4)
        func weights(_ count: Int, _ range: ClosedRange<Float> = -60...90) -> [Int8] {
            (0..<count).map { _ in Int8(generator.uniform(range)) }
        }
        let spiking = SpikingParameters(membraneDecay: 16_384, maximumSpikes: 7)
        func layer(_ name: String, _ size: Int) -> Population {
            Population(
                name: name, neuron: .lif(spiking), thresholds: Array(repeating: 120, count: size),
                biases: Array(repeating: 3, count: size))
        }
        return NetworkDescription(
            tickNanoseconds: 20_000_000, inputs: 4, maximumInputSpikes: 15,
            populations: [
                layer("one", 5), layer("two", 3),
                Population(
                    name: "readout", neuron: .leakyIntegrator(membraneDecay: 26_214), thresholds: [1, 1],
                    biases: [-7, 5]),
            ],
            connections: [
                Connection(source: .input, target: 0, delays: [0, 1], weights: weights(2 * 4 * 5)),
                Connection(source: .population(0), target: 1, weights: weights(5 * 3)),
                Connection(source: .population(0), target: 2, delays: delays, weights: weights(delays.count * 10)),
                Connection(source: .population(1), target: 2, weights: weights(3 * 2)),
            ])
    }

    /// Drawn spikes; for the new class channel 0 is loud first and channel 3 later, for others the other way round.
    static func clip(isNew: Bool, seed: UInt64, ticks: Int = 24) -> SpikeClip {
        var generator = SeededGenerator(seed, isNew ? 1 : 0)
        var clip = SpikeClip(label: 0)
        for tick in 0..<ticks {
            let loud = (tick < ticks / 2) == isNew ? 0 : 3
            clip.appendTick(
                (0..<4).map { channel in
                    ChannelSpikes(
                        channel: UInt16(channel), count: UInt16(1 + generator.index(below: channel == loud ? 12 : 2)))
                })
        }
        return clip
    }

    static func potentials(_ network: NetworkDescription, _ clip: SpikeClip) throws -> [[Int32]] {
        let engine = try SpikingNetwork(network)
        return try (0..<clip.ticks).map { tick in
            try engine.step(clip.tick(tick))
            return (0..<engine.outputs).map { engine.potential(ofOutput: $0) }
        }
    }

    static var settings: OutputEnrolment.Settings {
        var settings = OutputEnrolment.Settings()
        settings.steps = 120
        settings.windowTicks = 1
        settings.rate = 5
        settings.decay = 1e-6
        settings.hardest = 60
        settings.choosing = [20, 60]
        return settings
    }

    static func examples(_ enrolment: OutputEnrolment, from seed: UInt64, count: Int = 8) throws
        -> [OutputEnrolment.Example]
    {
        try (0..<UInt64(count)).flatMap { index in
            [
                try enrolment.example(clip(isNew: true, seed: seed + index), isNew: true, judged: 18..<24),
                try enrolment.example(clip(isNew: false, seed: seed + index), isNew: false),
            ]
        }
    }

    @Test("leaves every old potential as it was, bit for bit", arguments: [[0], [0, 2], [0, 3], [1, 2]])
    func oldOutputs(delays: [Int]) throws {
        let before = Self.network(delays: delays)
        let enrolment = try OutputEnrolment(before, scaleBits: 8, delays: [0, 2, 5])
        var generator = SeededGenerator(8)
        let new = OutputEnrolment.NewOutput(
            weights: (0..<3 * 8).map { _ in Int8(generator.uniform(-127...127)) }, bias: 11)
        let after = enrolment.network(with: new)
        #expect(after.populations[2].size == 3)
        #expect(after.connections[2].delays == Set(delays + [0, 2, 5]).sorted())
        for seed in 0..<4 {
            let clip = Self.clip(isNew: seed % 2 == 0, seed: UInt64(seed), ticks: 40)
            let (old, extended) = (try Self.potentials(before, clip), try Self.potentials(after, clip))
            #expect(extended.map { Array($0[..<2]) } == old)
            #expect(old.contains { $0[0] != old[0][0] })
        }
    }

    @Test("has the potential that the learner thinks it has, but for rounding")
    func newPotential() throws {
        let enrolment = try OutputEnrolment(Self.network(), scaleBits: 8, delays: [0, 2, 5])
        var generator = SeededGenerator(9)
        let new = OutputEnrolment.NewOutput(
            weights: (0..<3 * 8).map { _ in Int8(generator.uniform(-127...127)) }, bias: -20)
        let clip = Self.clip(isNew: true, seed: 3, ticks: 60)
        let thought = enrolment.potentials(of: new, in: try enrolment.example(clip, isNew: true))
        let run = try Self.potentials(enrolment.network(with: new), clip)
        // Each tick rounds the decayed potential by at most a half, and four fifths of that stay: at most 2.5 in all.
        for tick in 0..<60 { #expect(abs(thought[tick] * 256 - Float(run[tick][2])) <= 3) }
        #expect(Set(run.map { $0[2] }).count > 20)
    }

    @Test("tells what differs only in the order of sounds, from examples it has not seen, twice the same")
    func learns() throws {
        let enrolment = try OutputEnrolment(Self.network(), scaleBits: 8, delays: [0, 4, 8, 12])
        let examples = try Self.examples(enrolment, from: 0)
        let new = try enrolment.learn(examples, settings: Self.settings)
        #expect(try enrolment.learn(examples, settings: Self.settings) == new)
        #expect(new.weights.contains { abs($0) > 5 })
        let network = enrolment.network(with: new)
        for seed in 100..<120 {
            for isNew in [true, false] {
                let end = try Self.potentials(network, Self.clip(isNew: isNew, seed: UInt64(seed)))[20]
                #expect((end[2] > max(end[0], end[1])) == isNew, "\(end)")
            }
        }
    }

    @Test("learning lowers the cross-entropy, computed plainly")
    func loss() throws {
        let enrolment = try OutputEnrolment(Self.network(), scaleBits: 8, delays: [0, 4])
        let examples = try Self.examples(enrolment, from: 0)
        func loss(_ new: OutputEnrolment.NewOutput) -> Double {
            var sums: [Bool: (sum: Double, count: Double)] = [:]
            for example in examples {
                let own = enrolment.potentials(of: new, in: example)
                for tick in example.judged {
                    let old = (0..<2).reduce(0.0) { $0 + exp2(Double(example.potentials[tick * 2 + $1])) }
                    let share = exp2(Double(own[tick])) / (exp2(Double(own[tick])) + old)
                    let cost = -log(example.isNew ? share : 1 - share)
                    sums[example.isNew, default: (0, 0)].sum += cost
                    sums[example.isNew, default: (0, 0)].count += 1
                }
            }
            return sums.values.reduce(0) { $0 + $1.sum / $1.count }
        }
        var settings = Self.settings
        settings.hardest = .max
        var losses: [Double] = []
        for steps in [1, 20, 120] {
            settings.steps = steps
            losses.append(loss(try enrolment.learn(examples, settings: settings)))
        }
        #expect(losses[0] > losses[1] && losses[1] > losses[2], "\(losses)")
        #expect(losses[2] < 0.7 * losses[0], "\(losses)")
    }

    @Test("a raised bias raises the potential by so many octaves")
    func raised() throws {
        let enrolment = try OutputEnrolment(Self.network(), scaleBits: 8)
        let new = OutputEnrolment.NewOutput(weights: Array(repeating: 1, count: 8), bias: 0)
        let clip = Self.clip(isNew: true, seed: 1, ticks: 80)
        let low = try Self.potentials(enrolment.network(with: new), clip)[79][2]
        let high = try Self.potentials(enrolment.network(with: enrolment.raised(new, by: 3)), clip)[79][2]
        #expect(abs(high - low - 768) <= 6, "\(low) to \(high)")
    }

    @Test("refuses readouts that it does not understand")
    func refusals() throws {
        var twice = Self.network()
        twice.connections.append(twice.connections[2])
        var fromInput = Self.network()
        fromInput.connections.append(Connection(source: .input, target: 2, weights: Array(repeating: 0, count: 8)))
        var alone = Self.network()
        alone.connections.removeLast(2)
        for network in [twice, fromInput, alone] {
            #expect(throws: SpikelineError.self) { try OutputEnrolment(network, scaleBits: 8) }
        }
        let enrolment = try OutputEnrolment(Self.network(), scaleBits: 8)
        let new = try enrolment.example(Self.clip(isNew: true, seed: 1), isNew: true)
        #expect(throws: SpikelineError.self) { try enrolment.learn([new]) }
        let short = try enrolment.example(Self.clip(isNew: false, seed: 1, ticks: 6), isNew: false)
        #expect(throws: SpikelineError.self) { try enrolment.learn([new, short]) }
    }

}
