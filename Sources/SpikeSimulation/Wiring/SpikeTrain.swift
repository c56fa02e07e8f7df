import SpikeSignals

/// Which neurons of a group fire in each step.
///
/// ```
/// ends     2  2  3           step 0: neurons 1, 5;  step 1: none;  step 2: neuron 0
/// neurons  1  5  0
/// ```
public struct SpikeTrain: Hashable, Sendable {
    /// For each step, the end of its part of ``neurons``.
    public internal(set) var ends: [Int] = []
    /// The neurons, step after step, ascending within a step.
    public internal(set) var neurons: [UInt32] = []

    /// The most spikes that inputs may be expected to fire: 2^27, 512 MiB.
    public static let most = 1 << 27

    /// The part of ``neurons`` that fires in `step`.
    public func range(ofStep step: Int) -> Range<Int> { (step == 0 ? 0 : ends[step - 1])..<ends[step] }

    /// Calls `body` with step and neuron of each spike, in order.
    public func forEach(_ body: (_ step: Int, _ neuron: Int) -> Void) {
        for step in ends.indices { for index in range(ofStep: step) { body(step, Int(neurons[index])) } }
    }

    /// Ends a step.
    mutating func endStep() { ends.append(neurons.count) }
}

extension Simulation {
    /// The spikes of each input group, drawn from the seed.
    public func inputTrains() -> [SpikeTrain] {
        inputs.enumerated().map { index, group in
            switch group.pattern {
            case .poisson: poissonTrain(group, SeededGenerator(seed, 2, UInt64(index)))
            case .regular: regularTrain(group)
            }
        }
    }

    private func poissonTrain(_ group: InputGroup, _ random: SeededGenerator) -> SpikeTrain {
        var draw = SparseDraw(probability: group.rateHz * stepMs / 1000, from: random)
        var train = SpikeTrain()
        let places = steps * group.count
        var place = draw.gap(limit: places)
        for step in 0..<steps {
            let end = (step + 1) * group.count
            while place < end {
                train.neurons.append(UInt32(place - step * group.count))
                place += 1
                place += draw.gap(limit: places - place)
            }
            train.endStep()
        }
        return train
    }

    private func regularTrain(_ group: InputGroup) -> SpikeTrain {
        var train = SpikeTrain()
        // In steps. Neuron i fires at (i / count + k) * distance for k = 0, 1, ...
        let distance = group.rateHz > 0 ? 1000 / group.rateHz / stepMs : Double.infinity
        var next = (0..<group.count).map { distance.isFinite ? Double($0) / Double(group.count) * distance : .infinity }
        for step in 0..<steps {
            for neuron in 0..<group.count where next[neuron] < Double(step + 1) {
                train.neurons.append(UInt32(neuron))
                next[neuron] += distance
            }
            train.endStep()
        }
        return train
    }
}
