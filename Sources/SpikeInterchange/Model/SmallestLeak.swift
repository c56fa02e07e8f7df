import SpikeNetwork

extension NetworkDescription {
    /// What the membranes of population `place`, which does not leak by itself, must lose in a tick for its sums to be
    /// proved to fit, in 1 / 32,768: zero where resets empty them, else the least that suffices.
    ///
    /// A leak of one leaves potentials up to ±16,384 as they are, since decays round to nearest. All connections to the
    /// population must be there.
    func smallestLeak(ofPopulation place: Int) -> Int64 {
        let currents = largestCurrents(ofPopulation: place)
        let thresholds = populations[place].thresholds
        if let spiking = populations[place].neuron.spiking {
            let most = Int64(spiking.maximumSpikes)
            let isZeroed = spiking.reset == .zero || spiking.reset == .zeroLater
            if isZeroed || zip(currents, thresholds).allSatisfy({ $0 <= most * Int64($1) }) { return 0 }
        }
        let (product, overflow) = (currents.max() ?? 0).multipliedReportingOverflow(by: Int64(NeuronModel.unity))
        return overflow ? .max : product / Int64(Int32.max - 1) + 1
    }
}
