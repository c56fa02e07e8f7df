/// The few transcendental functions that coefficients are computed with, from additions and multiplications alone.
///
/// The mathematics libraries of two machines may differ in the last bit, and a rounded coefficient with them; IEEE 754
/// addition, multiplication and division may not. So coefficients, and every spike after them, are the same anywhere.
/// Relative errors stay below 1e-14. For set-up only: the audio path has no floating point.
package enum SetUpMath {
    package static let pi = 3.141592653589793
    private static let ln2 = 0.6931471805599453

    /// e to the power `x`, for |x| up to 700: Taylor series after taking whole powers of two out.
    package static func exp(_ x: Double) -> Double {
        let whole = floor(x / ln2 + 0.5)
        let rest = x - Double(whole) * ln2
        var term = 1.0
        var sum = 1.0
        for n in 1...20 {
            term *= rest / Double(n)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: whole, significand: 1)
    }

    /// The natural logarithm of a positive, finite `x`: `2 artanh((m - 1) / (m + 1))` for the mantissa near 1.
    package static func log(_ x: Double) -> Double {
        var mantissa = x.significand
        var exponent = Double(x.exponent)
        if mantissa > 1.4142135623730951 {
            mantissa /= 2
            exponent += 1
        }
        let s = (mantissa - 1) / (mantissa + 1)
        var power = s
        var sum = 0.0
        for n in stride(from: 1, through: 27, by: 2) {
            sum += power / Double(n)
            power *= s * s
        }
        return exponent * ln2 + 2 * sum
    }

    /// Cosine and sine of an angle from 0 to pi.
    package static func cosineAndSine(_ angle: Double) -> (cosine: Double, sine: Double) {
        if angle > pi / 2 {
            let mirrored = cosineAndSine(pi - angle)
            return (-mirrored.cosine, mirrored.sine)
        }
        var term = 1.0
        var cosine = 1.0
        var sine = 0.0
        for n in 1...24 {
            term *= angle / Double(n)
            switch n & 3 {
            case 1: sine += term
            case 2: cosine -= term
            case 3: sine -= term
            default: cosine += term
            }
        }
        return (cosine, sine)
    }

    /// The ratio of amplitudes that `decibels` stand for.
    package static func amplitude(decibels: Double) -> Double { exp(decibels / 20 * log(10)) }

    /// The greatest whole number not above `x`; |x| is below 2^62.
    package static func floor(_ x: Double) -> Int {
        let whole = Int(x)
        return Double(whole) > x ? whole - 1 : whole
    }

    /// `x` times 2^`bits`, rounded half up; the product is below 2^62 in magnitude.
    package static func fixed(_ x: Double, bits: Int) -> Int64 { Int64(floor(x * Double(1 << bits) + 0.5)) }
}
