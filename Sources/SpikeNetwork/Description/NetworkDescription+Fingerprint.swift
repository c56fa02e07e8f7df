import SpikeSignals

extension NetworkDescription {
    /// A number that follows from all that decides what the network computes, the same on every machine; names do not
    /// count. Cost: one multiplication for each byte of the weights.
    public var fingerprint: UInt64 {
        var sum = Fingerprint()
        sum.add(tickNanoseconds)
        sum.add(inputs)
        sum.add(maximumInputSpikes)
        sum.add(populations.count)
        for population in populations {
            population.neuron.add(to: &sum)
            sum.add(population.thresholds)
            sum.add(population.biases)
        }
        sum.add(connections.count)
        for connection in connections {
            switch connection.source {
            case .input: sum.add(-1)
            case .population(let index): sum.add(index)
            }
            sum.add(connection.target)
            sum.add(connection.delays)
            switch connection.pattern {
            case .dense: sum.add(UInt8(0))
            case .convolution(let convolution):
                let grid = convolution.input
                sum.add([
                    grid.width, grid.height, grid.channels, convolution.pool, convolution.kernel, convolution.stride,
                    convolution.padding, convolution.channels,
                ])
            }
            sum.add(connection.weights)
        }
        return sum.value
    }
}

extension SpikingParameters.Reset {
    fileprivate var number: Int32 {
        switch self {
        case .subtract: 0
        case .zero: 1
        case .subtractLater: 2
        case .zeroLater: 3
        }
    }
}

extension NeuronModel {
    fileprivate func add(to sum: inout Fingerprint) {
        func add(_ kind: UInt8, _ parameters: SpikingParameters) {
            sum.add(kind)
            sum.add([
                parameters.membraneDecay, parameters.reset.number, parameters.maximumSpikes,
                parameters.refractoryTicks, parameters.floor,
            ])
        }
        switch self {
        case .lif(let parameters): add(1, parameters)
        case .currentLIF(let parameters, let synapticDecay):
            add(2, parameters)
            sum.add(synapticDecay)
        case .adaptiveLIF(let parameters, let adaptationDecay, let increment):
            add(3, parameters)
            sum.add([adaptationDecay, increment])
        case .leakyIntegrator(let membraneDecay):
            sum.add(UInt8(4))
            sum.add(membraneDecay)
        }
    }
}
