import SpikeSignals

/// The leaky integrate-and-fire neuron of SpiNNaker's PyNN models, in ``Accum`` numbers (s16.15).
///
/// The membrane relaxes exactly over a step in which its input is constant:
/// ```
/// alpha = round(I R) + V_rest
/// V     = alpha - round(e (alpha - V))        e = exp(-dt / tau_m)
/// spike, V = V_reset and a countdown of steps if V >= V_threshold
/// ```
/// `round` is to the nearest. While the countdown runs, V stands still and input is lost. `R` and `e` come from the
/// host as s16.15 numbers. Source: Hopkins and Furber, "Accuracy and efficiency in fixed-point neural ODE solvers",
/// Neural Computation 27 (10), 2015; Rhodes et al., "sPyNNaker", Frontiers in Neuroscience 12:816, 2018. How synaptic
/// currents are shaped before they come here is not part of it, except for ``RingBuffer``.
public struct SpiNNakerNeuron: Hashable, Sendable {
    /// The membrane resistance, tau_m / c_m.
    public let resistance: Accum
    /// `exp(-dt / tau_m)`, 0...1.
    public let decay: Accum
    /// The resting potential.
    public let rest: Accum
    /// The potential after a spike.
    public let reset: Accum
    /// The potential at which the neuron fires.
    public let threshold: Accum
    /// Steps for which V stands still after a spike, 0...1,000,000.
    public let refractorySteps: Int32

    /// A neuron.
    ///
    /// - Throws: if the decay is not 0...1, the reset not below the threshold, or the countdown out of range.
    public init(
        resistance: Accum, decay: Accum, rest: Accum, reset: Accum, threshold: Accum, refractorySteps: Int32
    ) throws(SpikelineError) {
        try checkRegister("decay (times 2^15)", decay.bits, 0...32_768, at: "spinnaker")
        try checkRegister("refractory period in steps", refractorySteps, 0...1_000_000, at: "spinnaker")
        guard reset.bits < threshold.bits else {
            throw SpikelineError("expected a reset below the threshold", at: "spinnaker")
        }
        self.resistance = resistance
        self.decay = decay
        self.rest = rest
        self.reset = reset
        self.threshold = threshold
        self.refractorySteps = refractorySteps
    }

    /// What a neuron remembers from step to step.
    public struct State: Hashable, Sendable {
        /// The membrane potential.
        public var potential: Accum
        /// Steps of the refractory period that are left.
        public var countdown: Int32 = 0

        /// A neuron at `potential`.
        public init(potential: Accum) { self.potential = potential }
    }

    /// Advances `state` by one step with the input current `current`; true if the neuron fires.
    @inline(__always)
    public func step(_ state: inout State, current: Accum) -> Bool {
        guard state.countdown == 0 else {
            state.countdown &-= 1
            return false
        }
        let alpha = current * resistance + rest
        state.potential = alpha - decay * (alpha - state.potential)
        guard state.potential.bits >= threshold.bits else { return false }
        state.potential = reset
        state.countdown = refractorySteps
        return true
    }
}

/// One slot of SpiNNaker's input ring buffer: 16-bit weights summed without sign, and how far the sum is shifted.
///
/// Excitatory and inhibitory weights have slots of their own. A sum above 65,535 stays there, and the tools count how
/// often that happens. Source: as ``SpiNNakerNeuron``.
public struct RingBuffer: Hashable, Sendable {
    /// The sum so far.
    public private(set) var sum: UInt16 = 0
    /// How often a weight did not fit.
    public private(set) var saturations = 0
    /// By how many bits the sum is shifted to the left to be an s16.15 number, 0...15.
    public let shift: Int32

    /// An empty slot.
    ///
    /// - Throws: if the shift is out of range.
    public init(shift: Int32) throws(SpikelineError) {
        try checkRegister("left shift", shift, 0...15, at: "spinnaker")
        self.shift = shift
    }

    /// Adds the weight of one spike.
    @inline(__always)
    public mutating func add(_ weight: UInt16) {
        let (next, overflow) = sum.addingReportingOverflow(weight)
        sum = overflow ? .max : next
        if overflow { saturations &+= 1 }
    }

    /// What has gathered; the slot is empty afterwards.
    @inline(__always)
    public mutating func take() -> Accum {
        defer { sum = 0 }
        return Accum(bits: Int32(truncatingIfNeeded: min(Int64(sum) << Int64(shift), Int64(Int32.max))))
    }
}
