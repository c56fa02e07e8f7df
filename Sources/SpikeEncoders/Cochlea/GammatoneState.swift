extension Gammatone {
    /// What one section of two channels remembers.
    ///
    /// Values are Int32 in offset binary, `u = y + 2^31`, in the low half of a 64-bit lane; the high half is arbitrary.
    /// Products of such unsigned halves are one instruction on every 64-bit machine (`pmuludq`, `umull`), which signed
    /// ones are not.
    struct SectionState: Sendable {
        static let zero = Lanes(repeating: 1 << 31)
        /// The last output and the one before it.
        var now = zero
        var before = zero
        /// What rounding left, in [0, 2^30); starts at one half.
        var rest = Lanes(repeating: 1 << 29)
    }

    /// The state of two neighbouring channels.
    struct PairState: Sendable {
        var first = SectionState()
        var second = SectionState()
        var third = SectionState()
        var fourth = SectionState()
        /// The sum of the half-wave rectified outputs since it was last taken; below 2^31 a sample.
        var rectified = Lanes.zero
    }

    /// A run of samples on its way into the bank.
    public struct Input: Sendable {
        /// The samples, offset like the state and copied to both lanes; element 0 is the sample before the run.
        var lanes: [Lanes]

        /// Room for up to `longestRun` samples, silent.
        public init(longestRun: Int) { lanes = Array(repeating: SectionState.zero, count: longestRun + 1) }

        /// Sets sample `index` of the next run; ±2^23 is full scale and values beyond it saturate.
        @inline(__always)
        public mutating func set(_ index: Int, to sample: Int32) {
            let clamped = min(max(sample, -(1 << 23)), 1 << 23)
            lanes[index &+ 1] = Lanes(repeating: UInt64(UInt32(bitPattern: clamped &<< 7) ^ (1 << 31)))
        }

        /// Forgets the sample before the run.
        public mutating func reset() { lanes[0] = SectionState.zero }
    }

    /// What changes from sample to sample.
    public struct State: Sendable {
        var pairs: [PairState]
        /// The sample before the next run, for who runs several banks over one ``Input``.
        var before = SectionState.zero

        /// A silent bank.
        public init(_ coefficients: Coefficients) {
            pairs = Array(repeating: PairState(), count: coefficients.pairs.count)
        }

        /// Forgets everything it has heard.
        public mutating func reset() {
            for index in pairs.indices { pairs[index] = PairState() }
        }

        /// Runs the bank over the first `count` samples of `input`.
        public mutating func run(_ coefficients: Coefficients, over input: inout Input, count: Int) {
            Self.run(coefficients.pairs.span, &pairs, input.lanes.span.extracting(0...count))
            input.lanes[0] = input.lanes[count]
        }

        private static func run(
            _ coefficients: Span<PairCoefficients>, _ pairs: inout [PairState], _ samples: Span<Lanes>
        ) {
            var states = pairs.mutableSpan
            for index in 0..<min(coefficients.count, states.count) { coefficients[index].run(&states[index], samples) }
        }

        /// The latest output of a channel, in units of ``Coefficients/unit``.
        public func output(of channel: Int) -> Int32 {
            Int32(bitPattern: UInt32(truncatingIfNeeded: pairs[channel / 2].fourth.now[channel % 2]) ^ (1 << 31))
        }

        /// The sum of the half-wave rectified output of a channel since the sums were last cleared.
        @inline(__always)
        func rectifiedSum(of channel: Int) -> UInt64 { pairs[channel &>> 1].rectified[channel & 1] }

        /// Starts new sums.
        mutating func clearSums() {
            for index in pairs.indices { pairs[index].rectified = .zero }
        }
    }
}
