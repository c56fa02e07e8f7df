import SpikeNetwork
import SpikeSignals

/// Makes a network of integrate-and-fire neurons that computes with rates what a ``ReLUNetwork`` computes with numbers.
///
/// A neuron that gathers `W s + b` in every tick and gives back a threshold for each spike fires in proportion to
/// `max(0, W s + b)`. One spike of a unit stands for `u = level / most spikes` of its layer (see ``ActivationLevels``),
/// one of a pixel for `1 / most`, and so, with a factor `q` for each target channel,
/// ```
/// weight    = round(q w)                     q: the largest weight of the channel becomes at most 127
/// threshold = q u / u_source                 a whole number, since q is chosen so that it is
/// bias      = round(q b / u_source + threshold / (2 ticks))
/// ```
/// The last term of the bias is half a threshold over all ticks: it makes rounding of the truncation that spike counts
/// are. The readout never fires; its potential after `t` ticks is `t` times the score, in units of its `q`.
/// An average pool becomes the engine's sum pool, or weights of a dense layer, divided by the number of cells.
///
/// The range proof wants a leak of the membrane where the sum of all weights is above the threshold. It is the smallest
/// that is proved: 1 / 32,768 per tick in small networks, which leaves potentials up to ±16,384 as they are.
///
/// Sources: Diehl et al., "Fast-classifying, high-accuracy spiking deep networks through weight and threshold balancing",
/// IJCNN 2015; Rueckauer et al., Frontiers in Neuroscience 11:682 (2017), sections 2.2 and 2.3 (reset by subtraction,
/// biases, percentile); Deng and Gu, "Optimal conversion of conventional artificial neural networks to spiking neural
/// networks", ICLR 2021, section 3.3 (the shift of half a threshold).
public struct SpikingConversion: Sendable {
    /// What is chosen.
    public struct Settings: Hashable, Sendable {
        /// For how many ticks a picture is shown, 1 to 65,536.
        public var ticks = 64
        /// The most spikes of a neuron in a tick, 1 to 255.
        public var spikes = 1
        /// The most spikes of a pixel in a tick, 1 to 255.
        public var inputSpikes = 1

        /// The usual choice.
        public init() {}
    }

    /// What became of a layer.
    public struct Layer: Hashable, Sendable {
        /// What the file calls it.
        public var name: String
        /// What a neuron at its limit stands for; 0 for the readout.
        public var level: Float
        /// The number of neurons.
        public var neurons: Int
        /// The lowest and highest threshold; nil for the readout.
        public var thresholds: ClosedRange<Int32>?
        /// What a membrane loses in a tick, in 1 / 32,768.
        public var leak: Int32
        /// The number of weights.
        public var weights: Int
        /// The weights that became zero without being it.
        public var vanished: Int
        /// The root of the mean squared error of a weight, as a share of the largest weight of its channel.
        public var rootMeanSquareError: Double
    }

    /// The network.
    public private(set) var network: NetworkDescription
    /// The layers, one for each population.
    public private(set) var layers: [Layer] = []
    /// What was chosen.
    public let settings: Settings

