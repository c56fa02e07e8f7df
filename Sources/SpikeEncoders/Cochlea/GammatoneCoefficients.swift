import SpikeSignals
import Synchronization

extension Gammatone {
    /// Two 64-bit lanes, one for each channel of a pair.
    typealias Lanes = SIMD2<UInt64>

    /// One section of two channels: `y = b0 x[n] + b1 x[n-1] + c1 y[n-1] - c2 y[n-2]`, see ``PairCoefficients/run``.
    struct Section: Sendable {
        /// b0, Q30, in [0, 4).
        var b0 = Lanes.zero
        /// Low channels: -b1, Q30, in [0, 2). Others: b1 + 2, Q30, in (0, 4).
        var b1 = Lanes.zero
        /// What the offsets of the state, and the half for rounding, add up to, modulo 2^64.
        var constant = Lanes.zero
    }

    /// The four sections of two neighbouring channels.
    struct PairCoefficients: Sendable {
        var first = Section()
        var second = Section()
        var third = Section()
        var fourth = Section()
        /// Low channels: c1, Q30, in (0, 2). Others: c1 + 2, Q30, in (0, 4).
        var c1 = Lanes.zero
        /// c2, Q30, in [0, 1).
        var c2 = Lanes.zero
        /// Whether both channels lie below a sixteenth of the sample rate: there b1 is negative and c1 positive.
        var isLow = false
    }

    /// What is computed once from the parameters.
    ///
    /// Every section is scaled so that the worst input there is, the sign pattern of its own impulse response at full
    /// scale, drives it just below 2^31: overflow is impossible by construction and no bit of the state is wasted.
    public struct Coefficients: Sendable {
        /// The centre frequencies in hertz, ascending.
        public let centreFrequencies: [Double]
        /// For each channel, what one unit of its output stands for as a fraction of full scale.
        public let unit: [Double]
        let pairs: [PairCoefficients]

        /// Designs the bank; `parameters` have passed ``Cochlea/Parameters/check(place:)``.
        public init(_ parameters: Parameters) {
            self.init(centreFrequencies: parameters.centreFrequencies, sampleRate: parameters.sampleRate)
        }

        private static let latest = Mutex<(parameters: Parameters, bank: Coefficients)?>(nil)

        /// The bank of `parameters`; that of the latest ones is kept, since a pipeline that is made again and again has the same.
        static func designed(_ parameters: Parameters) -> Coefficients {
            if let known = latest.withLock({ $0 }), known.parameters == parameters { return known.bank }
            let bank = Coefficients(parameters)
            latest.withLock { $0 = (parameters, bank) }
            return bank
        }

        /// Designs filters of any centre frequencies, in hertz, each from 20 to 0.475 of the sample rate.
        public init(centreFrequencies: [Double], sampleRate: Int) {
            self.centreFrequencies = centreFrequencies
            let channels = centreFrequencies.count
            var pairs = [PairCoefficients](repeating: PairCoefficients(), count: (channels + 1) / 2)
            var unit: [Double] = []
            for (channel, frequency) in centreFrequencies.enumerated() {
                if channel % 2 == 0 {
                    let higher = centreFrequencies[min(channel + 1, channels - 1)]
                    pairs[channel / 2].isLow = max(frequency, higher) < Double(sampleRate) / 16
                }
                let design = GammatoneDesign(centreFrequency: frequency, sampleRate: Double(sampleRate))
                let scale = pairs[channel / 2].set(lane: channel % 2, to: design)
                unit.append(1 / (scale * design.centreGain * Double(1 << 30)))
            }
            if channels % 2 == 1 { pairs[channels / 2].setSilent(lane: 1) }
            self.pairs = pairs
            self.unit = unit
        }
    }
}

extension Gammatone.PairCoefficients {
    /// The input is within ±2^30; the state stays below 2^31 less a margin for rounding: half a unit in each section,
    /// times the sum of its pole response, is below 2^24 for every rate and frequency that the parameters allow.
    private static let headroom = Double((1 << 31) - (1 << 24)) / Double(1 << 30)

    /// Scales and rounds `design` into one lane.
    ///
    /// - Returns: the gain from input to output relative to the unscaled cascade.
    mutating func set(lane: Int, to design: GammatoneDesign) -> Double {
        let (c1, c2) = (SetUpMath.fixed(design.c1, bits: 30), SetUpMath.fixed(design.c2, bits: 30))
        self.c1[lane] = UInt64(isLow ? c1 : c1 + 1 << 31)
        self.c2[lane] = UInt64(c2)
        var scale = 1.0
        for (index, path) in Self.sections.enumerated() {
            let zero = design.zeros[index]
            // The lanes hold b0 below 4 and |b1| below 2; from 20 Hz to 0.475 of any rate, b0 stays below 0.6.
            let gain = min(Self.headroom / design.bounds[index] / scale, 3.9, 1.9 / max(abs(zero), 1e-9))
            let (b0, b1) = (SetUpMath.fixed(gain, bits: 30), SetUpMath.fixed(gain * zero, bits: 30))
            self[keyPath: path].set(lane: lane, b0: b0, b1: b1, c1: c1, c2: c2, isLow)
            scale *= gain
        }
        return scale
    }

    /// A lane whose output stays zero.
    mutating func setSilent(lane: Int) {
        self.c1[lane] = isLow ? 0 : 1 << 31
        for path in Self.sections { self[keyPath: path].set(lane: lane, b0: 0, b1: 0, c1: 0, c2: 0, isLow) }
    }

    private static var sections: [WritableKeyPath<Self, Gammatone.Section>] { [\.first, \.second, \.third, \.fourth] }
}

extension Gammatone.Section {
    fileprivate mutating func set(lane: Int, b0: Int64, b1: Int64, c1: Int64, c2: Int64, _ isLow: Bool) {
        self.b0[lane] = UInt64(b0)
        self.b1[lane] = UInt64(isLow ? -b1 : b1 + 1 << 31)
        let half: Int64 = isLow ? 0 : 1 << 29
        constant[lane] = UInt64(bitPattern: (1 << 61) &+ half &- (1 << 31) &* (b0 &+ b1 &+ c1 &- c2))
    }
}
