import CNetworkKernels
import SpikeSignals

/// Adds the weight row of every neuron that fired to the currents of the target population.
///
/// Only neurons that fired cost anything: one row of `targets` additions each. The range proof bounds every partial
/// sum, so wrapping addition cannot wrap and the order does not matter.
/// - Parameters:
///   - spikes: the source neurons that fired, with their counts.
///   - weights: one tap's matrix `[source][target]`.
///   - currents: the accumulators, one per target neuron.
@inline(__always)
func accumulate(
    _ spikes: UnsafeBufferPointer<ChannelSpikes>, weights: UnsafePointer<Int8>, targets: Int,
    into currents: UnsafeMutablePointer<Int32>, isWide: Bool
) {
    if isWide {
        unsafe withForeignSpikes(spikes) { unsafe nk_deliver($0, spikes.count, weights, targets, currents) }
        return
    }
    for index in 0..<spikes.count {
        let spike = unsafe spikes[index]
        unsafe add(weights + Int(spike.channel) * targets, times: spike.count, count: targets, to: currents)
    }
}

/// Calls `body` with `spikes` as C knows them: two numbers of 16 bits each.
@inline(__always)
func withForeignSpikes<Result>(
    _ spikes: UnsafeBufferPointer<ChannelSpikes>, _ body: (UnsafePointer<nk_spikes>?) -> Result
) -> Result {
    unsafe spikes.withMemoryRebound(to: nk_spikes.self) { unsafe body($0.baseAddress) }
}

/// Adds `times` times `count` weights to as many currents.
@inline(__always)
func add(
    _ weights: UnsafePointer<Int8>, times spikes: UInt16, count: Int, to currents: UnsafeMutablePointer<Int32>
) {
    if spikes == 1 {
        for target in 0..<count { unsafe currents[target] &+= Int32(weights[target]) }
    } else if spikes <= 255 {
        // |weight| <= 2^7 and spikes < 2^8, so the product fits 16 bits, which every vector unit multiplies at once.
        let factor = Int16(truncatingIfNeeded: spikes)
        for target in 0..<count { unsafe currents[target] &+= Int32(Int16(weights[target]) &* factor) }
    } else {
        let factor = Int32(spikes)
        for target in 0..<count { unsafe currents[target] &+= Int32(weights[target]) &* factor }
    }
}
