/// Takes the slow part out of a signal: the weight that an accelerometer feels, the offset of a microphone.
///
/// ```
/// m[n] = m[n-1] + (x[n] - m[n-1]) / min(n, 2^k)         2^k: about 64 ticks of samples
/// y[n] = x[n] - m[n]
/// ```
/// It begins as a plain mean, so that a stream that begins at an offset begins without a step.
struct Baseline: Sendable {
    private let shift: Int64
    private var seen: Int64 = 0
    /// Q16.
    private var mean: Int64 = 0

    init(samplesPerTick: Int) {
        let samples = max(samplesPerTick, 1) * 64
        shift = Int64(Int.bitWidth - 1 - samples.leadingZeroBitCount)
    }

    /// The sample, within ±2^23, without the baseline.
    @inline(__always)
    mutating func remove(from sample: Int32) -> Int32 {
        let difference = Int64(sample) &<< 16 &- mean
        if seen &>> shift == 0 {
            seen &+= 1
            mean &+= difference / seen
        } else {
            mean &+= difference &>> shift
        }
        let rest = Int64(sample) &- mean &>> 16
        return Int32(truncatingIfNeeded: min(max(rest, -(1 << 23)), 1 << 23))
    }
}
