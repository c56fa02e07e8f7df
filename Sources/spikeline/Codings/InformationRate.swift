#if canImport(Glibc)
import Glibc
#endif

/// How many bits a second an estimate keeps of a signal, from their coherence.
///
/// ```
/// g2(f) = |Sxy|^2 / (Sxx Syy)                        Welch: Hann windows of 512 ticks that overlap by half, means removed
/// g2'   = (g2 - 1/n) / (1 - 1/n), at least 0          unrelated signals have a coherence of 1/n in n independent segments
/// I     = sum over f from 1/512 of the rate to the bandwidth of -log2(1 - g2'(f)) df
/// ```
/// Borst and Theunissen, "Information theory and neural coding", Nature Neuroscience 2 (1999) 947, after the reconstruction of stimuli of
/// Bialek, Rieke, de Ruyter van Steveninck and Warland, Science 252 (1991) 1854. It is the capacity of a Gaussian channel, 0.5
/// log2(1 + SNR) for each independent sample, frequency by frequency; so samples that depend on one another need not be thinned, and neither
/// a delay nor a scale of the estimate counts against it. If the signal is Gaussian it is a lower bound; speech is not, so it
/// is an estimate by which codings can be compared.
struct InformationRate {
    /// Ticks of a segment.
    static let segment = 512
    /// The fewest segments that are believed.
    static let fewest = 8

    /// The highest frequency that counts, in Hz.
    var bandwidthHertz = 50.0
    /// The length of a tick in seconds.
    var tickSeconds: Double

    /// Bits a second that `estimate` keeps of `signal`; nil if there are too few ticks. Frequencies at which either is silent keep nothing.
    func bitsPerSecond(_ signal: [Double], _ estimate: [Double]) -> Double? {
        let (size, hop) = (Self.segment, Self.segment / 2)
        let ticks = min(signal.count, estimate.count)
        let segments = ticks < size ? 0 : (ticks - size) / hop + 1
        guard segments >= Self.fewest else { return nil }
        let step = 1 / (Double(size) * tickSeconds)
        let last = min(size / 2 - 1, Int(bandwidthHertz / step))
        guard last >= 1 else { return 0 }
        let spectra = spectra(signal, estimate, segments: segments, last: last)
        // Neighbouring periodograms of a Hann window correlate by 1/36 (Welch, IEEE Trans. Audio AU-15 (1967) 70).
        let chance = (1 + 2.0 / 36) / Double(segments)
        var bits = 0.0
        for bin in 1...last {
            let power = spectra.signal[bin] * spectra.estimate[bin]
            // Both go through one transform, whose rounding leaves 1e-16 of one in the other.
            let (least, most) = (
                min(spectra.signal[bin], spectra.estimate[bin]), max(spectra.signal[bin], spectra.estimate[bin])
            )
            guard least > most * 1e-24, power > 0 else { continue }
            let cross = spectra.real[bin] * spectra.real[bin] + spectra.imaginary[bin] * spectra.imaginary[bin]
            let coherence = max(0, (cross / power - chance) / (1 - chance))
            bits -= log2(max(1 - coherence, 1e-9)) * step
        }
        return bits
    }

    private struct Spectra {
        var signal: [Double]
        var estimate: [Double]
        var real: [Double]
        var imaginary: [Double]
    }

    /// Sums over all segments of both powers and of the cross-spectrum, up to bin `last`.
    private func spectra(_ signal: [Double], _ estimate: [Double], segments: Int, last: Int) -> Spectra {
        let size = Self.segment
        let transform = FourierTransform(count: size)
        let window = (0..<size).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(size)) }
        let zeros = [Double](repeating: 0, count: last + 1)
        var sums = Spectra(signal: zeros, estimate: zeros, real: zeros, imaginary: zeros)
        var real = [Double](repeating: 0, count: size)
        var imaginary = real
        for index in 0..<segments {
            let range = index * size / 2..<index * size / 2 + size
            let means = (
                signal[range].reduce(0, +) / Double(size), estimate[range].reduce(0, +) / Double(size)
            )
            for (place, tick) in range.enumerated() {
                // Two real signals in one complex transform.
                real[place] = (signal[tick] - means.0) * window[place]
                imaginary[place] = (estimate[tick] - means.1) * window[place]
            }
            transform.run(&real, &imaginary)
            for bin in 1...last {
                let (a, b) = (real[bin], imaginary[bin])
                let (c, d) = (real[size - bin], imaginary[size - bin])
                let x = ((a + c) / 2, (b - d) / 2)
                let y = ((b + d) / 2, (c - a) / 2)
                sums.signal[bin] += x.0 * x.0 + x.1 * x.1
                sums.estimate[bin] += y.0 * y.0 + y.1 * y.1
                sums.real[bin] += x.0 * y.0 + x.1 * y.1
                sums.imaginary[bin] += x.1 * y.0 - x.0 * y.1
            }
        }
        return sums
    }
}
