import SpikePlasticity
import SpikeSignals

/// What pairs of spikes change at a synapse, by the time between them: measured with the rule itself.
///
/// As in the experiment of Bi and Poo (J. Neurosci. 18, 1998), a pair of spikes `lag` apart comes `pairs` times at equal
/// distances. One presynaptic neuron has ``repetitions`` synapses for each lag; the postsynaptic neuron of each fires `lag` after it, or
/// before. The mean over the repetitions removes most of what rounding at random adds: its standard error is at most
/// 0.5 / sqrt(repetitions * pairs) of a unit of the weight for pairs that do not reach each other.
struct LearningWindow {
    /// From the presynaptic to the postsynaptic spike, in ticks of 1 ms.
    static let lags = Array(stride(from: -100, through: 100, by: 2))
    /// Synapses for each lag.
    static let repetitions = 64
    /// Every weight before the first pair.
    static let start: Int8 = 64

    /// How often each pair came.
    let pairs: Int
    /// The mean change of the weight by a pair, for each lag.
    let changes: [Double]
    /// The share of the weights that ended at a bound, where hard bounds cut changes off.
    let shareAtBounds: Double

    /// Measures `rule` with `pairs` pairs, a new one every `periodTicks`.
    init(_ rule: STDPRule, pairs: Int, periodTicks: Int, seed: UInt64) throws(SpikelineError) {
        let count = Self.repetitions
        let targets = Self.lags.count * count
        let synapses = try PlasticSynapses(
            sources: 1, targets: targets, weights: Array(repeating: Self.start, count: targets), rule: rule, seed: seed)
        let latest = -(Self.lags.first ?? 0)
        // Which lags have a postsynaptic spike in which tick; those of a tick ascend.
        var due: [Int: [Int]] = [:]
        for index in Self.lags.indices {
            for pair in 0..<pairs { due[latest + pair * periodTicks + Self.lags[index], default: []].append(index) }
        }
        let pre = [ChannelSpikes(channel: 0, count: 1)]
        var post: [ChannelSpikes] = []
        let end = 2 * latest + (pairs - 1) * periodTicks
        for tick in 0...end {
            post.removeAll(keepingCapacity: true)
            for index in due[tick] ?? [] {
                for repetition in 0..<count {
                    post.append(ChannelSpikes(channel: UInt16(index * count + repetition), count: 1))
                }
            }
            let isPaired = tick >= latest && (tick - latest) % periodTicks == 0 && (tick - latest) / periodTicks < pairs
            try synapses.learn(presynaptic: isPaired ? pre : [], postsynaptic: post)
        }
        let weights = synapses.weights
        self.pairs = pairs
        changes = Self.lags.indices.map { index in
            let sum = weights[index * count..<(index + 1) * count].reduce(0) { $0 + Int($1) - Int(Self.start) }
            return Double(sum) / Double(count * pairs)
        }
        shareAtBounds =
            Double(weights.reduce(0) { $0 + ($1 == rule.minimum || $1 == rule.maximum ? 1 : 0) }) / Double(targets)
    }
}
