import SpikeNetwork
import SpikeSignals
import Testing

/// The same arithmetic written as plainly as possible: dense loops, `Int` everywhere, checked operators, the whole
/// history of spikes in arrays. It shares no code with the engine.
struct PlainNetwork {
    let description: NetworkDescription
    var membrane: [[Int]]
    var second: [[Int]]
    var refractory: [[Int]]
    /// Spikes whose reset is still to come.
    var pending: [[Int]]
    /// `[tick][origin][neuron]`; origin 0 is the input, origin `p + 1` population `p`.
    var history: [[[Int]]] = []

    init(_ description: NetworkDescription) {
        self.description = description
        let zeros = description.populations.map { [Int](repeating: 0, count: $0.size) }
        membrane = zeros
        second = zeros
        refractory = zeros
        pending = zeros
    }

    mutating func step(_ input: [ChannelSpikes]) {
        var channels = [Int](repeating: 0, count: description.inputs)
        for spike in input { channels[Int(spike.channel)] = Int(spike.count) }
        history.append([channels] + description.populations.map { [Int](repeating: 0, count: $0.size) })
        let now = history.count - 1
        for (index, population) in description.populations.enumerated() {
            for neuron in 0..<population.size {
                let current = self.current(index, neuron, now)
                history[now][index + 1][neuron] = update(population, index, neuron, current)
            }
        }
    }

    private func current(_ target: Int, _ neuron: Int, _ now: Int) -> Int {
        let size = description.populations[target].size
        var sum = Int(description.populations[target].biases[neuron])
        for connection in description.connections where connection.target == target {
            let origin: Int
            switch connection.source {
            case .input: origin = 0
            case .population(let index): origin = index + 1
            }
            let sources = history[now][origin].count
            for (tap, delay) in connection.delays.enumerated() where now - delay >= 0 {
                if case .convolution(let convolution) = connection.pattern {
                    sum += seen(history[now - delay][origin], convolution, connection.weights, tap, neuron)
                    continue
                }
                for source in 0..<sources {
                    let weight = connection.weights[(tap * sources + source) * size + neuron]
                    sum += Int(weight) * history[now - delay][origin][source]
                }
            }
        }
        return sum
    }

    /// What a neuron of the target sees of `spikes` through tap `tap` of a convolution, by its definition.
    private func seen(
        _ spikes: [Int], _ convolution: Convolution, _ weights: [Int8], _ tap: Int, _ neuron: Int
    ) -> Int {
        let (input, kernel, channels) = (convolution.input, convolution.kernel, convolution.channels)
        let rows = input.height / convolution.pool
        let columns = input.width / convolution.pool
        let across = (columns + 2 * convolution.padding - kernel) / convolution.stride + 1
        let (y, x, o) = (neuron / channels / across, neuron / channels % across, neuron % channels)
        var sum = 0
        for r in 0..<kernel {
            for c in 0..<kernel {
                let row = y * convolution.stride + r - convolution.padding
                let column = x * convolution.stride + c - convolution.padding
                guard row >= 0, row < rows, column >= 0, column < columns else { continue }
                for i in 0..<input.channels {
                    var count = 0
                    for py in 0..<convolution.pool {
                        for px in 0..<convolution.pool {
                            let cell = (row * convolution.pool + py) * input.width + column * convolution.pool + px
                            count += spikes[cell * input.channels + i]
                        }
                    }
                    let index = (((tap * kernel + r) * kernel + c) * input.channels + i) * channels + o
                    sum += count * Int(weights[index])
                }
            }
        }
        return sum
    }

    private func decay(_ x: Int, _ factor: Int32) -> Int {
        // Floor of (x * factor / 2^15 + 1/2), by division that rounds towards minus infinity.
        let product = x * Int(factor) + 16_384
        return product >= 0 ? product / 32_768 : -((-product + 32_767) / 32_768)
    }

    private mutating func update(_ population: Population, _ index: Int, _ neuron: Int, _ current: Int) -> Int {
        guard let parameters = population.neuron.spiking else {
            if case .leakyIntegrator(let factor) = population.neuron {
                membrane[index][neuron] = decay(membrane[index][neuron], factor) + current
            }
            return 0
        }
        if refractory[index][neuron] > 0 {
            refractory[index][neuron] -= 1
            if case .adaptiveLIF(_, let factor, _) = population.neuron {
                second[index][neuron] = decay(second[index][neuron], factor)
            }
            return 0
        }
        var drive = current
        if case .currentLIF(_, let factor) = population.neuron {
            second[index][neuron] = decay(second[index][neuron], factor) + current
            drive = second[index][neuron]
        }
        var v = decay(membrane[index][neuron], parameters.membraneDecay) + drive
        if pending[index][neuron] > 0 {
            v = parameters.reset == .zeroLater ? 0 : v - pending[index][neuron] * Int(population.thresholds[neuron])
        }
        if v < Int(parameters.floor) { v = Int(parameters.floor) }
        var threshold = Int(population.thresholds[neuron])
        if case .adaptiveLIF = population.neuron { threshold += second[index][neuron] }
        var spikes = 0
        while v - spikes * threshold >= threshold, spikes < Int(parameters.maximumSpikes) { spikes += 1 }
        if parameters.reset == .subtractLater || parameters.reset == .zeroLater {
            pending[index][neuron] = spikes
        } else if spikes > 0 {
            v = parameters.reset == .subtract ? v - spikes * threshold : 0
            refractory[index][neuron] = Int(parameters.refractoryTicks)
        }
        if case .adaptiveLIF(_, let factor, let increment) = population.neuron {
            second[index][neuron] = decay(second[index][neuron], factor) + Int(increment) * spikes
        }
        membrane[index][neuron] = v
        return spikes
    }
}

extension PlainNetwork {
    /// Expects the engine to fire the same spikes and have the same potentials, within the bounds of its proof.
    static func expectEqualEngine(_ description: NetworkDescription, input: [[ChannelSpikes]]) throws {
        let engine = try SpikingNetwork(description)
        var plain = PlainNetwork(description)
        for (tick, spikes) in input.enumerated() {
            try engine.step(spikes)
            plain.step(spikes)
            for index in description.populations.indices {
                var fired = [Int](repeating: 0, count: description.populations[index].size)
                engine.forEachSpike(ofPopulation: index) { fired[Int($0.channel)] = Int($0.count) }
                #expect(fired == plain.history[tick][index + 1], "tick \(tick), layer \(index)")
                let potentials = engine.membranePotentials(ofPopulation: index)
                #expect(potentials.map(Int.init) == plain.membrane[index], "tick \(tick), layer \(index)")
                for potential in potentials {
                    #expect(abs(Int64(potential)) <= engine.proof.bounds[index].membrane)
                }
            }
        }
    }
}
