/// How the continuous equations of a NIR graph become steps: what the file does not say.
///
/// ```
/// NIR                                        forward Euler, x = dt / tau          exact, x = 1 - exp(-dt / tau)
/// LIF, LI   tau v' = (v_leak - v) + r i      v = v + x (v_leak - v + r i)
/// CubaLIF   tau_syn s' = -s + w_in i         s = s + x (w_in i - s),  then v with s in place of i
/// IF, I     v' = r i                         v = v + r i
/// ```
/// A spike counts 1 in its step. A neuron fires above the threshold.
public struct StepRule: Hashable, Sendable {
    /// The solution of the leak over one step.
    public enum Integration: String, Hashable, Sendable, CaseIterable {
        /// Forward Euler: Norse, snnTorch as NIR is read by them, Spyx.
        case euler
        /// Exact for an input that is constant over the step.
        case exact
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
    }

    /// The length of a step in the unit of the file's time constants, usually seconds.
    public var dt: Double
    /// The solution of the leak.
    public var integration: Integration
    /// What a spike does.
    public var reset: Reset
    /// When it does it.
    public var moment: Moment

    /// A rule; by default the one that Norse's and snnTorch's published runs of the NIR paper follow.
    public init(
        dt: Double = 1e-4, integration: Integration = .euler, reset: Reset = .zero, moment: Moment = .after
    ) {
        self.dt = dt
        self.integration = integration
        self.reset = reset
        self.moment = moment
    }
}
