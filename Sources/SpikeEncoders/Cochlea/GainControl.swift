import SpikeSignals

/// How the ear makes a quiet word give the spikes of a loud one.
public enum GainControl: Hashable, Sendable {
    /// Every channel is divided by its own running mean.
    case channel(Channel)
    /// Every channel is compared with one slow broadband level.
    case level(Level)

    /// Constants of per-channel energy normalisation; Wang et al. 2017 call the last three alpha, delta and r.
    public struct Channel: Hashable, Sendable {
        /// The time constant of the running mean, in milliseconds.
        public var timeMilliseconds = 400.0
        /// How much of the mean is divided out, 0 to 1.
        public var exponent = 1.0
        /// What is added before the root, in units of the normalised energy.
        public var offset = 2.0
        /// The exponent of the compression, above 0 to 1.
        public var root = 0.5
        /// Below this level (dB relative to full scale, of the mean rectified output) the gain no longer rises.
        public var quietDecibels = -102.35

        /// The constants that trained best.
        public init() {}
    }

    /// Constants of the broadband gain control.
    public struct Level: Hashable, Sendable {
        /// How fast the reference follows a rising level, in milliseconds.
        public var attackMilliseconds = 17.0
        /// How fast it follows a falling one, in milliseconds.
        public var releaseMilliseconds = 1_000.0
        /// How far below the reference a channel still drives its neuron, in dB.
        public var rangeDecibels = 48.0
        /// What counts as silence, in dB relative to full scale (of the mean rectified output).
        public var quietDecibels = -102.35

        /// Constants for speech.
        public init() {}
    }

    /// frame / time as Q20, at most 1.
    static func smoothing(_ frameMilliseconds: Int, over milliseconds: Double) -> Int64 {
        min(1 << 20, SetUpMath.fixed(Double(frameMilliseconds) / milliseconds, bits: 20))
    }

    /// The smoothing of frame `frame`: that of a plain mean as long as this is the faster one.
    @inline(__always)
    static func startUp(_ smoothing: Int64, frame: Int64) -> Int64 {
        frame < 1 << 20 ? max(smoothing, (1 << 20) / (frame &+ 1)) : smoothing
    }

    /// One of the two, ready to run. Two optionals and no enum: a payload would be copied to be changed.
    struct Runner: Sendable {
        private var channel: ChannelGain?
        private var level: LevelGain?

        init(_ gain: GainControl, channels: Int, frameMilliseconds: Int, logarithm: BinaryLogarithm) {
            switch gain {
            case .channel(let parameters):
                channel = ChannelGain(
                    parameters, channels: channels, frameMilliseconds: frameMilliseconds, logarithm: logarithm)
            case .level(let parameters):
                level = LevelGain(parameters, frameMilliseconds: frameMilliseconds, logarithm: logarithm)
            }
        }

        mutating func reset() {
            channel?.reset()
            level?.reset()
        }

        mutating func compress(_ energies: [UInt64], into drives: inout [Int64]) {
            channel?.compress(energies, into: &drives)
            level?.compress(energies, into: &drives)
        }
    }
}
