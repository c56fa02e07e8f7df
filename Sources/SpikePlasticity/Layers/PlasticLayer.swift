import SpikeNetwork
import SpikeSignals

/// A population of the engine's neurons behind dense synapses that learn while it runs.
///
/// A ``SpikeNetwork/NetworkDescription`` is data that does not change, so the layer owns its weights; its neurons are
/// the engine's, bit for bit. What it has learned can be put into a description (``weights``). A tick allocates nothing:
/// ```
/// spikes -> currents from the weights as they are -> neurons -> learn from both sides
/// ```
/// A delayed layer hands the spikes of a tick to its synapses at once and to its neurons in the next tick: what a spike causes comes
/// after it, and a spike that comes in the tick of a postsynaptic one has not caused it.
public final class PlasticLayer {
    /// The synapses.
    public let synapses: PlasticSynapses
    /// Whether spikes change the weights. Ticks in which they do not are unknown to the rule.
    public var isLearning = true

    /// Whether neurons hear of a spike a tick after the synapses.
    public let isDelayed: Bool

    private let layer: NeuronLayer
    private let maximumInputSpikes: Int
    private var input: [ChannelSpikes] = []
    /// What the neurons hear of in the next tick, if the layer is delayed.
    private var late: [ChannelSpikes] = []
    private var fired: [ChannelSpikes] = []

    /// A layer of `population` with `sources` inputs that fire at most `maximumInputSpikes` times a tick.
    ///
    /// - Throws: if the parameters are out of range, or a sum could overflow with weights that the rule allows.
    public init(
        _ population: Population, sources: Int, maximumInputSpikes: Int = 1, weights: [Int8], rule: STDPRule,
        isDelayed: Bool = false, seed: UInt64
    ) throws(SpikelineError) {
        let largest = max(abs(Int(rule.minimum)), abs(Int(rule.maximum)))
        layer = try NeuronLayer(
            population, sources: sources, maximumInputSpikes: maximumInputSpikes, largestWeight: largest)
        synapses = try PlasticSynapses(
            sources: sources, targets: population.size, weights: weights, rule: rule, seed: seed)
        self.maximumInputSpikes = maximumInputSpikes
        self.isDelayed = isDelayed
        late.reserveCapacity(isDelayed ? sources : 0)
        input.reserveCapacity(sources)
        fired.reserveCapacity(population.size)
    }

    /// The weights now, `[source][neuron]`.
    public var weights: [Int8] { synapses.weights }

    /// The neurons that fired in the latest tick, ascending.
    public var spikes: [ChannelSpikes] { fired }

    /// The membrane potential of `neuron`, which exists, after the latest tick.
    public func potential(of neuron: Int) -> Int32 { layer.potential(of: neuron) }

    /// Sets the state of `neuron`, which exists, as it is after the latest tick; see ``SpikeNetwork/NeuronLayer``. What is on its way to
    /// the neurons of a delayed layer is lost.
    func set(membrane: Int32, current: Int32, of neuron: Int) {
        late.removeAll(keepingCapacity: true)
        layer.set(membrane: membrane, second: current, of: neuron)
    }

    /// Raises the membrane potential of `neuron`, which exists.
    func raise(membraneBy amount: Int32, of neuron: Int) { layer.raise(membraneBy: amount, of: neuron) }

    /// Advances by one tick with these input spikes, which ascend.
    ///
    /// - Throws: if a channel does not exist, comes twice, or fires more often than was proved for; the layer is then
    ///   as it was.
    public func step(_ spikes: some Sequence<ChannelSpikes>) throws(SpikelineError) {
        input.removeAll(keepingCapacity: true)
        var next = 0
        for spike in spikes {
            guard Int(spike.channel) >= next, Int(spike.channel) < synapses.sources,
                Int(spike.count) <= maximumInputSpikes
            else {
                throw SpikelineError(
                    "expected ascending channels below \(synapses.sources) with at most \(maximumInputSpikes) spikes, "
                        + "found channel \(spike.channel) with \(spike.count)",
                    at: "layer \"\(layer.population.name)\"")
            }
            next = Int(spike.channel) + 1
            input.append(spike)
        }
        fired.removeAll(keepingCapacity: true)
        if isDelayed { deliver(late) } else { deliver(input) }
        if isLearning {
            unsafe input.withUnsafeBufferPointer { input in
                unsafe fired.withUnsafeBufferPointer { fired in unsafe synapses.advance(input, fired) }
            }
        }
        if isDelayed { swap(&input, &late) }
    }

    /// Advances the neurons by a tick in which they hear of `spikes`.
    private func deliver(_ spikes: [ChannelSpikes]) {
        unsafe spikes.withUnsafeBufferPointer { spikes in
            unsafe synapses.withWeights { weights in
                unsafe layer.step(spikes, weights: weights) { spikes in
                    for index in 0..<spikes.count { fired.append(unsafe spikes[index]) }
                }
            }
        }
    }
}
