import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

/// Training goes on from an exported network, also from a narrower one or one with fewer layers.
@Suite("Training that starts from a model") struct StartingNetworkTests {
    static func architecture(_ widths: [Int]) -> TemporalArchitecture {
        let first = Convolution(
            input: Grid(height: 8, width: 8, channels: 2), kernel: 3, stride: 2, padding: 1, channels: widths[0])
        let second = Convolution(input: first.output, kernel: 3, stride: 2, padding: 1, channels: widths[1])
        return TemporalArchitecture(
            inputs: 128, maximumInputSpikes: 5, tickNanoseconds: 20_000_000,
            layers: [
                .init(first, delays: [0, 2]), .init(second, delays: [0, 1]), .init(width: widths[2], delays: [0, 3]),
            ], readoutLayers: 2, outputs: 3)
    }

    static let clips: [SpikeClip] = (0..<4).map { number in
        var generator = SeededGenerator(UInt64(number), 3)
        var clip = SpikeClip(label: 0)
        for _ in 0..<40 {
            clip.appendTick(
                (0..<128).filter { _ in generator.chance(0.2) }.map {
                    ChannelSpikes(channel: UInt16($0), count: UInt16(1 + generator.index(below: 4)))
                })
        }
        return clip
    }

    /// A network with random parameters, and statistics as its clips have them.
    static func exported() -> NetworkDescription {
        let network = TrainableNetwork(architecture([4, 6, 10]), seed: 5)
        let shard = Shard(network.architecture, network.layout, clips: 4, mostTicks: 40)
        shard.show(clips, ticks: 40)
        network.quantize()
        shard.forward(ticks: 40, weights: network.quantized, parameters: network.parameters, normalization: .batch)
        for index in 0..<3 {
            network.statistics.blend(
                layer: index, means: shard.means[index], deviations: shard.deviations[index],
                scales: network.quantized.scales[index], momentum: 1)
        }
        return network.description()
    }

    /// The potentials of all outputs after each tick of the first clip.
    static func potentials(_ description: NetworkDescription) throws -> [Int32] {
        let engine = try SpikingNetwork(description)
        return try (0..<40).flatMap { tick in
            try engine.step(clips[0].tick(tick))
            return (0..<3).map { engine.potential(ofOutput: $0) }
        }
    }

    @Test("of the same widths: the same weights, thresholds and biases within one")
    func same() throws {
        let model = Self.exported()
        let started = try TrainableNetwork(
            model, Self.architecture([4, 6, 10]), clips: Self.clips, priors: [0, 0, 0], seed: 1
        ).description()
        #expect(started.connections.map(\.weights) == model.connections.map(\.weights))
        #expect(started.populations[3].biases == model.populations[3].biases)
        for (found, wanted) in zip(started.populations, model.populations) {
            for (one, other) in zip(found.thresholds + found.biases, wanted.thresholds + wanted.biases) {
                // A layer is measured on spikes of thresholds that were rounded once more.
                #expect(abs(one - other) <= max(1, abs(other) / 500), "\(one), expected \(other)")
            }
        }
    }

