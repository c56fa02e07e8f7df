/// One step of gradient descent on a batch whose parts run on a thread each.
///
/// Each part is normalised over its own clips, so the result does not depend on how many threads there are.
final class BatchStep {
    /// The network in training.
    let network: TrainableNetwork
    /// The parts.
    let shards: [Shard]
    /// The optimiser.
    let optimizer: Adam

    private let gradients: FloatBuffer

    /// Steps on batches of `shards` parts of `clips` clips of at most `mostTicks` ticks.
    init(
        _ network: TrainableNetwork, shards: Int, clips: Int, mostTicks: Int, surrogate: SurrogateGradient
    ) {
        self.network = network
        self.shards = (0..<shards).map { _ in
            Shard(network.architecture, network.layout, clips: clips, mostTicks: mostTicks, surrogate: surrogate)
        }
        optimizer = Adam(count: network.layout.count)
        gradients = FloatBuffer(network.layout.count)
    }

    /// Quantises the weights, calls `body` for each part on a thread of its own, and moves the parameters against the
    /// sum of the gradients that it left in the parts.
    ///
    /// - Returns: the sums of what `body` returned.
    func run(
        rate: Float, weightDecay: Float, _ body: (_ shard: Shard, _ worker: Int) -> (loss: Float, correct: Int)
    ) -> (loss: Float, correct: Int) {
        network.quantize()
        var results = [(loss: Float, correct: Int)](repeating: (0, 0), count: shards.count)
        unsafe results.withUnsafeMutableBufferPointer { results in
            Workers.run(shards.count) { worker in unsafe results[worker] = body(shards[worker], worker) }
        }
        collectGradients()
        optimizer.step(network.parameters, gradients: gradients, rate: rate, weightDecay: weightDecay)
        network.constrain()
        return results.reduce((0, 0)) { ($0.0 + $1.loss, $0.1 + $1.correct) }
    }

    /// Sums the shards' gradients in order, brings weights back to their own units, and updates the statistics.
    private func collectGradients() {
        let scale = 1 / Float(shards.reduce(0) { $0 + $1.clips })
        let g = unsafe gradients.start
        for index in 0..<gradients.count {
            var sum: Float = 0
            for shard in shards { unsafe sum += shard.gradients.start[index] }
            unsafe g[index] = sum * scale
        }
        for (index, parts) in network.layout.layers.enumerated() {
            let width = network.architecture.layers[index].features
            let inverse = network.quantized.scales[index].map { 1 / $0 }
            for row in stride(from: parts.weights.lowerBound, to: parts.weights.upperBound, by: width) {
                for neuron in 0..<width { unsafe g[row + neuron] *= inverse[neuron] }
            }
            for shard in shards {
                network.statistics.blend(
                    layer: index, means: shard.means[index], deviations: shard.deviations[index],
                    scales: network.quantized.scales[index], momentum: 0.05)
            }
        }
        let unit = network.architecture.readoutUnit
        for part in network.layout.readoutWeights + [network.layout.readoutBiases] {
            for position in part { unsafe g[position] *= unit }
        }
    }
}
