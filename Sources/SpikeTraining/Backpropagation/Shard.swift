import SpikeSignals

/// One worker's part of a batch: forward in the engine's integers, backward with surrogate gradients.
///
/// ```
/// counts --> currents --> threshold, bias --> spikes --> currents ... --> readout --> loss
///        taps: one matrix product per delay, exact in Float because everything is a whole number
/// ```
/// A shard normalises over its own clips, so the result does not depend on how many threads there are. All buffers
/// are allocated once.
@safe
final class Shard {
    /// How a layer gets its thresholds and biases.
    enum Normalization {
        /// From the statistics of this shard's clips.
        case batch
        /// From running statistics, as the exported network has them.
        case running(RunningStatistics)
    }

    let architecture: TemporalArchitecture
    let layout: ParameterLayout
    let clips: Int
    let mostTicks: Int
    /// The input counts, `[tick * clips + clip][channel]`.
    let input: FloatBuffer
    /// The gradient of the parameters; weights in units of whole numbers until the trainer rescales them.
    let gradients: FloatBuffer
    /// The readout in octaves, `[tick * clips + clip][output]`.
    let readout: FloatBuffer
    /// The statistics of the latest batch, by layer, in whole-number units.
    private(set) var means: [[Float]] = []
    private(set) var deviations: [[Float]] = []
    /// What stands for the derivative of the spikes on the way back.
    let surrogate: SurrogateGradient
    /// See ``LIFScan/isSmoothed``.
    var isSmoothed = false

    private var currents: [FloatBuffer] = []
    private var spikes: [FloatBuffer] = []
    private var potentials: [FloatBuffer] = []
    private var spikeGradients: [FloatBuffer] = []
    /// For each layer that is a convolution what brings it into the form of a matrix product.
    private let patches: [Patches?]
    private let readoutGradients: FloatBuffer
    private let membranes: UnsafeMutablePointer<Int32>

    /// A shard of `clips` clips of up to `mostTicks` ticks.
    init(
        _ architecture: TemporalArchitecture, _ layout: ParameterLayout, clips: Int, mostTicks: Int,
        surrogate: SurrogateGradient = .straightLine
    ) {
        self.architecture = architecture
        self.surrogate = surrogate
        self.layout = layout
        self.clips = clips
        self.mostTicks = mostTicks
        let rows = clips * mostTicks
        input = FloatBuffer(rows * architecture.inputs)
        gradients = FloatBuffer(layout.count)
        readout = FloatBuffer(rows * architecture.outputs)
        readoutGradients = FloatBuffer(rows * architecture.outputs)
        patches = architecture.layers.map { $0.convolution.map(Patches.init) }
        for layer in architecture.layers {
            currents.append(FloatBuffer(rows * layer.width))
            spikes.append(FloatBuffer(rows * layer.width))
            potentials.append(FloatBuffer(rows * layer.width))
            spikeGradients.append(FloatBuffer(rows * layer.width))
        }
        let widest = max(architecture.layers.map(\.width).max() ?? 1, architecture.outputs)
        unsafe membranes = .allocate(capacity: clips * widest)
        unsafe membranes.initialize(repeating: 0, count: clips * widest)
    }

    deinit { unsafe membranes.deallocate() }

    /// The spike counts of layer `index` after ``forward(ticks:weights:parameters:normalization:)``.
    func spikeCounts(ofLayer index: Int) -> FloatBuffer { spikes[index] }

    /// Puts the first `ticks` ticks of as many clips as the shard has into ``input``.
    func show(_ shown: [SpikeClip], ticks: Int) {
        input.clear()
        for (clip, spikes) in shown.enumerated() {
            for tick in 0..<ticks {
                for spike in spikes.tick(tick) {
                    unsafe input.start[(tick * clips + clip) * architecture.inputs + Int(spike.channel)] = Float(
                        spike.count)
                }
            }
        }
    }

    /// Means and deviations of the currents of layer `index` in the latest forward run, whatever it normalised with.
    func statistics(ofLayer index: Int, ticks: Int) -> (means: [Float], deviations: [Float]) {
        let layer = architecture.layers[index]
        return unsafe BatchNormalization(width: layer.features).statistics(
            currents[index].start, rows: ticks * clips * layer.cells)
    }

    // MARK: Forward

