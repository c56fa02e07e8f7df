import SpikeSignals

/// What one chooses about a coding: how values from 0 to 1 become spikes.
///
/// A value is a whole number from 0 to ``one`` (Q16). Time is counted in ticks; a window is a whole number of ticks, and
/// window `i` covers the ticks `[i, i + 1) * windowTicks` of the stream.
public struct CodingParameters: Hashable, Sendable {
    /// The codings there are.
    public enum Method: String, CaseIterable, Sendable {
        /// Spikes at random times, more of them for a larger value (``PoissonCoder``).
        case poisson
        /// Spikes at regular intervals, shorter ones for a larger value (``RegularCoder``).
        case regular
        /// One spike in a window, the earlier the larger the value (``LatencyCoder``).
        case latency
        /// The same, with a delay in proportion to the logarithm of the value (``LogLatencyCoder``).
        case logLatency = "log_latency"
        /// A neuron that starts to gather the value with each window, and fires when it has enough (``FirstSpikeCoder``).
        case firstSpike = "first_spike"
        /// The values one after another, the largest first (``RankOrderCoder``).
        case rankOrder = "rank_order"
        /// A spike when value and oscillation together reach the threshold (``PhaseCoder``).
        case phase
        /// The binary digits of the value, one for each phase of a window (``WeightedPhaseCoder``).
        case weightedPhase = "weighted_phase"
        /// Many neurons for a value, each with a value that it prefers (``PopulationCoder``).
        case population
        /// A spike for each step up and one for each step down (``DeltaCoder``).
        case delta
    }

    /// The value 1.
    public static let one: Int64 = 1 << 16

    /// Which coding.
    public var method: Method
    /// The length of a tick in milliseconds, 1 to 1,000.
    public var tickMilliseconds = 1
    /// The window of all codings but delta, in ticks, 2 to 4,096; for weighted phases that is the number of digits, at
    /// most 16. For rates it is the time over which the decoder counts.
    public var windowTicks = 32
    /// Spikes a second at a value of 1, for rates: 0.1 to 1,000,000, at most one a tick (regular: 255).
    public var rateHertz = 200.0
    /// The range of a logarithmic latency in octaves below 1, from 1 to 16.
    public var octaves = 8.0
    /// First spike: the potential at which the neuron fires, as a value; delta: the step. From 1/4,096 to 1.
    public var threshold = 0.25
    /// First spike: the membrane's time constant in ticks, from 1 to 10,000.
    public var tauTicks = 32.0
    /// Rank order: the sensitivity that each spike leaves for those after it, from 0.01 to 0.9999.
    public var sensitivity = 0.9
    /// Neurons for each value of a population, 3 to 64.
    public var neurons = 8
    /// Delta: how much more than a step it takes to turn back, as a value from 0 to 1.
    public var hysteresis = 0.0
    /// The seed of random spikes.
    public var seed: UInt64 = 1

    /// A coding with its usual settings: for delta a step of 1/16, for weighted phases eight digits.
    public init(_ method: Method) {
        self.method = method
        if method == .delta { threshold = 0.0625 }
        if method == .weightedPhase { windowTicks = 8 }
    }

    /// Channels of spikes for each value: as many as neurons of a population, two for delta (0: down, 1: up), one else.
    public var channelsPerValue: Int {
        switch method {
        case .population: neurons
        case .delta: 2
        default: 1
        }
    }

    /// The most spikes of a channel in a tick.
    public var mostSpikes: Int {
        let most: Double
        switch method {
        case .regular: most = spikesPerTick + 1
        case .delta: most = 1 / threshold
        default: most = 1
        }
        return most < 255 ? Int(max(most, 1)) : 255
    }

    /// Spikes in a tick at a value of 1.
    var spikesPerTick: Double { rateHertz * Double(tickMilliseconds) / 1_000 }
}

extension CodingParameters {
    /// Throws what is wrong with the parameters.
    public func check(place: String) throws(SpikelineError) {
        func require(_ isRight: Bool, _ what: String, _ found: String) throws(SpikelineError) {
            if !isRight { throw SpikelineError("expected \(what), found \(found)", at: place) }
        }
        try require((1...1_000).contains(tickMilliseconds), "a tick of 1 to 1000 ms", "\(tickMilliseconds)")
        switch method {
        case .delta:
            try require(
                (0...1).contains(hysteresis), "a hysteresis from 0 to 1", "\(hysteresis)")
        case .weightedPhase:
            try require(
                (2...16).contains(windowTicks), "a window of 2 to 16 ticks, one for each digit", "\(windowTicks)")
        default:
            try require((2...4_096).contains(windowTicks), "a window of 2 to 4096 ticks", "\(windowTicks)")
        }
        switch method {
        case .poisson, .regular:
            let most = method == .poisson ? 1.0 : 255
            try require(
                (0.1...1e6).contains(rateHertz) && spikesPerTick <= most,
                "a rate of 0.1 Hz to \(Int(most)) spikes in a tick of \(tickMilliseconds) ms", "\(rateHertz) Hz")
        case .logLatency:
            try require((1...16).contains(octaves), "a range of 1 to 16 octaves", "\(octaves)")
        case .firstSpike:
            try require((1...10_000).contains(tauTicks), "a time constant of 1 to 10000 ticks", "\(tauTicks)")
            try requireThreshold(place)
            let reached = 1 - SetUpMath.exp(-Double(windowTicks) / tauTicks)
            try require(
                threshold < reached,
                "a threshold that a value of 1 reaches in the window, below \(Double(SetUpMath.floor(reached * 1_000)) / 1_000)",
                "\(threshold)")
        case .rankOrder:
            try require((0.01...0.9999).contains(sensitivity), "a sensitivity from 0.01 to 0.9999", "\(sensitivity)")
        case .population:
            try require((3...64).contains(neurons), "3 to 64 neurons", "\(neurons)")
        case .delta:
            try requireThreshold(place)
        case .latency, .phase, .weightedPhase:
            break
        }
    }

    private func requireThreshold(_ place: String) throws(SpikelineError) {
        guard (1 / 4_096...1).contains(threshold) else {
            throw SpikelineError("expected a threshold from 1/4096 to 1, found \(threshold)", at: place)
        }
    }
}
