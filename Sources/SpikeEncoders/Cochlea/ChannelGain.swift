import SpikeSignals

/// Gain control of each channel by its own past: per-channel energy normalisation.
///
/// ```
/// M[t]     = M[t-1] + k (E[t] - M[t-1])            k = max(frame / time, 1 / (t + 1))
/// drive[t] = (E[t] / (floor + M[t])^exponent + offset)^root - offset^root
/// ```
/// Wang et al. 2017, "Trainable frontend for robust and far-field keyword spotting", equations 1 and 2 (PCEN), where
/// exponent, offset and root are called alpha, delta and r. The first frames use a plain mean, so that the channel is
/// adapted from the first frame on. E is in units of 2^-30 of full scale, M has 8 bits more; divisions and roots are
/// sums and products of base-two logarithms (``BinaryLogarithm``).
struct ChannelGain: Sendable {
    private let logarithm: BinaryLogarithm
    /// Q16.
    private let exponent: Int64
    private let offset: Int64
    private let root: Int64
    /// offset^root as the same arithmetic computes it, so that silence drives exactly nothing.
    private let rest: Int64
    /// In units of 2^-30, at least 1.
    private let floor: Int64
    /// frame / time, Q20.
    private let smoothing: Int64
    /// M of every channel, in units of 2^-38; at most 2^40.
    private var means: [Int64]
    private var frames: Int64 = 0

    init(_ parameters: GainControl.Channel, channels: Int, frameMilliseconds: Int, logarithm: BinaryLogarithm) {
        self.logarithm = logarithm
        exponent = SetUpMath.fixed(parameters.exponent, bits: 16)
        offset = SetUpMath.fixed(parameters.offset, bits: 16)
        root = SetUpMath.fixed(parameters.root, bits: 16)
        floor = max(1, SetUpMath.fixed(SetUpMath.amplitude(decibels: parameters.quietDecibels), bits: 30))
        smoothing = GainControl.smoothing(frameMilliseconds, over: parameters.timeMilliseconds)
        means = Array(repeating: 0, count: channels)
        rest = Self.root(offset, root, logarithm)
    }

    mutating func reset() {
        for channel in means.indices { means[channel] = 0 }
        frames = 0
    }

    /// Turns the energies of one frame into drives, Q16 and at most 2^31.
    mutating func compress(_ energies: [UInt64], into drives: inout [Int64]) {
        let k = GainControl.startUp(smoothing, frame: frames)
        frames &+= 1
        for channel in means.indices {
            // At most 2^32, so the difference of the means is below 2^41 and its product below 2^61.
            let energy = Int64(energies[channel])
            let mean = means[channel] &+ (((energy &<< 8) &- means[channel]) &* k &+ (1 &<< 19)) &>> 20
            means[channel] = mean
            let above = logarithm.log2(UInt64(energy)) &- 30 &<< 16
            let reference = logarithm.log2(UInt64(floor &+ mean &>> 8)) &- 30 &<< 16
            let ratio = energy == 0 ? 0 : logarithm.exp2(above &- (exponent &* reference) &>> 16)
            drives[channel] = min(Self.root(ratio &+ offset, root, logarithm) &- rest, 1 &<< 31)
        }
    }

    /// `x` to the power `root`, all Q16.
    @inline(__always)
    private static func root(_ x: Int64, _ root: Int64, _ logarithm: BinaryLogarithm) -> Int64 {
        x <= 0 ? 0 : logarithm.exp2(((logarithm.log2(UInt64(x)) &- 16 &<< 16) &* root) &>> 16)
    }
}
