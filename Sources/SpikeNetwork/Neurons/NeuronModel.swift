/// What a neuron does with the current of a tick, in the native arithmetic of this package.
///
/// All quantities are integers in units of the weights. `decay(x, d) = (x * d + 2^14) >> 15` with `d` in Q15:
/// 32,768 keeps everything, 0 forgets at once; the product is 64 bits wide and rounds to nearest. Per tick:
/// ```
/// LIF                v = decay(v, membrane) + current
/// current-based LIF  i = decay(i, synapse) + current;  v = decay(v, membrane) + i
/// adaptive LIF       as LIF, with threshold + a;  then a = decay(a, adaptation) + increment * spikes
/// all three          v = max(v, floor);  spikes = min(v / threshold, maximum) if v >= threshold
///                    reset: v -= spikes * threshold  (subtract)  or  v = 0  (zero), at once
/// later resets       v = ... + current or i, and then, before the floor, the same for the spikes of the tick before
/// leaky integrator   v = decay(v, membrane) + current;  never fires, v is the output
/// ```
/// After a spike a neuron with a refractory period drops its input and keeps its state for that many ticks.
/// Several spikes in one tick stand for a firing rate above one per tick.
/// Source: Gerstner et al., Neuronal Dynamics (2014), sections 1.3 and 6.1, forward Euler.
public enum NeuronModel: Hashable, Sendable {
    /// Leaky integrate-and-fire.
    case lif(SpikingParameters)
    /// Leaky integrate-and-fire with an exponentially decaying synaptic current.
    case currentLIF(SpikingParameters, synapticDecay: Int32)
    /// Leaky integrate-and-fire whose threshold rises by `increment` per spike and decays back.
    case adaptiveLIF(SpikingParameters, adaptationDecay: Int32, increment: Int32)
    /// Leaky integrator that never fires: a readout.
    case leakyIntegrator(membraneDecay: Int32)

    /// 1.0 as a Q15 decay factor.
    public static let unity: Int32 = 1 << 15
}

/// The parameters that the firing neuron models share.
public struct SpikingParameters: Hashable, Sendable {
    /// What a spike does to the membrane potential.
    public enum Reset: String, CaseIterable, Hashable, Sendable {
        /// The threshold is subtracted once per spike; what is above stays.
        case subtract
        /// The potential becomes zero.
        case zero
        /// As ``subtract``, but of the potential of the next tick, before that is compared with the threshold: a neuron's
        /// potential is never above its threshold without a spike, so it needs no other memory.
        case subtractLater = "subtract_later"
        /// As ``zero``, but of the potential of the next tick, whose input is lost.
        case zeroLater = "zero_later"

        /// Whether it comes a tick after the spike. Only for neurons without refractory period and adaptation.
        public var isLater: Bool { self == .subtractLater || self == .zeroLater }
    }

    /// The membrane's decay factor per tick in Q15, 0 to 32,768.
    public var membraneDecay: Int32
    /// What a spike does to the membrane potential.
    public var reset: Reset
    /// The most spikes in one tick, 1 to 255.
    public var maximumSpikes: Int32
    /// For how many ticks after one with spikes the neuron ignores its input, 0 to 1,000.
    public var refractoryTicks: Int32
    /// The lowest membrane potential, at most 0.
    public var floor: Int32

    /// Parameters of a firing neuron.
    public init(
        membraneDecay: Int32, reset: Reset = .subtract, maximumSpikes: Int32 = 1, refractoryTicks: Int32 = 0,
        floor: Int32 = -(1 << 24)
    ) {
        self.membraneDecay = membraneDecay
        self.reset = reset
        self.maximumSpikes = maximumSpikes
        self.refractoryTicks = refractoryTicks
        self.floor = floor
    }
}

/// `x` after one tick of decay by `factor` in Q15: `(x * factor + 2^14) >> 15`, exact in 64 bits.
///
/// For `factor` in 0...32,768 the result is at most `x` in magnitude, so it fits an `Int32`.
@inline(__always)
public func decay(_ x: Int32, by factor: Int32) -> Int32 {
    Int32(truncatingIfNeeded: (Int64(x) &* Int64(factor) &+ (1 << 14)) >> 15)
}
