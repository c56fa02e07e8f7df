import SpikeNetwork
import SpikeSignals

extension TrainableNetwork {
    /// A network in training that goes on from an exported one, which may be narrower than `architecture` and lack its last
    /// layers.
    ///
    /// What an exported network says in whole numbers is brought back into weights, gains and shifts: gain and shift follow
    /// from threshold and bias once mean and deviation of the currents are known, and these are measured on `clips`. Neurons
    /// that are new begin with random weights, and what reads them with small ones, so that the outputs hardly change at first
    /// (Chen, Goodfellow, Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer", 2016, section 2.3, has the idea).
    ///
    /// - Parameters:
    ///   - description: a network of the same layers, delays, kernels and outputs as `architecture`; the readout of both must
    ///     see its last layer.
    ///   - clips: some recordings as the network sees them; what is longer than the shortest is not used.
    ///   - priors: octaves by which each output was lowered when the network was exported.
    ///   - seed: draws the weights of new neurons.
    ///   - name: where the network is from, for errors.
    public convenience init(
        _ description: NetworkDescription, _ architecture: TemporalArchitecture, clips: [SpikeClip], priors: [Float],
        seed: UInt64, name: String = "the network"
    ) throws(SpikelineError) {
        let narrow = try architecture.narrowed(to: description, name: name)
        let old = TrainableNetwork(narrow, seed: seed)
        old.take(description, priors: priors)
        let ticks = clips.map(\.ticks).min() ?? 0
        let shard = Shard(narrow, old.layout, clips: clips.count, mostTicks: max(ticks, 1))
        shard.show(clips, ticks: ticks)
        old.quantize()
        shard.forward(
            ticks: ticks, weights: old.quantized, parameters: old.parameters, normalization: .running(old.statistics))
        for index in narrow.layers.indices {
            old.normalize(layer: index, by: shard.statistics(ofLayer: index, ticks: ticks))
        }

        self.init(architecture, seed: seed)
        widen(old)
        let wide = Shard(architecture, layout, clips: clips.count, mostTicks: max(ticks, 1))
        wide.show(clips, ticks: ticks)
        quantize()
        wide.forward(ticks: ticks, weights: quantized, parameters: parameters, normalization: .batch)
        for index in architecture.layers.indices {
            statistics.blend(
                layer: index, means: wide.means[index], deviations: wide.deviations[index],
                scales: quantized.scales[index],
                momentum: 1)
        }
    }

    /// Takes weights, thresholds and biases as they are: gains of one, and statistics that fold to the same whole numbers.
    private func take(_ description: NetworkDescription, priors: [Float]) {
        let p = unsafe parameters.start
        for (index, layer) in architecture.layers.enumerated() {
            let (parts, population) = (layout.layers[index], description.populations[index])
            let values = description.connections[index].weights
            let width = layer.features
            // Weights as large as freshly drawn ones, for the optimiser's steps are.
            var squares = [Float](repeating: 1e-6, count: width)
            for (place, weight) in values.enumerated() { squares[place % width] += Float(weight) * Float(weight) }
            for (place, weight) in values.enumerated() {
                unsafe p[parts.weights.lowerBound + place] = Float(weight) / squares[place % width].squareRoot()
            }
            quantize()
            for neuron in 0..<width {
                let (threshold, bias) = (Float(population.thresholds[neuron]), Float(population.biases[neuron]))
                let scale = quantized.scales[index][neuron]
                unsafe p[parts.gains.lowerBound + neuron] = 1
                unsafe p[parts.shifts.lowerBound + neuron] = bias / threshold
                statistics.means[index][neuron] = 0
                statistics.variances[index][neuron] = threshold * scale * threshold * scale
            }
        }
        let unit = architecture.readoutUnit
        let readout = description.connections[architecture.layers.count...]
        for (part, connection) in zip(layout.readoutWeights, readout) {
            for (place, weight) in zip(part, connection.weights) { unsafe p[place] = Float(weight) / unit }
        }
        // As GestureTrainer.description(of:) takes them away.
        let leak = 1 - Float(architecture.readoutDecay) / 32_768
        for (output, place) in layout.readoutBiases.enumerated() {
            let lowered = priors[output] * leak * Float(1 << architecture.potentialScaleBits)
            unsafe p[place] =
                (Float(description.populations[architecture.layers.count].biases[output]) + lowered) / unit
        }
    }

    /// Gains and shifts that give the same thresholds and biases with these statistics of the whole-number currents.
    private func normalize(layer index: Int, by measured: (means: [Float], deviations: [Float])) {
        let parts = layout.layers[index]
        let p = unsafe parameters.start
        for neuron in measured.means.indices {
            let scale = quantized.scales[index][neuron]
            let (gain, shift) = (parts.gains.lowerBound + neuron, parts.shifts.lowerBound + neuron)
            let threshold = max(statistics.variances[index][neuron].squareRoot() / scale, 1)
            let bias = unsafe p[shift] * threshold
            unsafe p[gain] = max(measured.deviations[neuron] / threshold, 0.05)
            unsafe p[shift] = (bias + measured.means[neuron]) / threshold
            statistics.means[index][neuron] = measured.means[neuron] * scale
            statistics.variances[index][neuron] =
                (measured.deviations[neuron] * scale) * (measured.deviations[neuron] * scale)
        }
    }

