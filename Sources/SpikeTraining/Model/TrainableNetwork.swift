import SpikeNetwork
import SpikeSignals

/// A network in training: its parameters, their statistics, and the integer network they stand for.
@safe
public final class TrainableNetwork {
    /// The shape.
    public let architecture: TemporalArchitecture
    /// Where each parameter stands.
    public let layout: ParameterLayout
    /// The parameters.
    let parameters: FloatBuffer
    /// The statistics of the currents, averaged over training.
    var statistics: RunningStatistics
    /// The parameters as the engine sees them; see ``quantize()``.
    let quantized: QuantizedWeights

    /// A network with parameters drawn from `seed`.
    public init(_ architecture: TemporalArchitecture, seed: UInt64) {
        self.architecture = architecture
        layout = ParameterLayout(architecture)
        parameters = FloatBuffer(layout.count)
        parameters.array = layout.initialValues(architecture, seed: seed)
        statistics = RunningStatistics(architecture)
        quantized = QuantizedWeights(architecture, layout)
    }

    /// Brings ``quantized`` up to date with the parameters.
    func quantize() { quantized.update(from: parameters) }

    /// Keeps gains positive and readout weights inside Int8, as the integer network needs them.
    func constrain() {
        for parts in layout.layers {
            for position in parts.gains {
                unsafe parameters.start[position] = max(parameters.start[position], 0.05)
            }
        }
        let limit = 127 / architecture.readoutUnit
        for part in layout.readoutWeights {
            for position in part {
                unsafe parameters.start[position] = min(max(parameters.start[position], -limit), limit)
            }
        }
    }

    /// The integer network with the statistics folded into thresholds and biases.
    public func description() -> NetworkDescription {
        quantize()
        var populations: [Population] = []
        var connections: [Connection] = []
        for (index, layer) in architecture.layers.enumerated() {
            let whole = statistics.wholeNumbers(layer: index, scales: quantized.scales[index])
            let parts = layout.layers[index]
            let folded = FoldedNormalization(
                means: whole.means, deviations: whole.deviations,
                gains: parts.gains.map { unsafe parameters.start[$0] },
                shifts: parts.shifts.map { unsafe parameters.start[$0] })
            populations.append(
                Population(
                    name: "layer\(index + 1)",
                    neuron: .lif(
                        SpikingParameters(
                            membraneDecay: architecture.membraneDecay,
                            maximumSpikes: Int32(architecture.maximumSpikes), floor: -(1 << 30))),
                    thresholds: layer.onAllCells(folded.thresholds), biases: layer.onAllCells(folded.biases)))
            connections.append(
                Connection(
                    source: index == 0 ? .input : .population(index - 1), target: index,
                    pattern: layer.convolution.map { .convolution($0) } ?? .dense, delays: layer.delays,
                    weights: parts.weights.map { unsafe Int8(quantized.weights.start[$0]) }))
        }
        populations.append(
            Population(
                name: "readout", neuron: .leakyIntegrator(membraneDecay: architecture.readoutDecay),
                thresholds: [Int32](repeating: 1, count: architecture.outputs), biases: quantized.readoutBiases))
        for (source, part) in zip(architecture.readoutSources, layout.readoutWeights) {
            connections.append(
                Connection(
                    source: .population(source), target: architecture.layers.count,
                    weights: part.map { unsafe Int8(quantized.weights.start[$0]) }))
        }
        return NetworkDescription(
            tickNanoseconds: architecture.tickNanoseconds, inputs: architecture.inputs,
            maximumInputSpikes: architecture.maximumInputSpikes, populations: populations, connections: connections)
    }
}
