import SpikeSignals

/// What a synapse learns from the times of the spikes on its two sides: spike-timing-dependent plasticity.
///
/// With the traces `r1`, `r2` of the presynaptic neuron and `o1`, `o2` of the postsynaptic one,
/// ```
/// at a presynaptic spike    w -= o1 (A2- + A3- r2)      then r1, r2 rise
/// at a postsynaptic spike   w += r1 (A2+ + A3+ o2)      then o1, o2 rise
/// r1 falls with tau+, r2 with tau x, o1 with tau-, o2 with tau y
/// ```
/// Without the triplet terms (A3) this is the pair rule. A pair in one tick counts as pre before post. The weight used
/// to deliver a spike is the one from before the spike.
/// Sources: Pfister and Gerstner, "Triplets of spikes in a model of spike timing-dependent plasticity", J. Neurosci. 26
/// (2006), equations 2 to 4; Song, Miller and Abbott, Nature Neuroscience 3 (2000), for the pair rule.
public struct STDPRule: Hashable, Sendable {
    /// Which spikes form pairs.
    public enum Pairing: String, Hashable, Sendable, CaseIterable {
        /// Each with every earlier one: a spike adds 1 to a trace, a count of n adds n.
        case allToAll
        /// Each with the latest one of the other side: a spike sets a trace to 1.
        case nearest
        /// A postsynaptic spike with the latest presynaptic one before it and the first one after it (Morrison,
        /// Diesmann and Gerstner, Biological Cybernetics 98, 2008, figure 7, the scheme centred on postsynaptic spikes).
        case nearestToPostsynaptic
        /// Only immediate pairs: a postsynaptic spike with the latest presynaptic one, if it is the first to follow it, and the
        /// other way round, so that rises and falls alternate (Morrison, Diesmann and Gerstner, 2008, figure 7C, "reduced
        /// symmetric"). Hathway and Goodman, ReScience 4 (1), 2018, found that Masquelier, Guyonneau and Thorpe (2008) used it.
        case reducedSymmetric
    }

    /// How a change slows down near the bounds of the weight.
    public enum Bounds: String, Hashable, Sendable, CaseIterable {
        /// It does not; the weight stops at the bound.
        case hard
        /// A rise is scaled by the distance to the upper bound, a fall by that to the lower one, as a share of the
        /// range (van Rossum, Bi and Turrigiano, J. Neurosci. 20, 2000).
        case soft
    }

    /// What becomes of the part of a change that is less than a unit of the weight.
    public enum Rounding: String, Hashable, Sendable, CaseIterable {
        /// The weight goes up or down at random, so that its mean is exact (Gupta et al., ICML 2015, section 3). Nothing is
        /// kept but the weight.
        case random
        /// It is kept beside the weight, in 1/65,536 of a unit, and added to the next change: two bytes a synapse more, and
        /// nothing is left to chance. The weight is the nearest whole number to the sum of all changes.
        case carried
    }

    /// A2+: the rise of a pair, in units of the weight, 0 to 255.
    public var potentiation: Double
    /// A2-: the fall of a pair, in units of the weight, 0 to 255.
    public var depression: Double
    /// A3+: what a postsynaptic trace of 1 adds to the rise, 0 to 255.
    public var tripletPotentiation = 0.0
    /// A3-: what a presynaptic trace of 1 adds to the fall, 0 to 255.
    public var tripletDepression = 0.0
    /// tau+ in ticks, 0.1 to 10,000.
    public var potentiationTicks: Double
    /// tau- in ticks, 0.1 to 10,000.
    public var depressionTicks: Double
    /// tau y in ticks, 0.1 to 10,000: the slower postsynaptic trace.
    public var tripletPotentiationTicks = 114.0
    /// tau x in ticks, 0.1 to 10,000: the slower presynaptic trace.
    public var tripletDepressionTicks = 101.0
    /// Which spikes form pairs.
    public var pairing = Pairing.allToAll
    /// How a change slows down near the bounds.
    public var bounds = Bounds.hard
    /// What becomes of changes of less than a unit.
    public var rounding = Rounding.random
    /// The least weight, below ``maximum``.
    public var minimum: Int8 = 0
    /// The greatest weight.
    public var maximum: Int8 = 127

    /// The pair rule with amplitudes in units of the weight and time constants in ticks.
    public init(potentiation: Double, depression: Double, potentiationTicks: Double, depressionTicks: Double) {
        self.potentiation = potentiation
        self.depression = depression
        self.potentiationTicks = potentiationTicks
        self.depressionTicks = depressionTicks
    }

    /// The minimal triplet rule with all pairs, as fitted to visual cortex (Pfister and Gerstner, table 4): A2- 7.1e-3,
    /// A3+ 6.5e-3 with tau+ 16.8 ms, tau- 33.7 ms and tau y 114 ms, for ticks of 1 ms and weights of which `unit` is 1.
    public static func visualCortex(unit: Double) -> STDPRule {
        var rule = STDPRule(
            potentiation: 0, depression: 7.1e-3 * unit, potentiationTicks: 16.8, depressionTicks: 33.7)
        rule.tripletPotentiation = 6.5e-3 * unit
        rule.tripletPotentiationTicks = 114
        return rule
    }
}