    /// Puts the parameters of a narrower network into this one, whose own ones are random.
    private func widen(_ old: TrainableNetwork) {
        let source = unsafe old.parameters.start
        let target = unsafe parameters.start
        var (oldSources, sources) = (architecture.inputs, architecture.inputs)
        for (index, layer) in architecture.layers.prefix(old.architecture.layers.count).enumerated() {
            let (oldWidth, width) = (old.architecture.layers[index].features, layer.features)
            let (from, to) = (old.layout.layers[index], layout.layers[index])
            // Features of the source that a place has weights from: the same for each tap, cell and kernel place.
            if let convolution = layer.convolution { sources = convolution.input.channels }
            if let convolution = old.architecture.layers[index].convolution { oldSources = convolution.input.channels }
            for place in 0..<to.weights.count / (sources * width) {
                for feature in 0..<sources {
                    for neuron in 0..<width {
                        let at = to.weights.lowerBound + (place * sources + feature) * width + neuron
                        if feature < oldSources && neuron < oldWidth {
                            let origin = from.weights.lowerBound + (place * oldSources + feature) * oldWidth + neuron
                            unsafe target[at] = source[origin]
                        } else if neuron < oldWidth {
                            unsafe target[at] *= 0.1
                        }
                    }
                }
            }
            for neuron in 0..<oldWidth {
                unsafe target[to.gains.lowerBound + neuron] = source[from.gains.lowerBound + neuron]
                unsafe target[to.shifts.lowerBound + neuron] = source[from.shifts.lowerBound + neuron]
            }
            (oldSources, sources) = (oldWidth, width)
        }
        let outputs = architecture.outputs
        let oldSource = Dictionary(
            uniqueKeysWithValues: zip(old.architecture.readoutSources, old.layout.readoutWeights))
        for (layer, part) in zip(architecture.readoutSources, layout.readoutWeights) {
            let (from, width) = (oldSource[layer], architecture.layers[layer].features)
            let oldWidth = from == nil ? 0 : old.architecture.layers[layer].features
            for cell in 0..<architecture.layers[layer].cells {
                for place in 0..<width * outputs {
                    let at = part.lowerBound + cell * width * outputs + place
                    if let from, place < oldWidth * outputs {
                        unsafe target[at] = source[from.lowerBound + cell * oldWidth * outputs + place]
                    } else {
                        unsafe target[at] *= 0.1
                    }
                }
            }
        }
        for output in 0..<outputs {
            unsafe target[layout.readoutBiases.lowerBound + output] =
                source[old.layout.readoutBiases.lowerBound + output]
        }
    }
}

extension TemporalArchitecture {
    /// This shape with as many neurons in each layer as `description` has.
    fileprivate func narrowed(
        to description: NetworkDescription, name: String
    ) throws(SpikelineError) -> TemporalArchitecture {
        func fail(_ what: String) -> SpikelineError {
            SpikelineError(
                "the network to start from has another shape: \(what)", at: name,
                hint: "Start from one that was trained here, and ask for no fewer layers, each at least as wide")
        }
        let depth = description.populations.count - 1
        guard (1...layers.count).contains(depth) else {
            throw fail("expected at most \(layers.count) layers, found \(depth)")
        }
        let seen = description.connections.count - depth
        guard seen > 0, readoutSources.contains(depth - seen) else {
            throw fail("a readout of \(seen) of \(depth) layers")
        }
        guard description.inputs == inputs, description.populations[depth].biases.count == outputs else {
            throw fail(
                "expected \(inputs) inputs and \(outputs) outputs, found \(description.inputs) and "
                    + "\(description.populations[depth].biases.count)")
        }
        var narrow = self
        narrow.layers = Array(layers.prefix(depth))
        narrow.readoutLayers = seen
        var grid: Grid?
        for index in narrow.layers.indices {
            let connection = description.connections[index]
            guard connection.delays == layers[index].delays else { throw fail("delays of layer \(index + 1)") }
            let width = description.populations[index].thresholds.count
            if let convolution = layers[index].convolution {
                guard case .convolution(let found) = connection.pattern, found.kernel == convolution.kernel,
                    found.stride == convolution.stride, found.padding == convolution.padding,
                    found.input == grid ?? convolution.input, found.channels <= convolution.channels
                else {
                    throw fail(
                        "expected a convolution of at most \(convolution.channels) channels as layer \(index + 1)")
                }
                narrow.layers[index] = Layer(found, delays: connection.delays)
                grid = found.output
            } else {
                guard connection.pattern == .dense, width <= layers[index].width else {
                    throw fail("expected at most \(layers[index].width) neurons in layer \(index + 1), found \(width)")
                }
                narrow.layers[index].width = width
            }
        }
        for index in narrow.layers.indices {
            let weights = narrow.layers[index].delays.count * narrow.weightsPerTap(ofLayer: index)
            guard description.connections[index].weights.count == weights else {
                throw fail("weights of layer \(index + 1)")
            }
        }
        return narrow
    }
}
