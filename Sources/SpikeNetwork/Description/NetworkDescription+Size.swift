/// Counts of what a network has, of which costs on chips are made.
extension NetworkDescription {
    /// The number of neurons, without the input.
    public var neuronCount: Int { populations.reduce(0) { $0 + $1.size } }

    /// The weights that are zero.
    public var zeroWeights: Int { connections.reduce(0) { $0 + $1.weights.count { $0 == 0 } } }

    /// The fewest bits, sign included, that hold every weight.
    public var weightBits: Int {
        connections.flatMap { [$0.weights.min() ?? 0, $0.weights.max() ?? 0] }.map { weight in
            let magnitude = weight < 0 ? ~weight : weight
            return Int8.bitWidth - magnitude.leadingZeroBitCount + 1
        }.max() ?? 1
    }

    /// The longest delay in ticks.
    public var longestDelay: Int { connections.flatMap(\.delays).max() ?? 0 }

    /// For each neuron of the source of connection `index` the synapses that lead from it, all taps together: those
    /// that there are, and those whose weight is not zero.
    ///
    /// A convolution counts one synapse for each target cell that a source cell reaches.
    public func fanOut(ofConnection index: Int) -> (all: [Int], nonzero: [Int]) {
        let connection = connections[index]
        let sources = size(of: connection.source)
        var (all, nonzero) = ([Int](repeating: 0, count: sources), [Int](repeating: 0, count: sources))
        switch connection.pattern {
        case .dense:
            let targets = populations[connection.target].size
            for (weight, value) in connection.weights.enumerated() where targets > 0 {
                let source = weight / targets % max(sources, 1)
                all[source] += 1
                if value != 0 { nonzero[source] += 1 }
            }
        case .convolution(let convolution):
            count(convolution, connection.weights, &all, &nonzero)
        }
        return (all, nonzero)
    }

    private func count(_ convolution: Convolution, _ weights: [Int8], _ all: inout [Int], _ nonzero: inout [Int]) {
        let (pooled, output, kernel) = (convolution.pooled, convolution.output, convolution.kernel)
        let (inner, outer) = (pooled.channels, convolution.channels)
        let taps = weights.count / max(convolution.weightCount, 1)
        // How many weights of a cell of the kernel and a source channel are not zero, over all taps and targets.
        var filled = [Int](repeating: 0, count: kernel * kernel * inner)
        for (index, value) in weights.enumerated() where value != 0 { filled[index / outer % filled.count] += 1 }
        for y in 0..<pooled.height * convolution.pool {
            for x in 0..<pooled.width * convolution.pool {
                let base = (y * convolution.input.width + x) * inner
                for row in 0..<kernel {
                    let down = y / convolution.pool + convolution.padding - row
                    guard down >= 0, down % convolution.stride == 0, down / convolution.stride < output.height else {
                        continue
                    }
                    for column in 0..<kernel {
                        let right = x / convolution.pool + convolution.padding - column
                        guard right >= 0, right % convolution.stride == 0, right / convolution.stride < output.width
                        else { continue }
                        for channel in 0..<inner {
                            all[base + channel] += outer * taps
                            nonzero[base + channel] += filled[(row * kernel + column) * inner + channel]
                        }
                    }
                }
            }
        }
    }

    /// The synapses of all connections, one for each pair of neurons and each tap, and those whose weight is not zero.
    public var synapseCounts: (all: Int, nonzero: Int) {
        connections.indices.reduce((0, 0)) { sum, index in
            let out = fanOut(ofConnection: index)
            return (sum.0 + out.all.reduce(0, +), sum.1 + out.nonzero.reduce(0, +))
        }
    }

    /// The most synapses, of any weight, that end at one neuron.
    public var largestFanIn: Int {
        populations.indices.map { population in
            connections.filter { $0.target == population }.reduce(0) { sum, connection in
                let taps = connection.delays.count
                switch connection.pattern {
                case .dense: return sum + taps * size(of: connection.source)
                case .convolution(let convolution):
                    let side = convolution.kernel * convolution.pool
                    return sum + taps * side * side * convolution.input.channels
                }
            }
        }.max() ?? 0
    }

    /// The most spikes that a neuron can fire in one tick.
    public var mostSpikes: Int {
        populations.compactMap { $0.neuron.spiking.map { Int($0.maximumSpikes) } }.max() ?? 0
    }
}
