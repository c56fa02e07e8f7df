import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Operations on waveforms in floats, full scale 1, that augmentation is made of.
enum Waveform {
    /// 16-bit samples as floats.
    static func floats(_ samples: [Int16]) -> [Float] { samples.map { Float($0) * (1 / 32_768) } }

    /// The samples as 24-bit integers, clipped.
    static func integers(_ samples: [Float]) -> [Int32] {
        samples.map { Int32(min(max(($0 * 8_388_608).rounded(), -8_388_608), 8_388_607)) }
    }

    /// The root of the mean square, at least -180 dB.
    static func level(_ samples: [Float]) -> Float {
        let sum = samples.reduce(Float(0)) { $0 + $1 * $1 }
        return max((sum / Float(max(samples.count, 1))).squareRoot(), 1e-9)
    }

    /// The amplitude of `decibels`.
    static func amplitude(_ decibels: Float) -> Float { pow(10, decibels / 20) }

    /// A level in dB relative to full scale.
    static func decibels(_ level: Float) -> Float { 20 * log10(level) }

    /// The waveform played `speed` times as fast (pitch rises with it), by cubic interpolation
    /// (Catmull and Rom, 1974).
    static func resampled(_ samples: [Float], speed: Float) -> [Float] {
        guard samples.count > 3, abs(speed - 1) > 1e-4 else { return samples }
        let count = Int(Float(samples.count - 3) / speed)
        return (0..<count).map { index in
            let position = 1 + Float(index) * speed
            let base = min(Int(position), samples.count - 3)
            let t = position - Float(base)
            let (a, b, c, d) = (samples[base - 1], samples[base], samples[base + 1], samples[base + 2])
            return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        }
    }

    /// Adds `samples` times `gain` to `target` from index `start` on, with fades of 8 ms at both ends; what lies
    /// outside is cut.
    static func mix(_ samples: [Float], gain: Float, into target: inout [Float], at start: Int) {
        let fade = 128
        for index in max(0, -start)..<max(max(0, -start), min(samples.count, target.count - start)) {
            let edge = min(index, samples.count - 1 - index)
            let shape = edge < fade ? Float(edge) / Float(fade) : 1
            target[start + index] += samples[index] * gain * shape
        }
    }

    /// `count` samples of `samples` from a drawn place, repeated if it is too short.
    static func cut(_ samples: [Int16], count: Int, using generator: inout SeededGenerator) -> [Float] {
        guard !samples.isEmpty else { return [Float](repeating: 0, count: count) }
        let start = samples.count > count ? generator.index(below: samples.count - count + 1) : 0
        return (0..<count).map { Float(samples[(start + $0) % samples.count]) * (1 / 32_768) }
    }
}
