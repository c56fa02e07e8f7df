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
    into currents: UnsafeMutablePointer<Int32>
) {
    for index in 0..<spikes.count {
        let spike = unsafe spikes[index]
        let row = unsafe weights + Int(spike.channel) * targets
        if spike.count == 1 {
            for target in 0..<targets {
                unsafe currents[target] &+= Int32(row[target])
            }
        } else if spike.count <= 255 {
            // |weight| <= 2^7 and count < 2^8, so the product fits 16 bits, which every vector unit multiplies at once.
            let count = Int16(truncatingIfNeeded: spike.count)
            for target in 0..<targets {
                unsafe currents[target] &+= Int32(Int16(row[target]) &* count)
            }
        } else {
            let count = Int32(spike.count)
            for target in 0..<targets {
                unsafe currents[target] &+= Int32(row[target]) &* count
            }
        }
    }
}
