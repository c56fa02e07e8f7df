#if canImport(Glibc)
import Glibc
#endif

/// The discrete Fourier transform of a power-of-two number of real values, by decimation in time (Cooley and Tukey, Math.
/// Comput. 19 (1965) 297).
struct FourierTransform {
    /// The number of values, a power of two from 2 on.
    let count: Int
    private let cosines: [Double]
    private let sines: [Double]

    /// A transform of `count` values.
    init(count: Int) {
        precondition(count >= 2 && count.nonzeroBitCount == 1, "a power of two")
        self.count = count
        cosines = (0..<count / 2).map { cos(2 * .pi * Double($0) / Double(count)) }
        sines = (0..<count / 2).map { -sin(2 * .pi * Double($0) / Double(count)) }
    }

    /// X_k = sum x_n e^(-2 pi i k n / count), in place; `real` and `imaginary` have ``count`` values each.
    func run(_ real: inout [Double], _ imaginary: inout [Double]) {
        precondition(real.count == count && imaginary.count == count, "as many values as the transform has")
        var reversed = 0
        for index in 1..<count {
            var bit = count >> 1
            while reversed & bit != 0 {
                reversed ^= bit
                bit >>= 1
            }
            reversed |= bit
            if index < reversed {
                real.swapAt(index, reversed)
                imaginary.swapAt(index, reversed)
            }
        }
        var half = 1
        while half < count {
            let stride = count / (2 * half)
            for start in Swift.stride(from: 0, to: count, by: 2 * half) {
                for offset in 0..<half {
                    let (c, s) = (cosines[offset * stride], sines[offset * stride])
                    let (upper, lower) = (start + offset, start + offset + half)
                    let a = real[lower] * c - imaginary[lower] * s
                    let b = real[lower] * s + imaginary[lower] * c
                    (real[lower], imaginary[lower]) = (real[upper] - a, imaginary[upper] - b)
                    (real[upper], imaginary[upper]) = (real[upper] + a, imaginary[upper] + b)
                }
            }
            half *= 2
        }
    }
}
