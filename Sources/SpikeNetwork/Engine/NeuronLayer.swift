import SpikeSignals

/// One population behind dense synapses whose weights belong to somebody else, for weights that change while they are
/// used.
///
/// It is the arithmetic of ``SpikingNetwork``. The range proof takes the largest weight that is allowed in place of
/// those that are there, so that it holds whatever is learned.
package final class NeuronLayer {
    package let population: Population
    private let sources: Int
    private let state: PopulationState
    private var history: SpikeHistory

    /// A layer with `sources` inputs, whose weights stay within `±largestWeight`.
    ///
    /// - Throws: if the population's parameters are out of range, it never fires, or a sum could overflow.
    package init(
        _ population: Population, sources: Int, maximumInputSpikes: Int, largestWeight: Int
    ) throws(SpikelineError) {
        try population.checkShapes()
        let place = "layer \"\(population.name)\""
        try require(
            Int64(sources), in: 1...Int64(NetworkDescription.largestPopulation), "a number of inputs", at: place)
        try require(Int64(maximumInputSpikes), in: 1...65_535, "a most number of input spikes", at: place)
        try require(Int64(largestWeight), in: 0...128, "a largest weight", at: place)
        guard population.neuron.spiking != nil else {
            throw SpikelineError("expected neurons that fire, found a readout", at: place)
        }
        for neuron in 0..<population.size {
            let current =
                abs(Int64(population.biases[neuron])) + Int64(sources) * Int64(maximumInputSpikes)
                * Int64(largestWeight)
            let largest = max(current, try population.membraneBound(ofNeuron: neuron, current: current))
            guard largest <= Int64(Int32.max) else {
                throw SpikelineError(
                    "expected every sum to stay within ±2,147,483,647, found a worst case of \(largest)", at: place,
                    hint: "Use smaller weights, fewer inputs, or a membrane that leaks faster")
            }
        }
        self.population = population
        self.sources = sources
        state = PopulationState(size: population.size)
        history = SpikeHistory(size: population.size, depth: 1)
    }

    /// Puts every neuron at rest.
    package func reset() {
        state.reset()
        history.reset()
    }

    /// Advances by one tick; `body` sees who fired.
    ///
    /// - Parameters:
    ///   - spikes: inputs below the number of sources, none twice, none with more spikes than was proved for.
    ///   - weights: `[source][neuron]`, within the bounds that were proved for.
    package func step(
        _ spikes: UnsafeBufferPointer<ChannelSpikes>, weights: UnsafeBufferPointer<Int8>,
        _ body: (UnsafeBufferPointer<ChannelSpikes>) -> Void
    ) {
        precondition(weights.count == sources * population.size)
        guard let base = weights.baseAddress else { return }
        history.advance()
        unsafe population.biases.withUnsafeBufferPointer { biases in
            for neuron in 0..<state.size { unsafe state.current[neuron] = biases[neuron] }
        }
        unsafe accumulate(spikes, weights: base, targets: state.size, into: state.current, isWide: WideLoops.areThere)
        SpikeNetwork.advance(population, state, fired: &history)
        unsafe body(history.spikes(delay: 0))
    }

    /// Sets the state of `neuron`, which exists, as it is after the latest tick: an afterpotential.
    ///
    /// - Parameter second: the synaptic current of a current-based LIF, or the raise of an adaptive one.
    package func set(membrane: Int32, second: Int32, of neuron: Int) {
        precondition(neuron >= 0 && neuron < state.size)
        unsafe state.membrane[neuron] = membrane
        unsafe state.second[neuron] = second
    }

    /// Raises the membrane potential of `neuron`, which exists, as it is after the latest tick.
    package func raise(membraneBy amount: Int32, of neuron: Int) {
        precondition(neuron >= 0 && neuron < state.size)
        unsafe state.membrane[neuron] += amount
    }

    /// The membrane potential of `neuron` after the latest tick.
    package func potential(of neuron: Int) -> Int32 {
        precondition(neuron >= 0 && neuron < state.size)
        return unsafe state.membrane[neuron]
    }
}
