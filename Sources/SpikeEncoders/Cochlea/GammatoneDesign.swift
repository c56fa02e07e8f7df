import SpikeSignals

/// One filter of the bank in real numbers: the poles that its four sections share, and the zero of each.
///
/// ```
/// H(z) = product over k of (1 + a_k z^-1) / (1 - c1 z^-1 + c2 z^-2)
/// c1 = 2 e^-B cos w,  c2 = e^-2B,  a_k = -e^-B (cos w + s_k sin w),  s_k = ±sqrt(3 + sqrt 8), ±sqrt(3 - sqrt 8)
/// w = 2 pi f / rate,  B = 2 pi 1.019 ERB(f) / rate
/// ```
/// Slaney 1993, equations of `MakeERBFilters`, with the common factor T taken out of every section.
struct GammatoneDesign {
    /// The coefficients of the poles, already rounded to the 30 fraction bits that the integer sections use.
    let c1: Double
    let c2: Double
    /// The coefficients of the four zeros.
    let zeros: [Double]
    /// The magnitude of the cascade at the centre frequency.
    let centreGain: Double
    /// For each section, the sum of the magnitudes of the impulse response from the input to its output: the largest
    /// value that an input within ±1 can drive it to.
    let bounds: [Double]

    init(centreFrequency: Double, sampleRate: Double) {
        let erb = 24.7 + centreFrequency / 9.26449
        let angle = 2 * SetUpMath.pi * centreFrequency / sampleRate
        let radius = SetUpMath.exp(-2 * SetUpMath.pi * 1.019 * erb / sampleRate)
        let (cosine, sine) = SetUpMath.cosineAndSine(angle)
        let unit = Double(1 << 30)
        c1 = Double(SetUpMath.fixed(2 * radius * cosine, bits: 30)) / unit
        c2 = Double(SetUpMath.fixed(radius * radius, bits: 30)) / unit
        let (steep, flat) = ((3 + 8.0.squareRoot()).squareRoot(), (3 - 8.0.squareRoot()).squareRoot())
        zeros = [steep, -steep, flat, -flat].map { -radius * (cosine + $0 * sine) }
        centreGain = Self.gain(c1: c1, c2: c2, zeros: zeros, cosine: cosine, sine: sine)
        bounds = Self.bounds(c1: c1, c2: c2, zeros: zeros, length: Int(40 / (1 - radius)) + 64)
    }

    /// The magnitude of the cascade at the angle with this cosine and sine.
    private static func gain(c1: Double, c2: Double, zeros: [Double], cosine: Double, sine: Double) -> Double {
        let real = 1 - c1 * cosine + c2 * (2 * cosine * cosine - 1)
        let imaginary = c1 * sine - c2 * 2 * sine * cosine
        let pole = real * real + imaginary * imaginary
        var squared = 1.0
        for a in zeros { squared *= (1 + 2 * a * cosine + a * a) / pole }
        return squared.squareRoot()
    }

    /// Sums the magnitudes of the impulse response at each section over `length` samples, 40 time constants: what
    /// follows is below 1e-12 of the sum.
    private static func bounds(c1: Double, c2: Double, zeros: [Double], length: Int) -> [Double] {
        var (sums, last, lastButOne) = ([0.0, 0, 0, 0], [0.0, 0, 0, 0, 0], [0.0, 0, 0, 0, 0])
        for n in 0..<length {
            var input = n == 0 ? 1.0 : 0
            for k in 0..<4 {
                let output = input + zeros[k] * last[k] + c1 * last[k + 1] - c2 * lastButOne[k + 1]
                lastButOne[k] = last[k]
                last[k] = input
                input = output
                sums[k] += abs(output)
            }
            lastButOne[4] = last[4]
            last[4] = input
        }
        return sums
    }
}
