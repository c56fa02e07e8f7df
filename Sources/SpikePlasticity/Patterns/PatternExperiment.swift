import SpikeNetwork
import SpikeSignals

/// One neuron that learns, without labels, to fire when a pattern begins which repeats in noise.
///
/// The published experiment (see ``PatternInNoise``): the same 150 s of spikes come three times, and the last time
/// counts. The neuron is the engine's current-based LIF with tau 10 ms and synapses of 2.5 ms, which is the published
/// postsynaptic potential. Learning is additive with hard bounds, A+ 0.03125, A- 0.85 A+, tau 16.8 and 33.7 ms, nearest
/// spikes; weights begin at 0.475, of which 127 is 1, and carry what is less than a unit. The threshold T is 500 of the
/// potential's maxima at full weight. A spike forgets what came before it, and leaves the published afterpotential, which is
/// negative from 2 ms on:
/// ```
/// eta(t) = T (K1 e^(-t/tau_m) - K2 (e^(-t/tau_m) - e^(-t/tau_s)))        K1 = 2, K2 = 4
/// ```
/// For 1 ms after a spike the neuron cannot fire; what comes in then counts. The trains are drawn in ticks of 1 ms; the neuron runs
/// in ticks of 0.1 ms, to which the spikes of a millisecond are dealt at random. In longer ticks too many spikes that come after
/// the neuron's own count as if they came before, and strengthening wins (Hathway and Goodman, ReScience 4 (1), 2018).
public struct PatternExperiment: Sendable {
    /// What can be changed.
    public struct Settings: Hashable, Sendable {
        /// The spike trains.
        public var trains = PatternInNoise.Settings()
        /// How often they are played, 1 to 20; the last time is judged.
        public var passes = 3
        /// The threshold in postsynaptic potentials of full weight, 1 to 5,000.
        public var threshold = 500
        /// The weight at first in thousandths of the greatest, 0 to 1,000.
        public var initialWeight = 475

        /// The published baseline.
        public init() {}
    }

    /// A spike of the neuron.
    public struct Spike: Hashable, Sendable {
        /// When, in ticks since the first pass began.
        public var tick: Int
        /// Milliseconds since the pattern began; nil outside of the pattern.
        public var latency: Int?
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// All spikes.
        public var spikes: [Spike]
        /// Patterns in the last pass.
        public var patterns: Int
        /// Patterns of the last pass in which the neuron fired.
        public var hits: Int
        /// Spikes of the last pass outside of patterns.
        public var falseAlarms: Int
        /// The mean time of the first spike in a pattern of the last pass, in ms.
        public var meanLatency: Double?
        /// Seconds of one pass.
        public var passSeconds: Double
        /// The mean rate of the inputs in Hz.
        public var inputHertz: Double
        /// The weights at the end.
        public var weights: [Int8]

        /// The share of patterns that were hit.
        public var hitRate: Double { patterns == 0 ? 0 : Double(hits) / Double(patterns) }
        /// As published: more than 98 % of the patterns, not one false alarm, and a mean latency below 10 ms.
        public var isSuccess: Bool { hitRate > 0.98 && falseAlarms == 0 && (meanLatency ?? .infinity) < 10 }
    }

    /// Ticks of the neuron in a tick of the trains.
    static let parts = 10

    private let settings: Settings

    /// An experiment.
    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// The published rule in ticks of the neuron, for weights of which 127 is 1.
    public static var rule: STDPRule {
        var rule = STDPRule(
            potentiation: 0.03125 * 127, depression: 0.85 * 0.03125 * 127, potentiationTicks: 16.8 * Double(parts),
            depressionTicks: 33.7 * Double(parts))
        rule.pairing = .reducedSymmetric
        // Random roundings shake the weights by units; patterns that are hard to hit anyway are then missed too often.
        rule.rounding = .carried
        return rule
    }

