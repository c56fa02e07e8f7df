/// A number of 32 bits, 15 of them behind the point: the `accum` of ISO/IEC TR 18037 on SpiNNaker's ARM cores.
///
/// The range is -65,536...65,536 - 2^-15. TR 18037 leaves overflow undefined; here it saturates.
public struct Accum: Hashable, Sendable {
    /// The number times 2^15.
    public var bits: Int32

    /// The number `bits / 2^15`.
    public init(bits: Int32) { self.bits = bits }

    /// The whole number `value`, saturated.
    public init(_ value: Int32) { bits = Accum.saturated(Int64(value) << 15).bits }

    /// The sum, saturated.
    @inline(__always)
    public static func + (a: Accum, b: Accum) -> Accum { saturated(Int64(a.bits) &+ Int64(b.bits)) }

    /// The difference, saturated.
    @inline(__always)
    public static func - (a: Accum, b: Accum) -> Accum { saturated(Int64(a.bits) &- Int64(b.bits)) }

    /// The product rounded to the nearest, halves upward, saturated: `(a b + 2^14) >> 15` in 64 bits.
    @inline(__always)
    public static func * (a: Accum, b: Accum) -> Accum {
        saturated((Int64(a.bits) &* Int64(b.bits) &+ (1 << 14)) >> 15)
    }

    @inline(__always)
    private static func saturated(_ value: Int64) -> Accum { Accum(bits: Int32(clamping: value)) }
}
