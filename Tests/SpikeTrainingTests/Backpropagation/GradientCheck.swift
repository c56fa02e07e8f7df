import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

/// Compares the trainer's gradient with finite differences of the network that its surrogate belongs to.
struct GradientCheck {
    let architecture: TemporalArchitecture
    var surrogate = SurrogateGradient.straightLine
    let ticks = 9
    let clips = 4

    struct Setup {
        let network: TrainableNetwork
        let shard: Shard
        let labels: [Int]
    }

    func setUp() -> Setup {
        let network = TrainableNetwork(architecture, seed: 5)
        network.quantize()
        // Finer steps than Int8 has, so that rounding does not drown the differences.
        var generator = SeededGenerator(77)
        for parts in network.layout.layers {
            for index in parts.weights { unsafe network.quantized.weights.start[index] *= 1_000 }
        }
        for index in network.layout.readoutWeights.joined() {
            unsafe network.quantized.weights.start[index] = (generator.normal() * 30_000).rounded()
        }
        let shard = Shard(
            architecture, network.layout, clips: clips, mostTicks: ticks, surrogate: surrogate)
        shard.isSmoothed = true
        for index in 0..<shard.input.count { unsafe shard.input.start[index] = Float(generator.index(below: 16)) }
        return Setup(network: network, shard: shard, labels: [0, 1, 2, 1])
    }

    func loss(_ setup: Setup) -> Double {
        setup.shard.forward(
            ticks: ticks, weights: setup.network.quantized, parameters: setup.network.parameters,
            normalization: .batch)
        var pooled = PooledLoss(clips: clips, outputs: 3)
        pooled.smoothing = 0.1
        let (loss, _) = setup.shard.backward(
            ticks: ticks, windows: [2..<ticks], loss: pooled, labels: setup.labels,
            clipWeights: [1, 1, 1, 1], teacher: nil, weights: setup.network.quantized,
            parameters: setup.network.parameters)
        return Double(loss)
    }

    /// Central difference of the loss for a change of `delta` of `buffer[index]`.
    func difference(_ setup: Setup, _ buffer: FloatBuffer, _ index: Int, delta: Float) -> Double {
        let old = unsafe buffer.start[index]
        unsafe buffer.start[index] = old + delta
        let above = loss(setup)
        unsafe buffer.start[index] = old - delta
        let below = loss(setup)
        unsafe buffer.start[index] = old
        return (above - below) / (2 * Double(delta))
    }

    /// The cosine between the gradient and the finite differences over `indices`, and the ratio of their lengths.
    func compare(_ setup: Setup, _ buffer: FloatBuffer, indices: [Int], delta: Float) -> (cosine: Double, ratio: Double)
    {
        _ = loss(setup)
        let gradient = indices.map { Double(setup.shard.gradients.array[$0]) }
        let differences = indices.map { difference(setup, buffer, $0, delta: delta) }
        let dot = zip(gradient, differences).reduce(0) { $0 + $1.0 * $1.1 }
        let lengthG = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let lengthD = differences.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return (dot / (lengthG * lengthD), lengthG / lengthD)
    }

    /// Expects the gradients of all gains and shifts to agree.
    func expectGainsAndShifts() {
        let setup = setUp()
        for parts in setup.network.layout.layers {
            for range in [parts.gains, parts.shifts] {
                let result = compare(setup, setup.network.parameters, indices: Array(range), delta: 0.01)
                #expect(result.cosine > 0.99, "cosine \(result.cosine)")
                #expect(abs(result.ratio - 1) < 0.05, "ratio \(result.ratio)")
            }
        }
    }

    /// Expects the gradients of the weights of a layer to agree.
    func expectWeights(layer: Int) {
        let setup = setUp()
        let range = Array(setup.network.layout.layers[layer].weights)
        let result = compare(setup, setup.network.quantized.weights, indices: range, delta: 500)
        #expect(result.cosine > 0.98, "cosine \(result.cosine)")
        #expect(abs(result.ratio - 1) < 0.05, "ratio \(result.ratio)")
    }
}
