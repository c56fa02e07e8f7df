/// The parameters as the engine will see them: whole-number weights, and the scale of each neuron.
///
/// The weights of neuron `n` become `round(w / scale[n])` with `scale[n] = max |w| / 127`, so each neuron uses all of
/// Int8; what the scale takes away, the neuron's threshold gives back (``FoldedNormalization``). The readout has no
/// thresholds: its weights share one scale (``TemporalArchitecture/readoutUnit``). The whole numbers are stored as `Float` for
/// the matrix products, which are exact below 2^24.
/// Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
/// Inference" (2018), with one scale per output neuron and straight-through gradients.
@safe
final class QuantizedWeights {
    /// All weights in the parameters' layout; gains, shifts and biases are left as they are.
    let weights: FloatBuffer
    /// For each layer the size of one step of each neuron's weights.
    private(set) var scales: [[Float]]
    /// The readout's biases as potentials.
    private(set) var readoutBiases: [Int32]

    private let architecture: TemporalArchitecture
    private let layout: ParameterLayout

    /// Space for the weights of `architecture`.
    init(_ architecture: TemporalArchitecture, _ layout: ParameterLayout) {
        self.architecture = architecture
        self.layout = layout
        weights = FloatBuffer(layout.count)
        scales = architecture.layers.map { [Float](repeating: 1, count: $0.features) }
        readoutBiases = [Int32](repeating: 0, count: architecture.outputs)
    }

    /// Quantises `parameters`.
    func update(from parameters: FloatBuffer) {
        let source = unsafe parameters.start
        let target = unsafe weights.start
        for (index, parts) in layout.layers.enumerated() {
            let width = architecture.layers[index].features
            var largest = [Float](repeating: 1e-8, count: width)
            for row in stride(from: parts.weights.lowerBound, to: parts.weights.upperBound, by: width) {
                for neuron in 0..<width { largest[neuron] = max(largest[neuron], abs(unsafe source[row + neuron])) }
            }
            scales[index] = largest.map { $0 / 127 }
            let inverse = largest.map { 127 / $0 }
            for row in stride(from: parts.weights.lowerBound, to: parts.weights.upperBound, by: width) {
                for neuron in 0..<width {
                    unsafe target[row + neuron] = (source[row + neuron] * inverse[neuron]).rounded()
                }
            }
        }
        let unit = architecture.readoutUnit
        for part in layout.readoutWeights {
            for position in part { unsafe target[position] = min(max((source[position] * unit).rounded(), -127), 127) }
        }
        for (output, position) in layout.readoutBiases.enumerated() {
            readoutBiases[output] = Int32(min(max(unsafe (source[position] * unit).rounded(), -30_000), 30_000))
        }
    }
}