    /// Converts `source`, balanced by `levels`.
    ///
    /// - Throws: if a setting is out of range, a layer was never active, or the integers have no room for it.
    public init(
        _ source: ReLUNetwork, levels: ActivationLevels, settings: Settings = Settings()
    ) throws(SpikelineError) {
        guard (1...65_536).contains(settings.ticks), (1...255).contains(settings.spikes),
            (1...255).contains(settings.inputSpikes)
        else {
            throw SpikelineError(
                "expected 1 to 65536 ticks and 1 to 255 spikes in a tick, found \(settings.ticks), "
                    + "\(settings.spikes) and \(settings.inputSpikes)", at: source.name)
        }
        guard levels.values.count == source.layers.count - 1 else {
            throw SpikelineError("the levels are those of another network", at: source.name, cause: .defect)
        }
        self.settings = settings
        network = NetworkDescription(
            tickNanoseconds: 1_000_000, inputs: source.input.count, maximumInputSpikes: settings.inputSpikes,
            populations: [], connections: [])
        var unit = 1 / Double(settings.inputSpikes)
        for (index, layer) in source.layers.enumerated() {
            let level = index < levels.values.count ? levels.values[index] : 0
            guard level > 0 || index == levels.values.count else {
                throw SpikelineError(
                    "\(layer.name) is never active on the data, so it cannot be balanced", at: source.name,
                    hint: "Give pictures like those that it was trained with")
            }
            let target = Double(level) / Double(settings.spikes)
            try add(layer, level: level, sourceUnit: unit, unit: level > 0 ? target : nil, in: source.name)
            unit = target
        }
        try NetworkLimits.check(network, file: source.name)
        _ = try RangeProof(network)
    }

    /// Beyond this, thresholds and biases gain nothing: a step is less than rounding to 8 bits does to weights.
    private static let largest = 8_192.0

    private mutating func add(
        _ layer: ReLUNetwork.Layer, level: Float, sourceUnit: Double, unit: Double?, in file: String
    ) throws(SpikelineError) {
        let place = network.populations.count
        let cells = layer.output.height * layer.output.width
        // A dense layer behind a pool reads every cell of it; a convolution sums the pool by itself.
        if case .dense = layer.pattern,
            layer.weights.count / max(layer.pooled.count, 1) * layer.input.count > NetworkLimits.weights
        {
            throw SpikelineError("\(layer.name) has too many weights for the integer network", at: file)
        }
        let share = 1 / Double(layer.poolHeight * layer.poolWidth)
        let targets = layer.biases.count
        let row = layer.weights.count / targets
        let peaks = (0..<targets).map { target in
            share * Double(layer.weights[target * row..<(target + 1) * row].reduce(0) { max($0, abs($1)) })
        }
        var factors: [Double] = []
        var thresholds: [Int32] = []
        let widest = peaks.reduce(0, max)
        for target in 0..<targets {
            let bias = abs(Double(layer.biases[target])) / sourceUnit
            // The readout's channels are compared with each other, so they share a factor.
            let peak = unit == nil || peaks[target] == 0 ? widest : peaks[target]
            var factor = min(127 / max(peak, 1e-30), Self.largest / max(bias, 1e-30), 1e30)
            if let unit {
                let ratio = unit / sourceUnit
                let threshold = min(factor * ratio, Self.largest).rounded(.down)
                guard threshold >= 1 else {
                    throw SpikelineError(
                        "\(layer.name) needs a threshold below the smallest weight", at: file,
                        hint: "Give a higher --percentile, or fewer spikes in a tick")
                }
                factor = threshold / ratio
                thresholds.append(Int32(threshold))
            }
            factors.append(factor)
        }
        if unit == nil {
            factors = Array(repeating: factors.min() ?? 1, count: targets)
            thresholds = Array(repeating: 1, count: targets)
        }
        let biases = (0..<targets).map { target in
            let shift = unit == nil ? 0 : Double(thresholds[target]) / Double(2 * settings.ticks)
            return Int32((factors[target] * Double(layer.biases[target]) / sourceUnit + shift).rounded())
        }
        func spread(_ values: [Int32]) -> [Int32] {
            targets == layer.output.count ? values : (0..<cells).flatMap { _ in values }
        }
        network.populations.append(
            Population(
                name: "layer\(place + 1)", neuron: layerNeuron(decay: NeuronModel.unity, fires: unit != nil),
                thresholds: spread(thresholds),
                biases: spread(biases)))
        network.connections.append(
            Connection(
                source: place == 0 ? .input : .population(place - 1), target: place,
                pattern: layer.enginePattern,
                weights: layer.engineWeights { Int8((factors[$0] * $1 * share).rounded()) }))
        let leak = try leak(of: place, layer, file)
        network.populations[place].neuron = layerNeuron(decay: NeuronModel.unity - leak, fires: unit != nil)
        if unit == nil { network.populations[place].name = "readout" }
        note(layer, level, factors.map { $0 * share }, thresholds: unit == nil ? nil : thresholds, leak)
    }

