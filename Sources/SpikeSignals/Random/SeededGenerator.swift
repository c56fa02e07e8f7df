#if canImport(Glibc)
import Glibc
#endif

/// A small generator of random numbers with a seed, so that a training run can be repeated bit for bit.
///
/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): one 64-bit state,
/// full period, and any two seeds give unrelated streams, so every example can have a generator of its own.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator whose stream depends on all of `parts` (run, epoch, example, ...).
    public init(_ parts: UInt64...) {
        state = 0x9E37_79B9_7F4A_7C15
        for part in parts { state = Self.mix(state ^ Self.mix(part &+ 0x9E37_79B9_7F4A_7C15)) }
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A number from 0 to just below 1.
    public mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// A number from `range`, evenly.
    public mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    /// A whole number from 0 to just below `count`, which is at least 1.
    public mutating func index(below count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }

    /// True with this probability.
    public mutating func chance(_ probability: Float) -> Bool { unit() < probability }

    /// A number from the standard normal distribution (Box and Muller, 1958).
    public mutating func normal() -> Float {
        let radius = (-2 * log(max(unit(), 0x1p-24))).squareRoot()
        return radius * cos(2 * .pi * unit())
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
