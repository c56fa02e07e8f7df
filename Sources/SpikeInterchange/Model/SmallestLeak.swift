import SpikeNetwork

extension NetworkDescription {
    /// What the membranes of population `place`, which does not leak by itself, must lose in a tick for its sums to be
    /// proved to fit, in 1 / 32,768: zero where resets empty them, else one that suffices; where kernels reach beyond
    /// the border a smaller one might.
    ///
    /// A leak of one leaves potentials up to ±16,384 as they are, since decays round to nearest. All connections to the
    /// population must be there.
    func smallestLeak(ofPopulation place: Int) -> Int64 {
        let currents = largestCurrents(of: place)
        let thresholds = populations[place].thresholds
        if let spiking = populations[place].neuron.spiking {
            let most = Int64(spiking.maximumSpikes)
            if spiking.reset == .zero || zip(currents, thresholds).allSatisfy({ $0 <= most * Int64($1) }) { return 0 }
        }
        let (product, overflow) = (currents.max() ?? 0).multipliedReportingOverflow(by: Int64(NeuronModel.unity))
        return overflow ? .max : product / Int64(Int32.max - 1) + 1
    }

    /// For each neuron of population `place` the largest magnitude of the current in one tick.
    private func largestCurrents(of place: Int) -> [Int64] {
        var currents = populations[place].biases.map { abs(Int64($0)) }
        for connection in connections where connection.target == place {
            let most = Int64(mostSpikes(of: connection.source))
            switch connection.pattern {
            case .dense:
                for (index, weight) in connection.weights.enumerated() {
                    currents[index % currents.count] += most * abs(Int64(weight))
                }
            case .convolution(let convolution):
                // Cells within the border see the whole kernel; the bound of these is taken for all.
                var sums = [Int64](repeating: 0, count: convolution.channels)
                for (index, weight) in connection.weights.enumerated() {
                    sums[index % convolution.channels] += abs(Int64(weight))
                }
                let pool = Int64(convolution.pool * convolution.pool)
                for index in currents.indices { currents[index] += most * pool * sums[index % sums.count] }
            }
        }
        return currents
    }
}