    /// Draws the trains of `seed` and plays them.
    ///
    /// - Throws: if a setting is out of range.
    public func run(seed: UInt64) throws(SpikelineError) -> Outcome {
        guard (1...20).contains(settings.passes), (1...5_000).contains(settings.threshold),
            (0...1_000).contains(settings.initialWeight)
        else {
            throw SpikelineError(
                "expected 1 to 20 passes, a threshold from 1 to 5,000 and a weight from 0 to 1,000, found "
                    + "\(settings.passes), \(settings.threshold) and \(settings.initialWeight)",
                at: "pattern experiment")
        }
        let trains = try PatternInNoise(settings.trains, seed: seed)
        let (layer, after) = try neuron(seed: seed)
        var input: [ChannelSpikes] = []
        input.reserveCapacity(settings.trains.neurons)
        var dealt = Array(repeating: input, count: Self.parts)
        for part in dealt.indices { dealt[part].reserveCapacity(settings.trains.neurons) }
        var isPattern = [Bool](repeating: false, count: settings.trains.sections)
        for section in trains.patternSections { isPattern[section] = true }
        let length = trains.raster.ticks
        var spikes: [Spike] = []
        var rest = 0
        for pass in 0..<settings.passes {
            for tick in 0..<length {
                trains.raster.read(tick, into: &input)
                // The same in every pass.
                var generator = SeededGenerator(seed, UInt64(tick))
                for part in dealt.indices { dealt[part].removeAll(keepingCapacity: true) }
                for spike in input { dealt[generator.index(below: Self.parts)].append(spike) }
                for part in dealt.indices {
                    try layer.step(dealt[part])
                    if rest > 0 {
                        rest -= 1
                        if rest == 0 { layer.raise(membraneBy: after.restored, of: 0) }
                    }
                    if layer.spikes.isEmpty { continue }
                    layer.set(membrane: 0, current: after.current, of: 0)
                    rest = Self.parts
                    let (section, latency) = tick.quotientAndRemainder(dividingBy: PatternInNoise.sectionTicks)
                    spikes.append(Spike(tick: pass * length + tick, latency: isPattern[section] ? latency : nil))
                }
            }
        }
        return outcome(spikes, trains, weights: layer.weights)
    }

    /// What a spike leaves: a current that bends the potential down at once, and the potential that begins at twice the threshold.
    /// While the neuron cannot fire that potential is left out, so that it stays below the threshold, and what is left of it then is
    /// restored.
    private struct Afterpotential {
        var current: Int32
        var restored: Int32
    }

    private func neuron(seed: UInt64) throws(SpikelineError) -> (PlasticLayer, Afterpotential) {
        let membrane = Int32(SetUpMath.fixed(SetUpMath.exp(-1 / (10 * Double(Self.parts))), bits: 15))
        let synapse = Int32(SetUpMath.fixed(SetUpMath.exp(-1 / (2.5 * Double(Self.parts))), bits: 15))
        let parameters = SpikingParameters(membraneDecay: membrane, reset: .zero)
        // The largest potential that one spike of a full weight leaves, by the neuron's own arithmetic.
        var (current, potential, largest): (Int32, Int32, Int32) = (127 << 8, 0, 0)
        for tick in 0..<50 * Self.parts {
            if tick > 0 { current = decay(current, by: synapse) }
            potential = decay(potential, by: membrane) + current
            largest = max(largest, potential)
        }
        let threshold = Int32(Int64(settings.threshold) * Int64(largest) >> 8)
        let population = Population(
            name: "detector", neuron: .currentLIF(parameters, synapticDecay: synapse), thresholds: [threshold],
            biases: [0])
        let weight = Int8(settings.initialWeight * 127 / 1_000)
        // Delayed: the published potential is 0 when a spike comes, and the engine's would be up in the same tick.
        let layer = try PlasticLayer(
            population, sources: settings.trains.neurons,
            weights: [Int8](repeating: weight, count: settings.trains.neurons), rule: Self.rule, isDelayed: true,
            seed: seed)
        // n ticks after a current c, which decays by s before it first acts, the potential is c s (m^n - s^n) / (m - s).
        let (m, s) = (Double(membrane) / Double(NeuronModel.unity), Double(synapse) / Double(NeuronModel.unity))
        let released = -4 * Double(threshold) * (m - s) / s
        var left = 2 * Double(threshold)
        for _ in 0..<Self.parts { left *= m }
        return (layer, Afterpotential(current: Int32(released.rounded()), restored: Int32(left.rounded())))
    }

    private func outcome(_ spikes: [Spike], _ trains: PatternInNoise, weights: [Int8]) -> Outcome {
        let last = (settings.passes - 1) * trains.raster.ticks
        var (hits, alarms, latencies, section) = (0, 0, 0, -1)
        for spike in spikes where spike.tick >= last {
            guard let latency = spike.latency else {
                alarms += 1
                continue
            }
            let current = spike.tick / PatternInNoise.sectionTicks
            if current == section { continue }
            section = current
            hits += 1
            latencies += latency
        }
        return Outcome(
            spikes: spikes, patterns: trains.patternSections.count, hits: hits, falseAlarms: alarms,
            meanLatency: hits == 0 ? nil : Double(latencies) / Double(hits),
            passSeconds: Double(trains.raster.ticks) / 1_000, inputHertz: trains.meanHertz, weights: weights)
    }
}
