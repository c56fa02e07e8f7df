import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A program that writes NIR graphs: the rule that it runs its own networks by, and what its exporter writes otherwise than it
/// runs.
///
/// ```
/// let graph = try ForeignProgram.rockpool.asRun(NeuronGraph(contentsOf: "net.nir"), dt: 1e-3)
/// let runner = try GraphRunner(graph, rule: ForeignProgram.rockpool.rule)
/// ```
/// Each is what the version of the program that Documentation/interchange.md names does by default; `Scripts/make-nir-fixtures`
/// runs the programs and compares every spike.
public enum ForeignProgram: String, Hashable, Sendable, CaseIterable {
    /// Norse 1.1.0: writes `tau = dt / tau_mem_inv` with a `dt` of 0.001, so a step of 0.001 s is one of 1e-6 in the file's unit.
    case norse
    /// Rockpool 3.1.0: the leak exact, inputs at once, up to 31 spikes in a step; see ``asRun(_:dt:)``.
    case rockpool
    /// Sinabs 3.1.3: time constants in steps, the leak exact, and as many spikes as the threshold fits into the potential.
    case sinabs
    /// snnTorch 1.0.0 with its default `reset_delay`: time constants of a step of 1e-4 s; the threshold is subtracted a step
    /// after the spike.
    case snntorch
    /// SpikingJelly 2.0.0: `r = 1 / dt` for neurons without leak, with a `dt` of 1e-4 s.
    case spikingjelly

    /// The rule by which the program runs a network by default.
    public var rule: StepRule {
        switch self {
        case .norse: StepRule(dt: 1e-6)
        case .rockpool: StepRule(dt: 1e-3, integration: .impulse, reset: .subtract, maximumSpikes: 31)
        case .sinabs: StepRule(dt: 1, integration: .exact, reset: .subtract, maximumSpikes: 255)
        case .snntorch: StepRule(reset: .subtract, moment: .before)
        case .spikingjelly: StepRule(gathering: .time)
        }
    }

    /// The graph with the parameters that the program runs, where its exporter writes others.
    ///
    /// Rockpool 3.1.0 writes `r = tau / dt exp(-dt / tau)` for `LIF` and `CubaLIF`, and adds the whole input (`r = tau / dt`
    /// under ``StepRule/Integration/impulse``). It writes no `w_in`, and lets a synaptic current decay in the step in
    /// which it comes: `w_in = tau_syn / dt exp(-dt / tau_syn)`. The other programs' graphs stay as they are.
    ///
    /// - Throws: naming a node that has no such parameters in finite numbers for a step of `dt`.
    public func asRun(_ graph: NeuronGraph, dt: Double) throws(SpikelineError) -> NeuronGraph {
        guard self == .rockpool else { return graph }
        var graph = graph
        for (index, node) in graph.nodes.enumerated() where ["LIF", "CubaLIF"].contains(node.type) {
            var node = node
            guard let tau = node.arrays["tau"] ?? node.arrays["tau_mem"], let r = node.arrays["r"] else { continue }
            node.arrays["r"] = r.scaled(by: tau) { exp(dt / $0) }
            if let tau = node.arrays["tau_syn"] {
                let weight = node.arrays["w_in"] ?? NeuronGraph.Tensor(shape: [], values: [1])
                node.arrays["w_in"] = weight.scaled(by: tau) { $0 / dt * exp(-dt / $0) }
            }
            for name in ["r", "w_in"] where !(node.arrays[name]?.values.allSatisfy(\.isFinite) ?? true) {
                throw SpikelineError(
                    "the node \"\(node.name)\" has time constants for which a step of \(dt) gives no \(name)",
                    at: graph.name, hint: "State the step that Rockpool ran with --dt")
            }
            graph.nodes[index] = node
        }
        return graph
    }
}

extension NeuronGraph.Tensor {
    /// Each value times `factor` of the value of `other` beside it; one value serves all of the other side. Tensors that do not
    /// fit together stay as they are, for whoever checks shapes.
    fileprivate func scaled(by other: NeuronGraph.Tensor, _ factor: (Double) -> Double) -> NeuronGraph.Tensor {
        if other.values.count == 1, let only = other.values.first {
            return NeuronGraph.Tensor(shape: shape, values: values.map { $0 * factor(only) })
        }
        if values.count == 1, let only = values.first {
            return NeuronGraph.Tensor(shape: other.shape, values: other.values.map { only * factor($0) })
        }
        guard values.count == other.values.count else { return self }
        return NeuronGraph.Tensor(shape: shape, values: zip(values, other.values).map { $0 * factor($1) })
    }
}
