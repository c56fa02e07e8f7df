import CNetworkKernels
import SpikeSignals

/// The state of one population: one element per neuron in each array.
@safe struct PopulationState: ~Copyable {
    let size: Int
    /// The membrane potentials.
    let membrane: UnsafeMutablePointer<Int32>
    /// The synaptic currents of a current-based LIF, or the threshold raise of an adaptive LIF.
    let second: UnsafeMutablePointer<Int32>
    /// Ticks of refractory period left.
    let refractory: UnsafeMutablePointer<Int32>
    /// The currents of the tick.
    let current: UnsafeMutablePointer<Int32>

    init(size: Int) {
        self.size = size
        unsafe membrane = .allocate(capacity: size)
        unsafe second = .allocate(capacity: size)
        unsafe refractory = .allocate(capacity: size)
        unsafe current = .allocate(capacity: size)
        unsafe current.initialize(repeating: 0, count: size)
        reset()
    }

    deinit {
        unsafe membrane.deallocate()
        unsafe second.deallocate()
        unsafe refractory.deallocate()
        unsafe current.deallocate()
    }

    /// Puts every neuron at rest.
    func reset() {
        unsafe membrane.initialize(repeating: 0, count: size)
        unsafe second.initialize(repeating: 0, count: size)
        unsafe refractory.initialize(repeating: 0, count: size)
    }
}

/// One neuron's step without its spikes: a pure rule, specialised per model at compile time.
protocol NeuronRule {
    /// Advances the membrane `v` (and the second state `s`) by one tick of `current`.
    func integrate(_ v: Int32, _ s: inout Int32, current: Int32) -> Int32
    /// The threshold in this tick.
    func threshold(_ base: Int32, _ s: Int32) -> Int32
    /// Advances the second state by the spikes of this tick.
    func adapt(_ s: inout Int32, spikes: Int32)
}

/// ``NeuronModel/lif(_:)``.
struct LIFRule: NeuronRule {
    let membraneDecay: Int32
    @inline(__always) func integrate(_ v: Int32, _ s: inout Int32, current: Int32) -> Int32 {
        decay(v, by: membraneDecay) &+ current
    }
    @inline(__always) func threshold(_ base: Int32, _ s: Int32) -> Int32 { base }
    @inline(__always) func adapt(_ s: inout Int32, spikes: Int32) {}
}

/// ``NeuronModel/currentLIF(_:synapticDecay:)``.
struct CurrentLIFRule: NeuronRule {
    let membraneDecay: Int32
    let synapticDecay: Int32
    @inline(__always) func integrate(_ v: Int32, _ s: inout Int32, current: Int32) -> Int32 {
        s = decay(s, by: synapticDecay) &+ current
        return decay(v, by: membraneDecay) &+ s
    }
    @inline(__always) func threshold(_ base: Int32, _ s: Int32) -> Int32 { base }
    @inline(__always) func adapt(_ s: inout Int32, spikes: Int32) {}
}

/// ``NeuronModel/adaptiveLIF(_:adaptationDecay:increment:)``.
struct AdaptiveLIFRule: NeuronRule {
    let membraneDecay: Int32
    let adaptationDecay: Int32
    let increment: Int32
    @inline(__always) func integrate(_ v: Int32, _ s: inout Int32, current: Int32) -> Int32 {
        decay(v, by: membraneDecay) &+ current
    }
    @inline(__always) func threshold(_ base: Int32, _ s: Int32) -> Int32 { base &+ s }
    @inline(__always) func adapt(_ s: inout Int32, spikes: Int32) {
        s = decay(s, by: adaptationDecay) &+ increment &* spikes
    }
}

