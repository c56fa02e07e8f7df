import SpikePlasticity
import SpikeSignals

/// Poisson spikes on the two sides of a synapse, some of which belong together.
///
/// Presynaptic spikes come at random. Each is followed after the lag (before it, if that is negative) by a postsynaptic one with the
/// probability `correlation * post / pre`, at most 1; further postsynaptic spikes come at random, so many that their rate is the
/// wanted one.
struct PlasticTrains: Hashable {
    var preHertz: Double
    var postHertz: Double
    /// The share of the postsynaptic spikes that follow presynaptic ones, if there are enough of those.
    var correlation: Double
    var lagTicks: Int
    /// Ticks of 1 ms.
    var ticks: Int

    /// The share of the postsynaptic spikes that do follow.
    var shareThatFollows: Double { min(correlation, preHertz / postHertz) }

    /// The spikes of the two sides in each tick, drawn from `random`: bit 0 presynaptic, bit 1 postsynaptic.
    func draw(_ random: inout SeededGenerator) -> [UInt8] {
        var spikes = [UInt8](repeating: 0, count: ticks)
        let (pre, post) = (preHertz / 1_000, postHertz / 1_000)
        let followed = shareThatFollows * post / pre
        let alone = post * (1 - shareThatFollows)
        for tick in 0..<ticks {
            if chance(pre, &random) {
                spikes[tick] |= 1
                let other = tick + lagTicks
                if chance(followed, &random), other >= 0, other < ticks { spikes[other] |= 2 }
            }
            if chance(alone, &random) { spikes[tick] |= 2 }
        }
        return spikes
    }

    private func chance(_ probability: Double, _ random: inout SeededGenerator) -> Bool {
        Double(random.next() >> 11) * 0x1p-53 < probability
    }
}

/// The weights of some synapses over time, each with spikes of its own.
struct WeightCourse {
    /// How many synapses, each with two neurons that no other has.
    static let synapses = 8
    /// How many times a weight is noted, the start not counted.
    static let points = 200

    /// Ticks from note to note.
    let interval: Int
    /// `[synapse][note]`.
    let weights: [[Int]]
    /// Spikes of all synapses together.
    let preSpikes: Int
    let postSpikes: Int

    /// Runs `rule` with spikes drawn from `seed`.
    init(_ rule: STDPRule, _ trains: PlasticTrains, seed: UInt64) throws(SpikelineError) {
        let interval = max(trains.ticks / Self.points, 1)
        let spike = [ChannelSpikes(channel: 0, count: 1)]
        var (weights, pre, post) = ([[Int]](), 0, 0)
        for index in 0..<Self.synapses {
            var random = SeededGenerator(seed, 3, UInt64(index))
            let spikes = trains.draw(&random)
            let synapse = try PlasticSynapses(
                sources: 1, targets: 1, weights: [LearningWindow.start], rule: rule, seed: random.next())
            var row = [Int(LearningWindow.start)]
            for tick in spikes.indices {
                let (before, after) = (spikes[tick] & 1 != 0, spikes[tick] & 2 != 0)
                pre += before ? 1 : 0
                post += after ? 1 : 0
                try synapse.learn(presynaptic: before ? spike : [], postsynaptic: after ? spike : [])
                if (tick + 1) % interval == 0 { row.append(Int(synapse.weights[0])) }
            }
            weights.append(row)
        }
        (self.interval, self.weights, preSpikes, postSpikes) = (interval, weights, pre, post)
    }

    /// The mean of the weights at the end.
    var meanAtEnd: Double {
        Double(weights.reduce(0) { $0 + ($1.last ?? 0) }) / Double(max(weights.count, 1))
    }
}
