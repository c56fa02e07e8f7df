/// A network in physical units: what fires by itself, what listens, who is wired to whom, and for how long it runs.
///
/// Times are in milliseconds, potentials in millivolts, rates in hertz. A step of the clock `[k, k + 1) * step` does, in
/// this order, for all populations before the next part begins:
/// ```
/// 1. integrate   the membrane and the synaptic current over one step, exactly; not the membrane of a refractory neuron
/// 2. threshold   a neuron with v > threshold that is not refractory fires
/// 3. deliver     each spike that was fired `delay` steps ago (0: in this step) adds its weight to its targets
/// 4. reset       the neurons that fired in this step: v = reset
/// ```
/// This is the order of Brian 2 (Stimberg, Brette and Goodman, eLife 8:e47314, 2019; "Running a simulation": groups,
/// thresholds, synapses, resets), so an input that comes in the step in which a neuron fires is lost for a delta synapse.
public struct Simulation: Hashable, Sendable {
    /// The name, for titles.
    public var name: String
    /// How long it runs, in ms.
    public var durationMs: Double
    /// The step of the clock, in ms.
    public var stepMs: Double
    /// What wiring and inputs are drawn from.
    public var seed: UInt64
    /// Who fires by itself.
    public var inputs: [InputGroup]
    /// Who listens.
    public var populations: [CellPopulation]
    /// Who is wired to whom.
    public var projections: [Projection]
    /// What is drawn and counted.
    public var recording: Recording

    /// A network of these parts.
    public init(
        name: String, durationMs: Double, stepMs: Double, seed: UInt64, inputs: [InputGroup],
        populations: [CellPopulation], projections: [Projection], recording: Recording = Recording()
    ) {
        (self.name, self.durationMs, self.stepMs, self.seed) = (name, durationMs, stepMs, seed)
        (self.inputs, self.populations, self.projections, self.recording) = (
            inputs, populations, projections, recording
        )
    }

    /// The number of steps: the duration in steps, to the nearest.
    public var steps: Int { Int((durationMs / stepMs).rounded()) }

    /// The number of steps nearest to `ms`.
    func steps(of ms: Double) -> Int { Int((ms / stepMs).rounded()) }
}

/// Neurons whose spikes are given by a rule and not by their inputs.
public struct InputGroup: Hashable, Sendable {
    /// When the neurons fire.
    public enum Pattern: String, CaseIterable, Hashable, Sendable {
        /// In each step with the probability rate times step, independently: a Poisson process seen in steps.
        case poisson
        /// At equal distances; neuron `i` of `n` begins after `i / n` of the distance.
        case regular
    }

    /// The name.
    public var name: String
    /// How many.
    public var count: Int
    /// When they fire.
    public var pattern: Pattern
    /// How often each fires, in Hz.
    public var rateHz: Double

    /// `count` neurons that fire at `rateHz`.
    public init(name: String, count: Int, pattern: Pattern, rateHz: Double) {
        (self.name, self.count, self.pattern, self.rateHz) = (name, count, pattern, rateHz)
    }
}

/// Leaky integrate-and-fire neurons with the same parameters.
///
/// ```
/// tau dv/dt = rest + drive - v + I          fires if v > threshold; then v = reset
/// delta synapses:        I = 0              a spike adds its weight to v
/// exponential synapses:  tau_s dI/dt = -I   a spike adds its weight to I; both in mV (the current times the resistance)
/// ```
/// After a spike at step `k` the membrane stays at the reset, and delta inputs are lost, until step `k + refractory`.
/// Source: Gerstner et al., Neuronal Dynamics (2014), section 1.3; exact integration: Rotter and Diesmann, Biological
/// Cybernetics 81:381, 1999.
public struct CellPopulation: Hashable, Sendable {
    /// The name.
    public var name: String
    /// How many.
    public var count: Int
    /// The membrane's time constant, in ms.
    public var tauMs: Double
    /// The potential without input, in mV.
    public var restMv: Double
    /// The potential above which a neuron fires, in mV.
    public var thresholdMv: Double
    /// The potential after a spike, in mV.
    public var resetMv: Double
    /// How long a neuron ignores its inputs after a spike, in ms.
    public var refractoryMs: Double
    /// A constant input, as the depolarisation that it ends in, in mV.
    public var driveMv: Double
    /// The time constant of exponential synapses, in ms; nil for delta synapses.
    public var synapseTauMs: Double?

    /// `count` neurons; all start at rest.
    public init(
        name: String, count: Int, tauMs: Double, restMv: Double, thresholdMv: Double, resetMv: Double,
        refractoryMs: Double = 0, driveMv: Double = 0, synapseTauMs: Double? = nil
    ) {
        (self.name, self.count, self.tauMs, self.restMv) = (name, count, tauMs, restMv)
        (self.thresholdMv, self.resetMv, self.refractoryMs) = (thresholdMv, resetMv, refractoryMs)
        (self.driveMv, self.synapseTauMs) = (driveMv, synapseTauMs)
    }
}

/// Synapses from one group to one population, all with the same weight and delay.
public struct Projection: Hashable, Sendable {
    /// The group that fires: an index into the inputs, and beyond them into the populations.
    public var source: Int
    /// The population that listens: an index into the populations.
    public var target: Int
    /// The probability that a pair is connected, 0 to 1.
    public var probability: Double
    /// What a spike adds, in mV.
    public var weightMv: Double
    /// How long a spike takes, in ms.
    public var delayMs: Double

    /// Synapses between groups that are named by their place.
    public init(source: Int, target: Int, probability: Double, weightMv: Double, delayMs: Double = 0) {
        (self.source, self.target, self.probability) = (source, target, probability)
        (self.weightMv, self.delayMs) = (weightMv, delayMs)
    }
}

/// What is kept of a run for figures.
public struct Recording: Hashable, Sendable {
    /// The membranes of so many neurons, the first of the first population.
    public var traces: Int
    /// The width of a bin of the rate over time, in ms.
    public var binMs: Double

    /// Five traces and bins of 20 ms, by default.
    public init(traces: Int = 5, binMs: Double = 20) { (self.traces, self.binMs) = (traces, binMs) }
}
