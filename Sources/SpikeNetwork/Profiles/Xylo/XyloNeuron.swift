/// The arithmetic of a neuron of SynSense's Xylo, bit for bit: states of 16 bits, decays by bit shifts.
///
/// ```
/// decay(x)  d = x >> dash;  d = sign(x) if d = 0 and x != 0;  x - d           (floor: -5 >> 2 = -2, 5 >> 2 = 1)
/// v1        v = sat16(decay(v) + i1 + i2)
/// v2        v = sat16(v + sat16(sat16((decay(v) - v) + i1 + i2) + bias))
/// while v >= threshold and n < maximum:  v -= threshold, n += 1
/// ```
/// Source: xylosim 0.1.3 (SynSense, the simulator of the chips Xylo Audio 1 and 2); Bos and Muir, "Sub-mW
/// neuromorphic SNN audio processing applications with Rockpool and Xylo", arXiv:2208.12991.
public enum XyloNeuron {
    /// The generation of the chip.
    public enum Version: Int, Hashable, Sendable {
        /// Xylo Audio 1: no bias.
        case v1 = 1
        /// Xylo Audio 2: a bias for each neuron, which saturates in steps of its own.
        case v2 = 2
    }

    /// The most spikes of a hidden neuron in a step.
    public static let maximumHiddenSpikes: Int32 = 31
    /// The most spikes of one input channel that a step takes.
    public static let maximumInputSpikes: Int32 = 15

    /// `x` of 16 bits after one decay by `2^-dash`, at least by one toward zero.
    @inline(__always)
    public static func decay(_ x: Int32, dash: Int32) -> Int32 {
        let change = x >> dash
        return x &- (change == 0 ? x.signum() : change)
    }

    /// The membrane potential `v` after one step with the sum of the synaptic currents, before spikes.
    @inline(__always)
    public static func integrated(_ v: Int32, current: Int32, dash: Int32, bias: Int32, version: Version) -> Int32 {
        let kept = decay(v, dash: dash)
        switch version {
        case .v1: return saturated16(kept &+ current)
        case .v2: return saturated16(v &+ saturated16(saturated16(kept &- v &+ current) &+ bias))
        }
    }

    /// Fires up to `maximum` times, each time giving back `threshold`, which is above zero.
    @inline(__always)
    public static func spikes(_ v: inout Int32, threshold: Int32, maximum: Int32) -> Int32 {
        guard v >= threshold else { return 0 }
        let count = min(v / threshold, maximum)
        v &-= count &* threshold
        return count
    }
}
