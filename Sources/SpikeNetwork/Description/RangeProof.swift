import SpikeSignals

/// The worst case of every sum in a network, computed from its weights before it runs.
///
/// For each neuron the largest current is `|bias| + sum over synapses of |weight| * most spikes of the source`. A
/// leaky state driven by at most `I` per tick stays within `I * 32768 / (32768 - d) + 1` (geometric series; the 1
/// covers rounding). A membrane that does not leak is bounded by its reset instead: if `I` is at most
/// `maximum spikes * threshold`, what remains after the reset is below the threshold. If every bound fits an `Int32`,
/// the engine's wrapping arithmetic cannot overflow; otherwise the network is refused.
public struct RangeProof: Sendable {
    /// The bounds of one population.
    public struct Bounds: Hashable, Sendable {
        /// The largest magnitude of a neuron's current in one tick.
        public var current: Int64
        /// The largest magnitude of a membrane potential.
        public var membrane: Int64
        /// The largest magnitude of a synaptic current that decays, or of a threshold's raise; 0 where there is none.
        public var second: Int64 = 0
    }

    /// The bounds, by population.
    public let bounds: [Bounds]

    /// Checks the shape of `network` and proves its ranges.
    ///
    /// - Throws: a ``SpikelineError`` that names the population or connection, the bound and what was found.
    public init(_ network: NetworkDescription) throws(SpikelineError) {
        try network.checkShapes()
        var bounds: [Bounds] = []
        for (index, population) in network.populations.enumerated() {
            var worst = Bounds(current: 0, membrane: 0)
            let currents = network.largestCurrents(ofPopulation: index)
            for neuron in 0..<population.size {
                let current = currents[neuron]
                let membrane = try population.membraneBound(ofNeuron: neuron, current: current)
                worst.current = max(worst.current, current)
                worst.membrane = max(worst.membrane, membrane)
                worst.second = max(worst.second, try population.secondBound(current: current))
            }
            let largest = max(worst.current, worst.membrane)
            guard largest <= Int64(Int32.max) else {
                throw SpikelineError(
                    "expected every sum to stay within ±2,147,483,647, found a worst case of \(largest)",
                    at: "layer \"\(population.name)\"",
                    hint: "Use smaller weights, fewer inputs, or a membrane that leaks faster")
            }
            bounds.append(worst)
        }
        self.bounds = bounds
    }
}

extension NetworkDescription {
    /// For each neuron of population `place` the largest magnitude of the current in one tick. Shapes must fit.
    package func largestCurrents(ofPopulation place: Int) -> [Int64] {
        var currents = populations[place].biases.map { abs(Int64($0)) }
        for connection in connections where connection.target == place {
            let spikes = Int64(mostSpikes(of: connection.source))
            switch connection.pattern {
            case .dense: connection.addDenseCurrents(to: &currents, spikes: spikes)
            case .convolution(let convolution):
                connection.addCurrents(of: convolution, to: &currents, spikes: spikes)
            }
        }
        return currents
    }

    /// The most spikes that one neuron of `origin` fires in one tick.
    public func mostSpikes(of origin: Connection.Origin) -> Int {
        switch origin {
        case .input: maximumInputSpikes
        case .population(let index): Int(populations[index].neuron.spiking?.maximumSpikes ?? 0)
        }
    }

    /// The number of neurons (or channels) of `origin`.
    public func size(of origin: Connection.Origin) -> Int {
        switch origin {
        case .input: inputs
        case .population(let index): populations[index].size
        }
    }
}

extension Connection {
    /// Adds to each neuron of the target the current that all sources together can give at most.
    fileprivate func addDenseCurrents(to currents: inout [Int64], spikes: Int64) {
        let targets = currents.count
        // So many magnitudes, each at most 128, fit an Int32.
        let block = 1 << 20
        var sums = [Int32](repeating: 0, count: targets)
        unsafe weights.withUnsafeBufferPointer { weights in
            guard let first = weights.baseAddress else { return }
            let rows = weights.count / targets
            for start in stride(from: 0, to: rows, by: block) {
                unsafe sums.withUnsafeMutableBufferPointer { sums in
                    guard let sums = sums.baseAddress else { return }
                    for neuron in 0..<targets { unsafe sums[neuron] = 0 }
                    for row in start..<min(start + block, rows) {
                        let weights = unsafe first + row * targets
                        for neuron in 0..<targets { unsafe sums[neuron] &+= abs(Int32(weights[neuron])) }
                    }
                }
                for neuron in 0..<targets { currents[neuron] += spikes * Int64(sums[neuron]) }
            }
        }
    }

