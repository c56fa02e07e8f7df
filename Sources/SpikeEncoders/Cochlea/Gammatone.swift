import SpikeSignals

/// A bank of fourth-order gammatone filters with centre frequencies spaced evenly on the ERB scale.
///
/// ```
/// ERB(f)  = 24.7 + f / 9.26449                        Glasberg and Moore 1990
/// f_i     = -c + exp(i (ln(low + c) - ln(high + c)) / n) (high + c),  c = 24.7 * 9.26449,  i = n ... 1
/// h(t)    = t^3 exp(-2 pi 1.019 ERB(f) t) cos(2 pi f t)
/// ```
/// as the cascade of four second-order sections of Slaney 1993 ("An Efficient Implementation of the
/// Patterson-Holdsworth Auditory Filter Bank", Apple Technical Report 35): all four share their poles and differ in one
/// zero. The gain at the centre frequency is 1.
public enum Gammatone {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// The number of filters, at least 1.
        public var channels = 40
        /// The centre frequency of the lowest filter in hertz.
        public var lowHertz = 80.0
        /// The upper end of the scale in hertz; the highest centre frequency lies one step below it.
        public var highHertz = 7_000.0
        /// Samples per second.
        public var sampleRate = 16_000

        /// 40 filters from 80 to 7000 Hz at 16 kHz.
        public init() {}

        /// The centre frequencies in hertz, ascending.
        public var centreFrequencies: [Double] {
            let c = 24.7 * 9.26449
            let top = SetUpMath.log(highHertz + c)
            let step = (SetUpMath.log(lowHertz + c) - top) / Double(channels)
            return (1...channels).reversed().map { SetUpMath.exp(Double($0) * step + top) - c }
        }
    }
}
