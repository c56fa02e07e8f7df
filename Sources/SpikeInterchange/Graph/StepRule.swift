/// How the continuous equations of a NIR graph become steps: what the file does not say.
///
/// ```
/// NIR                                        forward Euler, x = dt / tau          exact, x = 1 - exp(-dt / tau)
/// LIF, LI   tau v' = (v_leak - v) + r i      v = v + x (v_leak - v + r i)
/// CubaLIF   tau_syn s' = -s + w_in i         s = s + x (w_in i - s),  then v with s in place of i
/// IF, I     v' = r i                         v = v + r i  or  v + dt r i, see ``Gathering``
/// ```
/// An impulse leaks as the exact solution does, and takes its input as forward Euler does: `dt / tau` in place of `x`.
/// A spike counts 1 in its step. A neuron fires above the threshold; where it may fire several times in a step, as often
/// as the threshold fits into the potential, at least once.
public struct StepRule: Hashable, Sendable {
    /// The solution of the leak over one step.
    public enum Integration: String, Hashable, Sendable, CaseIterable {
        /// Forward Euler: Norse, snnTorch as NIR is read by them, Spyx.
        case euler
        /// Exact for an input that is constant over the step.
        case exact
        /// Exact for the leak, and an input that comes at once at the end of the step, as `dt` times its value: Rockpool.
        case impulse
    }

    /// What a spike does to the potential.
    public enum Reset: String, Hashable, Sendable, CaseIterable {
        /// It becomes `v_reset`: NIR's own meaning.
        case zero
        /// The threshold is subtracted, and `v_reset` added.
        case subtract
    }

    /// When the reset happens.
    public enum Moment: String, Hashable, Sendable, CaseIterable {
        /// In the step of the spike, after it.
        case after
        /// At the end of the next step's integration, before its comparison: snnTorch's `reset_delay`.
        case before
        /// At the end of the next step's integration as in ``before`` where the potential is above the threshold when that step
        /// begins, and else after the spike: snnTorch without `reset_delay`. With ``Reset/subtract`` only, and
        /// one spike in a step at most:
        /// ```
        /// R = v > threshold;   v = integrated - R threshold;   z = v > threshold;   v -= (z - R) threshold
        /// ```
        /// So what a spike left above the threshold is lowered once more before it is compared, and raised again if that gives
        /// no spike. A reset to `v_reset` leaves nothing above the threshold, and is as in ``after``.
        case both
    }

    /// What a neuron without leak makes of its input in a step.
    public enum Gathering: String, Hashable, Sendable, CaseIterable {
        /// `r i`: Sinabs, Norse, snnTorch.
        case step
        /// `dt r i`: SpikingJelly, which writes `r = 1 / dt`.
        case time
    }

    /// The length of a step in the unit of the file's time constants, usually seconds.
    public var dt: Double
    /// The solution of the leak.
    public var integration: Integration
    /// What a spike does.
    public var reset: Reset
    /// When it does it.
    public var moment: Moment
    /// What a neuron without leak makes of its input.
    public var gathering: Gathering
    /// The most spikes of a neuron in a step, 1 to 255.
    public var maximumSpikes: Int

    /// A rule; by default the one that Norse's and snnTorch's published runs of the NIR paper follow.
    public init(
        dt: Double = 1e-4, integration: Integration = .euler, reset: Reset = .zero, moment: Moment = .after,
        gathering: Gathering = .step, maximumSpikes: Int = 1
    ) {
        self.dt = dt
        self.integration = integration
        self.reset = reset
        self.moment = moment
        self.gathering = gathering
        self.maximumSpikes = maximumSpikes
    }
}
