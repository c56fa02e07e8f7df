import SpikeSignals

extension Cochlea {
    /// What one chooses about the ear; a model file stores it, see ``options``.
    public struct Parameters: Hashable, Sendable {
        /// The filters.
        public var filters = Gammatone.Parameters()
        /// The length of a tick in milliseconds, 1 to 500.
        public var tickMilliseconds = 20
        /// How many equal phases a tick is divided into; each counts its own spikes, on channels of its own.
        public var phases = 2
        /// The length of a hair-cell frame in milliseconds: outputs are rectified and averaged over it. Divides the phase.
        public var frameMilliseconds = 5
        /// The gain control.
        public var gain = GainControl.channel(GainControl.Channel())
        /// Spikes per second at a drive of one.
        public var spikeRateHertz = 300.0
        /// The most spikes of a channel in a phase, 1 to 255: a refractory period of phase / limit. A channel stands for
        /// a bundle of nerve fibres, so the limit may well exceed what one fibre can do.
        public var maxSpikesPerPhase = 15

        /// The ear that the shipped models were trained with.
        public init() {}

        /// Samples in a frame.
        public var samplesPerFrame: Int { filters.sampleRate * frameMilliseconds / 1_000 }
        /// Frames in a phase of a tick.
        public var framesPerPhase: Int { tickMilliseconds / (phases * frameMilliseconds) }
        /// Samples in a phase of a tick.
        public var samplesPerPhase: Int { samplesPerFrame * framesPerPhase }
        /// Samples in a tick.
        public var samplesPerTick: Int { samplesPerPhase * phases }
        /// Channels of the spikes: those of the first phase, then those of the second, and so on.
        public var channels: Int { filters.channels * phases }
        /// The length of a tick in nanoseconds.
        public var tickNanoseconds: Int64 { Int64(tickMilliseconds) * 1_000_000 }

        /// Throws what is wrong with the parameters, if anything; `place` names the stage or file they came from.
        public func check(place: String = "cochlea") throws(SpikelineError) {
            for spec in Self.specs {
                guard let value = options[spec.name], let complaint = spec.complaint(about: value) else { continue }
                throw SpikelineError(complaint, at: place)
            }
            try checkFilters(place)
            try checkTiming(place)
        }

        private func checkFilters(_ place: String) throws(SpikelineError) {
            if filters.lowHertz >= filters.highHertz {
                throw SpikelineError(
                    "\"low_hz\" is \(filters.lowHertz) and not below \"high_hz\", \(filters.highHertz)", at: place)
            }
            if filters.highHertz * 2 > Double(filters.sampleRate) * 0.95 {
                throw SpikelineError(
                    "\"high_hz\" is \(filters.highHertz), but audio at \(filters.sampleRate) Hz reaches only to "
                        + "\(Double(filters.sampleRate) * 0.475) Hz", at: place,
                    hint: "Lower high_hz or raise sample_rate_hz")
            }
        }

        private func checkTiming(_ place: String) throws(SpikelineError) {
            if tickMilliseconds % (frameMilliseconds * phases) != 0 {
                throw SpikelineError(
                    "\"tick_ms\" is \(tickMilliseconds), which is not a multiple of \"phases\" times \"frame_ms\", "
                        + "\(phases) times \(frameMilliseconds)", at: place)
            }
            if filters.sampleRate * frameMilliseconds % 1_000 != 0 {
                throw SpikelineError(
                    "a frame of \(frameMilliseconds) ms is not a whole number of samples at \(filters.sampleRate) Hz",
                    at: place, hint: "Choose another frame_ms or sample_rate_hz")
            }
        }
    }
}