    private func layerNeuron(decay: Int32, fires: Bool) -> NeuronModel {
        fires
            ? .lif(SpikingParameters(membraneDecay: decay, maximumSpikes: Int32(settings.spikes)))
            : .leakyIntegrator(membraneDecay: decay)
    }

    /// The smallest leak with which the sums of population `place` are proved to fit.
    private func leak(of place: Int, _ layer: ReLUNetwork.Layer, _ file: String) throws(SpikelineError) -> Int32 {
        let leak = network.smallestLeak(ofPopulation: place)
        guard leak <= 1_024 else {
            throw SpikelineError(
                "\(layer.name) has more inputs than its membranes can hold without forgetting", at: file,
                hint: "Give fewer --spikes or --input-spikes")
        }
        return Int32(leak)
    }

    private mutating func note(
        _ layer: ReLUNetwork.Layer, _ level: Float, _ factors: [Double], thresholds: [Int32]?, _ leak: Int32
    ) {
        let row = layer.weights.count / layer.biases.count
        var (squares, vanished) = (0.0, 0)
        for target in layer.biases.indices {
            let exact = layer.weights[target * row..<(target + 1) * row].map { Double($0) * factors[target] }
            let peak = exact.reduce(0) { max($0, abs($1)) }
            for weight in exact where peak > 0 {
                let error = (weight - weight.rounded()) / peak
                squares += error * error
                if weight != 0, weight.rounded() == 0 { vanished += 1 }
            }
        }
        var range: ClosedRange<Int32>?
        if let low = thresholds?.min(), let high = thresholds?.max() { range = low...high }
        layers.append(
            Layer(
                name: layer.name, level: level, neurons: layer.output.count, thresholds: range, leak: leak,
                weights: layer.weights.count, vanished: vanished,
                rootMeanSquareError: (squares / Double(max(layer.weights.count, 1))).squareRoot()))
    }
}

extension ReLUNetwork.Layer {
    /// The engine's pattern of the layer's connection.
    fileprivate var enginePattern: Connection.Pattern {
        switch pattern {
        case .dense: .dense
        case .convolution(let kernel, let stride, let padding):
            .convolution(
                Convolution(
                    input: Grid(height: input.height, width: input.width, channels: input.channels), pool: poolHeight,
                    kernel: kernel, stride: stride, padding: padding, channels: output.channels))
        }
    }

    /// The weights in the engine's order, channels last; `whole` makes an integer of a weight of a target (or channel).
    fileprivate func engineWeights(_ whole: (Int, Double) -> Int8) -> [Int8] {
        var result: [Int8] = []
        switch pattern {
        case .dense:
            let pooled = pooled
            let targets = output.count
            result.reserveCapacity(input.count * targets)
            for neuron in 0..<input.count {
                let (cell, channel) = neuron.quotientAndRemainder(dividingBy: input.channels)
                let (y, x) = (cell / input.width / poolHeight, cell % input.width / poolWidth)
                let isInside = y < pooled.height && x < pooled.width
                let source = (channel * pooled.height + y) * pooled.width + x
                for target in 0..<targets {
                    result.append(isInside ? whole(target, Double(weights[target * pooled.count + source])) : 0)
                }
            }
        case .convolution(let kernel, _, _):
            result.reserveCapacity(weights.count)
            for cell in 0..<kernel * kernel {
                for source in 0..<input.channels {
                    for target in 0..<output.channels {
                        let index = (target * input.channels + source) * kernel * kernel + cell
                        result.append(whole(target, Double(weights[index])))
                    }
                }
            }
        }
        return result
    }
}