    @Test("narrower: the old weights stand among new ones, and the outputs change little")
    func wider() throws {
        let model = Self.exported()
        let started = try TrainableNetwork(
            model, Self.architecture([6, 8, 16]), clips: Self.clips, priors: [0, 0, 0], seed: 1
        ).description()
        #expect(started.populations.map(\.size) == [96, 32, 16, 3])
        // Feature 2 of the second layer reads feature 3 of the first as before, up to its scale.
        func weights(_ network: NetworkDescription, _ sources: Int, _ width: Int) -> [Int8] {
            let all = network.connections[1].weights
            return (0..<18).map { all[($0 * sources + 3) * width + 2] }
        }
        let (old, new) = (weights(model, 4, 6), weights(started, 6, 8))
        let (product, square) = (Self.sum(new, old), Self.sum(old, old))
        for (one, other) in zip(new, old) { #expect(abs(Float(one) - product / square * Float(other)) <= 1.01) }
        #expect(try Self.change(from: model, to: started) < 0.5)
    }

    /// The architecture of ``exported()`` with a fourth layer, which the readout sees beside the two it saw.
    static var deeper: TemporalArchitecture {
        var deeper = architecture([4, 6, 10])
        deeper.layers.append(.init(width: 12, delays: [0, 5]))
        deeper.readoutLayers = 3
        return deeper
    }

    @Test("with one layer less: the old layers stay as they are, and the outputs change little")
    func deeper() throws {
        let model = Self.exported()
        let started = try TrainableNetwork(
            model, Self.deeper, clips: Self.clips, priors: [0, 0, 0], seed: 1
        ).description()
        #expect(started.populations.map(\.size) == [64, 24, 10, 12, 3])
        #expect(started.connections[..<3].map(\.weights) == model.connections[..<3].map(\.weights))
        #expect(started.connections[4...5].map(\.weights) == model.connections[3...4].map(\.weights))
        #expect(started.connections[3].delays == [0, 5] && started.connections[6].source == .population(3))
        #expect(started.connections[3].weights.contains { $0 != 0 })
        #expect(try Self.change(from: model, to: started) < 0.1)
    }

    @Test("refuses one whose readout sees a layer that it no longer is to see, or none")
    func otherReadout() {
        var last = Self.deeper
        last.readoutLayers = 2
        var blind = Self.exported()
        blind.connections.removeLast(2)
        for (model, architecture) in [(Self.exported(), last), (blind, Self.deeper)] {
            #expect(throws: SpikelineError.self) {
                try TrainableNetwork(model, architecture, clips: Self.clips, priors: [0, 0, 0], seed: 1)
            }
        }
    }

    /// The mean square of what changes in the outputs, as a part of their variance.
    static func change(from model: NetworkDescription, to other: NetworkDescription) throws -> Float {
        let (before, after) = (try potentials(model).map { Float($0) }, try potentials(other).map { Float($0) })
        let mean: Float = before.reduce(0, +) / Float(before.count)
        var (spread, change): (Float, Float) = (0, 0)
        for (one, other) in zip(before, after) {
            spread += (one - mean) * (one - mean)
            change += (one - other) * (one - other)
        }
        return change / spread
    }

    static func sum(_ a: [Int8], _ b: [Int8]) -> Float {
        var sum: Float = 0
        for (one, other) in zip(a, b) { sum += Float(one) * Float(other) }
        return sum
    }

    @Test("gives back what the prior took from a bias")
    func priors() throws {
        let model = Self.exported()
        let started = try TrainableNetwork(
            model, Self.architecture([4, 6, 10]), clips: Self.clips, priors: [0, 0, 1], seed: 1
        ).description()
        let gained = zip(started.populations[3].biases, model.populations[3].biases).map { $0 - $1 }
        // A leak of 0.2 times an octave of 2^8.
        #expect(gained[..<2] == [0, 0] && abs(gained[2] - 51) <= 1, "\(gained)")
    }

    @Test("refuses a network of another shape", arguments: [[3, 6, 10], [4, 5, 10], [4, 6, 9]])
    func otherShape(widths: [Int]) {
        #expect(throws: SpikelineError.self) {
            try TrainableNetwork(
                Self.exported(), Self.architecture(widths), clips: Self.clips, priors: [0, 0, 0], seed: 1)
        }
    }

    @Test("refuses a network of other delays or outputs")
    func otherKind() {
        var delayed = Self.architecture([4, 6, 10])
        delayed.layers[1].delays = [0, 2]
        var named = Self.architecture([4, 6, 10])
        named.outputs = 4
        var short = Self.architecture([4, 6, 10])
        short.layers.removeLast()
        for other in [delayed, named, short] {
            #expect(throws: SpikelineError.self) {
                try TrainableNetwork(
                    Self.exported(), other, clips: Self.clips, priors: [Float](repeating: 0, count: other.outputs),
                    seed: 1)
            }
        }
    }
}