/// Updates every neuron of a firing population by one tick and lists those that fired.
@inline(__always)
func update<Rule: NeuronRule>(
    _ state: borrowing PopulationState, rule: Rule, parameters: SpikingParameters,
    thresholds: UnsafePointer<Int32>, fired: inout SpikeHistory
) {
    if parameters.reset.isLater {
        return unsafe updateLater(state, rule: rule, parameters: parameters, thresholds: thresholds, fired: &fired)
    }
    let isSubtracting = parameters.reset == .subtract
    for neuron in 0..<state.size {
        if unsafe state.refractory[neuron] > 0 {
            unsafe state.refractory[neuron] &-= 1
            unsafe rule.adapt(&state.second[neuron], spikes: 0)
            continue
        }
        var second = unsafe state.second[neuron]
        var v = unsafe rule.integrate(state.membrane[neuron], &second, current: state.current[neuron])
        v = max(v, parameters.floor)
        let threshold = unsafe rule.threshold(thresholds[neuron], second)
        var spikes: Int32 = 0
        if v >= threshold {
            spikes = parameters.maximumSpikes == 1 ? 1 : min(v / threshold, parameters.maximumSpikes)
            v = isSubtracting ? v &- spikes &* threshold : 0
            unsafe state.refractory[neuron] = parameters.refractoryTicks
            fired.append(
                ChannelSpikes(channel: UInt16(truncatingIfNeeded: neuron), count: UInt16(truncatingIfNeeded: spikes)))
        }
        rule.adapt(&second, spikes: spikes)
        unsafe state.second[neuron] = second
        unsafe state.membrane[neuron] = v
    }
}

/// As ``update(_:rule:parameters:thresholds:fired:)`` for resets that come a tick after their spikes, which are known from the
/// potential that is still there.
@inline(__always)
private func updateLater<Rule: NeuronRule>(
    _ state: borrowing PopulationState, rule: Rule, parameters: SpikingParameters,
    thresholds: UnsafePointer<Int32>, fired: inout SpikeHistory
) {
    let isSubtracting = parameters.reset == .subtractLater
    let most = parameters.maximumSpikes
    @inline(__always) func spikes(_ v: Int32, _ threshold: Int32) -> Int32 {
        v < threshold ? 0 : most == 1 ? 1 : min(v / threshold, most)
    }
    for neuron in 0..<state.size {
        let threshold = unsafe thresholds[neuron]
        let pending = unsafe spikes(state.membrane[neuron], threshold)
        var v = unsafe rule.integrate(
            state.membrane[neuron], &state.second[neuron], current: state.current[neuron])
        if pending > 0 { v = isSubtracting ? v &- pending &* threshold : 0 }
        v = max(v, parameters.floor)
        unsafe state.membrane[neuron] = v
        let count = spikes(v, threshold)
        if count > 0 {
            fired.append(
                ChannelSpikes(channel: UInt16(truncatingIfNeeded: neuron), count: UInt16(truncatingIfNeeded: count)))
        }
    }
}

/// Advances every neuron of `population` by one tick of the currents in `state`, and lists those that fired.
func advance(
    _ population: Population, _ state: borrowing PopulationState, fired: inout SpikeHistory,
    isWide: Bool = WideLoops.areThere
) {
    unsafe population.thresholds.withUnsafeBufferPointer { thresholds in
        guard let base = thresholds.baseAddress else { return }
        switch population.neuron {
        case .lif(let parameters) where isWide && parameters.refractoryTicks == 0 && !parameters.reset.isLater:
            unsafe fired.appendAll { list in
                unsafe list.withMemoryRebound(to: nk_spikes.self, capacity: state.size) { list in
                    unsafe nk_integrate_and_fire(
                        state.membrane, state.current, base, state.size, parameters.membraneDecay, parameters.floor,
                        parameters.maximumSpikes, parameters.reset == .subtract ? 1 : 0, list)
                }
            }
        case .lif(let parameters):
            unsafe update(
                state, rule: LIFRule(membraneDecay: parameters.membraneDecay), parameters: parameters,
                thresholds: base, fired: &fired)
        case .currentLIF(let parameters, let synapticDecay):
            unsafe update(
                state,
                rule: CurrentLIFRule(membraneDecay: parameters.membraneDecay, synapticDecay: synapticDecay),
                parameters: parameters, thresholds: base, fired: &fired)
        case .adaptiveLIF(let parameters, let adaptationDecay, let increment):
            unsafe update(
                state,
                rule: AdaptiveLIFRule(
                    membraneDecay: parameters.membraneDecay, adaptationDecay: adaptationDecay,
                    increment: increment),
                parameters: parameters, thresholds: base, fired: &fired)
        case .leakyIntegrator(let membraneDecay):
            for neuron in 0..<state.size {
                unsafe state.membrane[neuron] =
                    decay(state.membrane[neuron], by: membraneDecay) &+ state.current[neuron]
            }
        }
    }
}
