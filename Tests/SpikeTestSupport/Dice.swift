#if canImport(Glibc)
import Glibc
#endif

/// A small generator with a seed (SplitMix64, Steele et al. 2014), so that failures repeat.
public struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// A generator whose numbers follow from `state`.
    public init(state: UInt64) { self.state = state }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number of the range.
    public mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A number of the range.
    public mutating func pick32(_ range: ClosedRange<Int32>) -> Int32 { Int32.random(in: range, using: &self) }

    /// A number from 0 to below 1.
    public mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

    /// A number of the standard normal distribution (Box and Muller 1958).
    public mutating func normal() -> Double { (-2 * log(1 - unit())).squareRoot() * cos(2 * Double.pi * unit()) }
}
