/// Where each parameter of a ``TemporalArchitecture`` stands in one flat array of floats.
///
/// ```
/// layer 0: weights [tap][source][neuron], gains [neuron], shifts [neuron]; layer 1: ...; for a convolution
///          [tap][row][column][source channel][channel], [channel], [channel]; readout: weights of its
/// first source [neuron][output], of its second source ..., biases [output]
/// ```
/// One array keeps the optimiser, the checkpoint and the sum over workers to a loop each.
public struct ParameterLayout: Hashable, Sendable {
    /// The parts of one layer.
    struct LayerParts: Hashable, Sendable {
        var weights: Range<Int>
        var gains: Range<Int>
        var shifts: Range<Int>
    }

    /// The parts of each layer.
    let layers: [LayerParts]
    /// The readout's weights, by source.
    let readoutWeights: [Range<Int>]
    /// The readout's biases.
    let readoutBiases: Range<Int>
    /// The number of parameters.
    public let count: Int

    /// Lays out the parameters of `architecture`.
    public init(_ architecture: TemporalArchitecture) {
        var next = 0
        func take(_ count: Int) -> Range<Int> {
            defer { next += count }
            return next..<next + count
        }
        layers = architecture.layers.enumerated().map { index, layer in
            LayerParts(
                weights: take(layer.delays.count * architecture.weightsPerTap(ofLayer: index)),
                gains: take(layer.features), shifts: take(layer.features))
        }
        readoutWeights = architecture.readoutSources.map { take(architecture.layers[$0].width * architecture.outputs) }
        readoutBiases = take(architecture.outputs)
        count = next
    }

    /// Parameters to start from: weights of unit variance per current, gains and shifts that make a neuron fire about
    /// every other tick.
    func initialValues(_ architecture: TemporalArchitecture, seed: UInt64) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        var generator = SeededGenerator(seed, 0x696E_6974)
        for (index, parts) in layers.enumerated() {
            let fanIn = parts.weights.count / architecture.layers[index].features
            let deviation = 1 / Float(fanIn).squareRoot()
            for position in parts.weights { values[position] = generator.normal() * deviation }
            let gain = max(1, Float(architecture.maximumSpikes) * 0.28)
            for position in parts.gains { values[position] = gain }
            for position in parts.shifts { values[position] = gain / 4 }
        }
        let deviation = 0.1 / Float(readoutWeights.reduce(0) { $0 + $1.count } / architecture.outputs).squareRoot()
        for part in readoutWeights { for position in part { values[position] = generator.normal() * deviation } }
        return values
    }
}
