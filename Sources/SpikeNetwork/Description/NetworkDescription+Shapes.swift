import SpikeSignals

extension NetworkDescription {
    /// The most neurons in a population and the most channels of an input.
    public static let largestPopulation = 65_535
    /// The most weights in a network: 64 million.
    public static let mostWeights = 64_000_000

    /// Checks that all sizes, indices and parameters fit together.
    func checkShapes() throws(SpikelineError) {
        try require(tickNanoseconds, in: 1_000...60_000_000_000, "a tick in nanoseconds", at: "network")
        try require(Int64(inputs), in: 1...Int64(Self.largestPopulation), "a number of input channels", at: "network")
        try require(Int64(maximumInputSpikes), in: 1...65_535, "a most number of input spikes", at: "network")
        try require(Int64(populations.count), in: 1...1_000, "a number of layers", at: "network")
        for population in populations { try population.checkShapes() }
        guard Set(populations.map(\.name)).count == populations.count else {
            throw SpikelineError("expected layer names that differ, found one twice", at: "network")
        }
        guard populations.last?.neuron.spiking == nil else {
            throw SpikelineError(
                "expected a leaky integrator as the last layer, found a layer that fires", at: "network",
                hint: "The last layer is the readout")
        }
        var total = 0
        for (index, connection) in connections.enumerated() {
            try check(connection, at: "connection \(index)")
            total += connection.weights.count
            try require(Int64(total), in: 0...Int64(Self.mostWeights), "a number of weights", at: "network")
        }
    }

    private func check(_ connection: Connection, at place: String) throws(SpikelineError) {
        try require(Int64(connection.target), in: 0...Int64(populations.count - 1), "a target layer", at: place)
        if case .population(let source) = connection.source {
            try require(Int64(source), in: 0...Int64(populations.count - 1), "a source layer", at: place)
            guard populations[source].neuron.spiking != nil else {
                throw SpikelineError(
                    "expected a source that fires, found readout \"\(populations[source].name)\"", at: place)
            }
            let isLater = source >= connection.target
            try require(
                Int64(connection.delays.first ?? 0), in: (isLater ? 1 : 0)...Int64(Connection.maximumDelay),
                isLater ? "a recurrent delay in ticks" : "a delay in ticks", at: place)
        }
        try require(Int64(connection.delays.count), in: 1...64, "a number of taps", at: place)
        for (first, second) in zip(connection.delays, connection.delays.dropFirst()) where first >= second {
            throw SpikelineError("expected delays that ascend, found \(first) before \(second)", at: place)
        }
        try require(Int64(connection.delays[0]), in: 0...Int64(Connection.maximumDelay), "a delay in ticks", at: place)
        try require(
            Int64(connection.delays[connection.delays.count - 1]), in: 0...Int64(Connection.maximumDelay),
            "a delay in ticks", at: place)
        let sources = size(of: connection.source)
        let targets = populations[connection.target].size
        if case .convolution(let convolution) = connection.pattern {
            try convolution.checkShapes(at: place)
            guard convolution.input.count == sources, convolution.output.count == targets else {
                throw SpikelineError(
                    "expected a convolution of \(sources) to \(targets) neurons, found one of "
                        + "\(convolution.input.count) to \(convolution.output.count)", at: place)
            }
        }
        let perTap = connection.weightsPerTap(sources: sources, targets: targets)
        guard connection.weights.count == connection.delays.count * perTap else {
            throw SpikelineError(
                "expected \(connection.delays.count * perTap) weights (\(connection.delays.count) taps of \(perTap)), "
                    + "found \(connection.weights.count)", at: place)
        }
    }
}

extension Population {
    /// Checks the size and the parameters.
    func checkShapes() throws(SpikelineError) {
        let place = "layer \"\(name)\""
        let unity = Int64(NeuronModel.unity)
        try require(Int64(size), in: 1...Int64(NetworkDescription.largestPopulation), "a number of neurons", at: place)
        guard biases.count == size else {
            throw SpikelineError("expected \(size) biases, found \(biases.count)", at: place)
        }
        switch neuron {
        case .leakyIntegrator(let decay):
            try require(Int64(decay), in: 0...unity, "a decay in Q15", at: place)
            return
        case .lif: break
        case .currentLIF(_, let synapticDecay):
            try require(Int64(synapticDecay), in: 0...unity, "a synaptic decay in Q15", at: place)
        case .adaptiveLIF(_, let adaptationDecay, let increment):
            try require(Int64(adaptationDecay), in: 0...unity, "an adaptation decay in Q15", at: place)
            try require(Int64(increment), in: 0...(1 << 24), "a threshold increment", at: place)
        }
        guard let spiking = neuron.spiking else { return }
        try require(Int64(spiking.membraneDecay), in: 0...unity, "a membrane decay in Q15", at: place)
        try require(Int64(spiking.maximumSpikes), in: 1...255, "a most number of spikes", at: place)
        try require(Int64(spiking.refractoryTicks), in: 0...1_000, "a refractory period in ticks", at: place)
        try require(Int64(spiking.floor), in: -(1 << 30)...0, "a membrane floor", at: place)
        if spiking.reset.isLater {
            try require(Int64(spiking.refractoryTicks), in: 0...0, "with a later reset, a refractory period", at: place)
            if case .adaptiveLIF = neuron {
                throw SpikelineError(
                    "expected a reset in the tick of the spike, found a later one of an adaptive neuron", at: place)
            }
        }
        for threshold in thresholds {
            try require(Int64(threshold), in: 1...(1 << 30), "a threshold", at: place)
        }
    }
}

/// Refuses a value outside `range`, which is called `what`.
func require(
    _ value: Int64, in range: ClosedRange<Int64>, _ what: String, at place: String
) throws(SpikelineError) {
    guard range.contains(value) else {
        throw SpikelineError(
            "expected \(what) from \(range.lowerBound) to \(range.upperBound), found \(value)", at: place)
    }
}
