import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// How loud a stream was in its last whole second: the root mean square and the peak, in dB relative to full scale.
///
/// A square wave at full scale has 0 dB in both, a sine wave -3 dB in the first. Silence has ``silence``.
struct LevelMeter {
    /// The level of silence, in dB.
    static let silence = -144

    /// The root mean square in dB, rounded.
    private(set) var level = LevelMeter.silence
    /// The largest magnitude in dB, rounded.
    private(set) var peak = LevelMeter.silence

    private let rate: Int
    private var count = 0
    private var squares = 0.0
    private var largest: Int32 = 0

    /// A meter for `rate` samples per second.
    init(rate: Int) { self.rate = rate }

    /// Takes in the next samples.
    mutating func add(_ samples: [Int32]) {
        for sample in samples {
            squares += Double(sample) * Double(sample)
            largest = max(largest, abs(sample))
        }
        count += samples.count
        guard count >= rate else { return }
        let full = Double(AudioBatch.fullScale)
        level = LevelMeter.decibels((squares / Double(count)).squareRoot() / full)
        peak = LevelMeter.decibels(Double(largest) / full)
        (count, squares, largest) = (0, 0, 0)
    }

    private static func decibels(_ ratio: Double) -> Int {
        ratio > 0 ? max(silence, Int((20 * log10(ratio)).rounded())) : silence
    }
}
