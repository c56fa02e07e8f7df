/// Powers of two with a fraction in the exponent, in integers: `evidence = floor(2^(u + 24))`.
///
/// The potential `p` of an output stands for `u = p / 2^scaleBits` octaves, clamped to ±24 (``octaves``), so evidence
/// lies in 1...2^48. With `x = u + 24 = n + (i + r / 2^14) / 1024`, `n`, `i`, `r` whole:
/// ```
/// mantissa = T[i] + (T[i + 1] - T[i]) * r / 2^14        T[i] = 2^(i / 1024) in Q30, i = 0...1024
/// evidence = mantissa * 2^n / 2^30
/// ```
/// Linear interpolation of the convex function errs by at most `(ln 2 / 1024)^2 / 8 = 5.8e-8` of the value, the
/// table's rounding by less than 1e-9 of it and the last shift by less than 1: the result is within
/// `6e-8 * 2^x + 1` of `2^x`. The table comes from ten constants by whole multiplications, so it is the same on every
/// machine.
public struct ExponentialTable: Sendable {
    /// The magnitude that potentials are clamped to, in octaves.
    public static let octaves: Int64 = 24
    /// The largest evidence, 2^48.
    public static let maximum: UInt64 = 1 << 48
    /// The range of `scaleBits`.
    public static let scaleRange = 0...24

    private static let indexBits = 10
    private static let restBits: Int64 = 14
    private static let mantissaBits: Int64 = 30

    private let mantissas: [Int64]
    private let scaleBits: Int64

    /// A table for potentials of `2^scaleBits` per octave; `scaleBits` is clamped to ``scaleRange``.
    public init(scaleBits: Int) {
        self.scaleBits = Int64(min(max(scaleBits, 0), 24))
        mantissas = (0...(1 << ExponentialTable.indexBits)).map(ExponentialTable.mantissa)
    }

    /// The evidence of an output with that potential, 1 to 2^48.
    public func evidence(_ potential: Int32) -> UInt64 {
        let limit = ExponentialTable.octaves << scaleBits
        let x = min(max(Int64(potential), -limit), limit) + limit
        let fraction = (x & ((1 << scaleBits) - 1)) << (24 - scaleBits)
        let index = Int(fraction >> ExponentialTable.restBits)
        let rest = fraction & ((1 << ExponentialTable.restBits) - 1)
        let low = mantissas[index]
        let mantissa = low + ((mantissas[index + 1] - low) * rest) >> ExponentialTable.restBits
        let shift = (x >> scaleBits) - ExponentialTable.mantissaBits
        return UInt64(shift >= 0 ? mantissa << shift : mantissa >> -shift)
    }

    /// `2^(index / 1024)` in Q30, rounded; `index` is 0 to 1,024.
    private static func mantissa(_ index: Int) -> Int64 {
        if index >> indexBits != 0 { return 2 << mantissaBits }
        var product: UInt64 = 1 << 62
        for (place, root) in roots.enumerated() where (index >> (indexBits - 1 - place)) & 1 == 1 {
            let wide = product.multipliedFullWidth(by: root)
            product = wide.high << 2 | wide.low >> 62
        }
        return Int64((product + 1 << 31) >> 32)
    }

    /// `2^(1/2)`, `2^(1/4)`, ... `2^(1/1024)` in Q62, rounded down.
    private static let roots: [UInt64] = [
        0x5A82_7999_FCEF_3242, 0x4C1B_F828_C6DC_54B8, 0x45CA_E0F1_F545_EB73, 0x42D5_61B3_E624_3D8A,
        0x4166_C34C_5615_D0EC, 0x40B2_68F9_DE01_83BA, 0x4058_F6A7_ECCC_D5B6, 0x402C_6BE9_6AF2_FB58,
        0x4016_321B_6870_27A8, 0x400B_1817_8BA3_3B14,
    ]
}