    /// As ``addDenseCurrents(to:spikes:)`` for a convolution. A cell at the border sees a part of the kernel only, so
    /// the sums are formed once for each kernel cell and added for each target cell: the cost does not depend on the
    /// number of source channels.
    fileprivate func addCurrents(of convolution: Convolution, to currents: inout [Int64], spikes: Int64) {
        let kernel = convolution.kernel
        let channels = convolution.channels
        let most = spikes * Int64(convolution.pool * convolution.pool)
        var sums = [Int64](repeating: 0, count: kernel * kernel * channels)
        for (index, weight) in weights.enumerated() {
            let within = index % convolution.weightCount
            let cell = within / (channels * convolution.input.channels)
            sums[cell * channels + within % channels] += most * abs(Int64(weight))
        }
        let (pooled, output) = (convolution.pooled, convolution.output)
        for y in 0..<output.height {
            for x in 0..<output.width {
                for row in 0..<kernel
                where (0..<pooled.height).contains(y * convolution.stride + row - convolution.padding) {
                    for column in 0..<kernel
                    where (0..<pooled.width).contains(x * convolution.stride + column - convolution.padding) {
                        let target = (y * output.width + x) * channels
                        let sum = (row * kernel + column) * channels
                        for channel in 0..<channels { currents[target + channel] += sums[sum + channel] }
                    }
                }
            }
        }
    }
}

extension NeuronModel {
    /// The parameters of a firing model, or nil for a readout.
    public var spiking: SpikingParameters? {
        switch self {
        case .lif(let parameters): parameters
        case .currentLIF(let parameters, _): parameters
        case .adaptiveLIF(let parameters, _, _): parameters
        case .leakyIntegrator: nil
        }
    }
}

extension Population {
    /// The largest magnitude of the membrane potential of `neuron` when its current stays within ±`current`.
    func membraneBound(ofNeuron neuron: Int, current: Int64) throws(SpikelineError) -> Int64 {
        switch self.neuron {
        case .leakyIntegrator(let decay):
            return try leakyBound(decay: decay, drive: current)
        case .lif(let parameters):
            return try spikingBound(parameters, neuron: neuron, drive: current, threshold: Int64(thresholds[neuron]))
        case .currentLIF(let parameters, let synapticDecay):
            let synaptic = try leakyBound(decay: synapticDecay, drive: current)
            return try spikingBound(parameters, neuron: neuron, drive: synaptic, threshold: Int64(thresholds[neuron]))
        case .adaptiveLIF(let parameters, let adaptationDecay, let increment):
            let raise = try leakyBound(
                decay: adaptationDecay, drive: Int64(increment) * Int64(parameters.maximumSpikes))
            let bound = try spikingBound(
                parameters, neuron: neuron, drive: current, threshold: Int64(thresholds[neuron]))
            return max(bound, Int64(thresholds[neuron]) + raise)
        }
    }

    /// The largest magnitude of a neuron's second state when its current stays within ±`current`.
    func secondBound(current: Int64) throws(SpikelineError) -> Int64 {
        switch neuron {
        case .leakyIntegrator, .lif: 0
        case .currentLIF(_, let synapticDecay): try leakyBound(decay: synapticDecay, drive: current)
        case .adaptiveLIF(let parameters, let adaptationDecay, let increment):
            try leakyBound(decay: adaptationDecay, drive: Int64(increment) * Int64(parameters.maximumSpikes))
        }
    }

    /// The bound of `x = decay(x) + drive`.
    private func leakyBound(decay: Int32, drive: Int64) throws(SpikelineError) -> Int64 {
        guard decay < NeuronModel.unity else {
            throw SpikelineError(
                "expected a decay below 32,768 (1.0 in Q15), found \(decay): the sum would grow without bound",
                at: "layer \"\(name)\"", hint: "Give the state a leak")
        }
        let leak = Int64(NeuronModel.unity - decay)
        return (drive * Int64(NeuronModel.unity) + leak - 1) / leak + 1
    }

    private func spikingBound(
        _ parameters: SpikingParameters, neuron: Int, drive: Int64, threshold: Int64
    ) throws(SpikelineError) -> Int64 {
        let lowest = -Int64(parameters.floor)
        let isZeroed = parameters.reset == .zero || parameters.reset == .zeroLater
        let emptied = isZeroed || drive <= Int64(parameters.maximumSpikes) * threshold
        // A later reset takes at most what was there before the leak and the drive, so it ends at most twice the drive below zero.
        if parameters.reset.isLater {
            let above = emptied ? threshold + drive : try leakyBound(decay: parameters.membraneDecay, drive: drive)
            return max(above + 2 * drive, lowest + drive)
        }
        // Emptied by the reset: what is left is below the threshold, and one tick adds at most the drive.
        // A refractory tick adds nothing. An adaptive threshold is not constant, so only the leak bounds it.
        if case .adaptiveLIF = self.neuron {} else if emptied { return max(threshold + drive, lowest + drive) }
        return max(try leakyBound(decay: parameters.membraneDecay, drive: drive), lowest)
    }
}
