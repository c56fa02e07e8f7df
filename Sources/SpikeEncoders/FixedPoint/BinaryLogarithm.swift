import SpikeSignals

/// Logarithm and power of two in integers: leading zeros and a table of 257 entries, with straight lines in between.
///
/// ```
/// x = 2^e (1 + m)      log2 x = e + table[top 8 bits of m] + slope * (next 15 bits of m)
/// ```
/// Logarithms are Q16. The largest error is 2.7e-6 from the straight lines and one unit (1.5e-5) from rounding.
struct BinaryLogarithm: Sendable {
    /// log2(1 + i/256), Q16.
    private let logarithms: [Int32]
    /// 2^(i/256), Q30.
    private let powers: [Int64]

    init() {
        let ln2 = SetUpMath.log(2)
        logarithms = (0...256).map { Int32(SetUpMath.fixed(SetUpMath.log(1 + Double($0) / 256) / ln2, bits: 16)) }
        powers = (0...256).map { SetUpMath.fixed(SetUpMath.exp(Double($0) / 256 * ln2), bits: 30) }
    }

    /// log2 of `x` in Q16; `x` = 0 counts as 1.
    @inline(__always)
    func log2(_ x: UInt64) -> Int64 {
        let x = max(x, 1)
        let zeros = x.leadingZeroBitCount
        let mantissa = x &<< UInt64(zeros)
        let index = Int((mantissa &>> 55) & 0xff)
        let fraction = Int32((mantissa &>> 40) & 0x7fff)
        let low = logarithms[index]
        // The step is at most 369, times 2^15: well inside Int32.
        let between = ((logarithms[index + 1] &- low) &* fraction &+ 0x4000) &>> 15
        return Int64(63 &- zeros) &<< 16 &+ Int64(low &+ between)
    }

    /// 2 to the power `x` (Q16) as Q16, at most 2^30; 0 below 2^-17.
    @inline(__always)
    func exp2(_ x: Int64) -> Int64 {
        let x = min(x, 30 << 16)
        let shift = 14 &- (x &>> 16)
        guard shift < 32 else { return 0 }
        let index = Int((x &>> 8) & 0xff)
        let low = powers[index]
        let mantissa = low &+ ((powers[index + 1] &- low) &* (x & 0xff)) &>> 8
        // The mantissa is in [2^30, 2^31), the shift in [-16, 31].
        return shift > 0 ? (mantissa &+ (1 &<< (shift &- 1))) &>> shift : mantissa &<< (0 &- shift)
    }
}
