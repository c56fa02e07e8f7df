import SpikeSignals

/// The leaky integrate-and-fire neuron of Loihi and Loihi 2, bit for bit.
///
/// The current `u` and the voltage `v` are whole numbers of 24 bits with 6 fractional bits against weights and
/// threshold; decays are multiples of 1/4,096. With the synaptic sum `a` of a step:
/// ```
/// u = trunc(u (4096 - (du + 1)) / 4096) + a 2^6      wraps around at 24 bits
/// v = trunc(v (4096 - dv) / 4096) + u + bias         saturates at +-(2^23 - 1)
/// bias = bias_mant 2^bias_exp
/// spike and v = 0 if v > vth 2^6
/// ```
/// `trunc` rounds toward zero. A current that wraps is the chip's behaviour and a common surprise: strong synapses
/// turn inhibitory. Source: the bit-accurate model of Intel's lava-nc 0.10.0 (`PyLifModelBitAcc`, LIF without
/// refractory period); Davies et al., "Loihi: a neuromorphic manycore processor", IEEE Micro 38 (1), 2018. Where one
/// subtraction of 2^24 does not bring lava's `u` back into 24 bits, this still keeps 24.
public struct LoihiNeuron: Hashable, Sendable {
    /// The decay of the current per step, 0...4,095 of 4,096; one more is subtracted.
    public let currentDecay: Int32
    /// The decay of the voltage per step, 0...4,096 of 4,096.
    public let voltageDecay: Int32
    /// The threshold in units of the weights, 0...131,071.
    public let threshold: Int32
    /// The bias' mantissa, -4,096...4,095.
    public let biasMantissa: Int32
    /// The bias' exponent, 0...7.
    public let biasExponent: Int32

    private let bias: Int64

    /// A neuron, if the numbers fit the chip's registers.
    ///
    /// - Throws: naming the first that does not.
    public init(
        currentDecay: Int32, voltageDecay: Int32, threshold: Int32, biasMantissa: Int32 = 0, biasExponent: Int32 = 0
    ) throws(SpikelineError) {
        try checkRegister("current decay", currentDecay, 0...4_095, at: "loihi2")
        try checkRegister("voltage decay", voltageDecay, 0...4_096, at: "loihi2")
        try checkRegister("threshold", threshold, 0...131_071, at: "loihi2")
        try checkRegister("bias mantissa", biasMantissa, -4_096...4_095, at: "loihi2")
        try checkRegister("bias exponent", biasExponent, 0...7, at: "loihi2")
        self.currentDecay = currentDecay
        self.voltageDecay = voltageDecay
        self.threshold = threshold
        self.biasMantissa = biasMantissa
        self.biasExponent = biasExponent
        bias = Int64(biasMantissa) << Int64(biasExponent)
    }

    /// What a neuron remembers from step to step.
    public struct State: Hashable, Sendable {
        /// The current, above -2^23 and at most 2^23.
        public var current: Int32 = 0
        /// The voltage after a reset, -(2^23 - 1)...2^23 - 1.
        public var voltage: Int32 = 0

        /// A neuron at rest.
        public init() {}
    }

    /// Advances `state` by one step with the synaptic sum `sum`; true if the neuron fires.
    @inline(__always)
    public func step(_ state: inout State, sum: Int32) -> Bool {
        // 24-bit states by 13-bit factors and a 32-bit sum by 2^6: everything fits 64 bits.
        let decayed = towardZero12(Int64(state.current) &* Int64(4_095 &- currentDecay))
        let u = LoihiNeuron.wrapped24(decayed &+ (Int64(sum) << 6))
        let kept = towardZero12(Int64(state.voltage) &* Int64(4_096 &- voltageDecay))
        let limit: Int64 = (1 << 23) &- 1
        let v = min(max(kept &+ u &+ bias, -limit), limit)
        state.current = Int32(truncatingIfNeeded: u)
        let fires = v > Int64(threshold) << 6
        state.voltage = fires ? 0 : Int32(truncatingIfNeeded: v)
        return fires
    }

    /// `x` modulo 2^24, above -2^23 and at most 2^23.
    @inline(__always)
    static func wrapped24(_ x: Int64) -> Int64 {
        let half: Int64 = 1 << 23
        return ((x &+ (half &- 1)) & (2 &* half &- 1)) &- (half &- 1)
    }
}

/// Refuses a number that does not fit a chip's register.
func checkRegister(
    _ name: String, _ value: Int32, _ range: ClosedRange<Int32>, at place: String
) throws(SpikelineError) {
    guard range.contains(value) else {
        throw SpikelineError(
            "expected a \(name) of \(range.lowerBound) to \(range.upperBound), found \(value)", at: place)
    }
}
