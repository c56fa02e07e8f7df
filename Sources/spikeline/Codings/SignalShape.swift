import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Signals that need no file: what is coded to look at a coding.
enum SignalShape: String, CaseIterable {
    /// Two periods from 0.05 to 0.95.
    case sine
    /// From 0.1 to 0.8, and down to 0.3.
    case step
    /// From 0 to 1.
    case ramp

    /// The value at `time`, which goes from 0 to 1.
    func level(at time: Double) -> Double {
        switch self {
        case .sine: 0.5 - 0.45 * cos(4 * .pi * time)
        case .step: time < 0.25 ? 0.1 : time < 0.625 ? 0.8 : 0.3
        case .ramp: time
        }
    }

    /// `ticks` values, Q16.
    func values(ticks: Int) -> [Int64] {
        (0..<ticks).map { SetUpMath.fixed(level(at: Double($0) / Double(ticks)), bits: 16) }
    }
}