    /// Runs the input through all layers and the readout.
    func forward(
        ticks: Int, weights: QuantizedWeights, parameters: FloatBuffer, normalization: Normalization
    ) {
        means.removeAll()
        deviations.removeAll()
        for index in architecture.layers.indices {
            let rows = ticks * clips
            currents[index].clear(rows * architecture.layers[index].width)
            gather(layer: index, ticks: ticks, weights: weights)
            fire(layer: index, ticks: ticks, weights: weights, parameters: parameters, normalization: normalization)
        }
        integrateReadout(ticks: ticks, weights: weights)
    }

    private func fire(
        layer index: Int, ticks: Int, weights: QuantizedWeights, parameters: FloatBuffer,
        normalization: Normalization
    ) {
        let layer = architecture.layers[index]
        let statistics =
            switch normalization {
            case .batch:
                unsafe BatchNormalization(width: layer.features).statistics(
                    currents[index].start, rows: ticks * clips * layer.cells)
            case .running(let running): running.wholeNumbers(layer: index, scales: weights.scales[index])
            }
        means.append(statistics.means)
        deviations.append(statistics.deviations)
        let parts = layout.layers[index]
        let folded = FoldedNormalization(
            means: statistics.means, deviations: statistics.deviations,
            gains: parts.gains.map { unsafe parameters.start[$0] },
            shifts: parts.shifts.map { unsafe parameters.start[$0] })
        unsafe scan(layer.width).forward(
            currents[index].start, ticks: ticks, thresholds: layer.onAllCells(folded.thresholds),
            biases: layer.onAllCells(folded.biases),
            membranes: membranes, spikes: spikes[index].start, potentials: potentials[index].start)
    }

    private func integrateReadout(ticks: Int, weights: QuantizedWeights) {
        let outputs = architecture.outputs
        readout.clear(ticks * clips * outputs)
        for (source, part) in zip(architecture.readoutSources, layout.readoutWeights) {
            unsafe MatrixProduct.add(
                spikes[source].start, times: weights.weights.start + part.lowerBound, to: readout.start,
                rows: ticks * clips, inner: architecture.layers[source].width, columns: outputs)
        }
        unsafe membranes.update(repeating: 0, count: clips * outputs)
        let unit = 1 / Float(1 << architecture.potentialScaleBits)
        for row in 0..<ticks * clips {
            for output in 0..<outputs {
                let position = row * outputs + output
                let cell = (row % clips) * outputs + output
                let decayed = unsafe (Int64(membranes[cell]) * Int64(architecture.readoutDecay) + (1 << 14)) >> 15
                unsafe membranes[cell] =
                    Int32(truncatingIfNeeded: decayed) + Int32(readout.start[position]) + weights.readoutBiases[output]
                unsafe readout.start[position] = Float(membranes[cell]) * unit
            }
        }
    }

    // MARK: Backward

    /// Computes the loss of each of the windows, and puts the gradient of their sum into
    /// ``gradients``.
    func backward(
        ticks: Int, windows: [Range<Int>], loss: PooledLoss, labels: [Int], clipWeights: [Float], teacher: [Float]?,
        weights: QuantizedWeights, parameters: FloatBuffer
    ) -> (loss: Float, correct: Int) {
        gradients.clear()
        readoutGradients.clear(ticks * clips * architecture.outputs)
        var result: (loss: Float, correct: Int) = (0, 0)
        for window in windows {
            let part = unsafe loss.evaluate(
                readout.start, ticks: window, labels: labels, weights: clipWeights, teacher: teacher,
                gradients: readoutGradients.start)
            result = (result.loss + part.loss, result.correct + part.correct)
        }
        backwardReadout(ticks: ticks, weights: weights)
        for index in architecture.layers.indices.reversed() {
            backward(layer: index, ticks: ticks, weights: weights, parameters: parameters)
        }
        return result
    }

    private func backwardReadout(ticks: Int, weights: QuantizedWeights) {
        let outputs = architecture.outputs
        let row = clips * outputs
        let decay = Float(architecture.readoutDecay) / 32_768
        let unit = 1 / Float(1 << architecture.potentialScaleBits)
        let g = unsafe readoutGradients.start
        for index in 0..<ticks * row { unsafe g[index] *= unit }
        for tick in stride(from: ticks - 2, through: 0, by: -1) {
            for index in tick * row..<(tick + 1) * row { unsafe g[index] += decay * g[index + row] }
        }
        for position in 0..<ticks * row {
            unsafe gradients.start[layout.readoutBiases.lowerBound + position % outputs] += g[position]
        }
        for index in architecture.layers.indices {
            spikeGradients[index].clear(ticks * clips * architecture.layers[index].width)
        }
        for (source, part) in zip(architecture.readoutSources, layout.readoutWeights) {
            let width = architecture.layers[source].width
            unsafe MatrixProduct.add(
                transposed: spikes[source].start, times: g, to: gradients.start + part.lowerBound,
                rows: ticks * clips, inner: width, columns: outputs)
            unsafe MatrixProduct.add(
                g, timesTransposed: weights.weights.start + part.lowerBound, to: spikeGradients[source].start,
                rows: ticks * clips, inner: width, columns: outputs)
        }
    }

    private func backward(layer index: Int, ticks: Int, weights: QuantizedWeights, parameters: FloatBuffer) {
        let layer = architecture.layers[index]
        let parts = layout.layers[index]
        let g = unsafe spikeGradients[index].start
        unsafe scan(layer.width).backward(g, potentials: potentials[index].start, ticks: ticks)
        unsafe BatchNormalization(width: layer.features).backward(
            g, currents: currents[index].start, rows: ticks * clips * layer.cells, means: means[index],
            deviations: deviations[index], gains: parameters.start + parts.gains.lowerBound,
            gainGradients: gradients.start + parts.gains.lowerBound,
            shiftGradients: gradients.start + parts.shifts.lowerBound)
        spread(layer: index, ticks: ticks, weights: weights)
    }

    // MARK: Synapses

    /// Adds what the source of layer `index` gives through all taps to its currents.
    private func gather(layer index: Int, ticks: Int, weights: QuantizedWeights) {
        let layer = architecture.layers[index]
        if let patches = patches[index] {
            return unsafe patches.gather(
                source(ofLayer: index).start, ticks: ticks, clips: clips, delays: layer.delays,
                weights: weights.weights.start + layout.layers[index].weights.lowerBound, to: currents[index].start)
        }
        forEachTap(ofLayer: index, ticks: ticks) { source, offset, rows, weightStart in
            unsafe MatrixProduct.add(
                source.start, times: weights.weights.start + weightStart,
                to: currents[index].start + offset * layer.width, rows: rows,
                inner: architecture.sources(ofLayer: index), columns: layer.width)
        }
    }

    /// Adds the gradient of the currents of layer `index` to the gradients of its weights and of its source's spikes.
    private func spread(layer index: Int, ticks: Int, weights: QuantizedWeights) {
        let layer = architecture.layers[index]
        let g = unsafe spikeGradients[index].start
        if let patches = patches[index] {
            let start = layout.layers[index].weights.lowerBound
            return unsafe patches.spread(
                g, source: source(ofLayer: index).start, ticks: ticks, clips: clips, delays: layer.delays,
                weights: weights.weights.start + start, weightGradients: gradients.start + start,
                sourceGradients: index > 0 ? spikeGradients[index - 1].start : nil)
        }
        let inner = architecture.sources(ofLayer: index)
        forEachTap(ofLayer: index, ticks: ticks) { source, offset, rows, weightStart in
            unsafe MatrixProduct.add(
                transposed: source.start, times: g + offset * layer.width, to: gradients.start + weightStart,
                rows: rows, inner: inner, columns: layer.width)
            guard index > 0 else { return }
            unsafe MatrixProduct.add(
                g + offset * layer.width, timesTransposed: weights.weights.start + weightStart,
                to: spikeGradients[index - 1].start, rows: rows, inner: inner, columns: layer.width)
        }
    }

    private func source(ofLayer index: Int) -> FloatBuffer { index == 0 ? input : spikes[index - 1] }

    /// Calls `body` for each tap with the source's rows, the first row they reach, how many rows do, and where the
    /// tap's weights start.
    private func forEachTap(
        ofLayer index: Int, ticks: Int,
        _ body: (_ source: FloatBuffer, _ offset: Int, _ rows: Int, _ weights: Int) -> Void
    ) {
        let layer = architecture.layers[index]
        let source = source(ofLayer: index)
        let matrix = architecture.sources(ofLayer: index) * layer.width
        for (tap, delay) in layer.delays.enumerated() where delay < ticks {
            body(source, delay * clips, (ticks - delay) * clips, layout.layers[index].weights.lowerBound + tap * matrix)
        }
    }

    private func scan(_ width: Int) -> LIFScan {
        LIFScan(
            clips: clips, width: width, decayQ15: architecture.membraneDecay,
            maximumSpikes: Int32(architecture.maximumSpikes), surrogate: surrogate, isSmoothed: isSmoothed)
    }
}
