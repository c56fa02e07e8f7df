import SpikeSignals

/// Plays a sound file, or one that comes through standard input, into a pipeline.
///
/// Any format, rate from 100 Hz to 384 kHz and number of channels that libsndfile reads; delivered are blocks, mono unless
/// all channels are asked for, at ``Parameters/sampleRateHz`` with a sample clock that starts at 0:
///
///     block b holds the samples  b * n ..< (b + 1) * n        n = sampleRateHz * blockMs / 1000, at least 1
///
/// The last block may be shorter. Nothing is allocated per block once warm.
///
/// - A file of another rate is resampled by band-limited interpolation with a signal-to-noise ratio of 121 dB and a
///   passband of 90 % of the lower Nyquist frequency; `n` samples become `ceil(n * sampleRateHz / rate)`. At the same
///   rate PCM of up to 24 bits comes through exactly.
/// - A recording that is cut off or damaged is delivered up to the damage; then ``DamagePolicy`` decides. (An MP3 that
///   is cut off cannot be told from a whole one.)
/// - A sample that is not a number or infinite is an error; a finite one beyond full scale is clipped and counted.
/// - Standard input and named pipes are first copied to a nameless temporary file of at most 2 GiB.
public final class AudioFileSource: Source {
    /// How the file is to be played.
    public struct Parameters: Hashable, Sendable {
        /// How fast blocks are delivered.
        public enum Pace: String, Hashable, Sendable, CaseIterable {
            /// As fast as the machine allows.
            case asFastAsPossible = "as_fast_as_possible"
            /// Each block when its last sample would have been heard.
            case realtime
        }

        /// Which channel is played, or all.
        public var channel = AudioChannel.mix
        /// Frames per second of the blocks, 100 to 384,000, resampled if the file has another rate; nil: as the file.
        public var sampleRateHz: Int? = 16_000
        /// The length of a block in milliseconds, 1 to 1,000.
        public var blockMs = 100
        /// How fast blocks are delivered.
        public var pace = Pace.asFastAsPossible
        /// How many times faster than the clock stream time passes with ``Pace/realtime``, 0.1 to 100.
        public var speed = 1.0
        /// What follows the sound part of a damaged recording.
        public var whenDamaged = DamagePolicy.error

        /// The mean of all channels at 16 kHz in blocks of 100 ms, as fast as possible.
        public init() {}
    }

    /// Whether blocks come at the pace of the clock.
    public let isLive: Bool
    /// What is wrong with the recording, as far as it is known: at the latest when ``read(into:)`` has returned false.
    public var damage: SpikelineError? { stream.file.damage }
    /// How many samples lay beyond full scale and were clipped.
    public var clippedSamples: Int64 { stream.clippedSamples }
    /// Samples of a frame: 1, or with `all` as many as the file has channels.
    public var channels: Int { stream.channels }
    /// Frames per second.
    public var sampleRate: Int { stream.rate }
    /// How many frames have been delivered.
    public private(set) var samplesDelivered: Int64 = 0

    private let stream: SampleStream
    private let parameters: Parameters
    private let blockFrames: Int
    private var clock: PlaybackClock

    /// Opens the file at `path`, or standard input for `-`, and checks its header.
    public init(path: String, parameters: Parameters = Parameters()) throws(SpikelineError) {
        let name = SoundInput.name(of: path)
        if let rate = parameters.sampleRateHz { try Self.check(rate, in: 100...384_000, "sample_rate_hz", at: name) }
        try Self.check(parameters.blockMs, in: 1...1_000, "block_ms", at: name)
        guard PlaybackClock.speeds.contains(parameters.speed) else {
            throw SpikelineError("expected a speed of 0.1 to 100, found \(parameters.speed)", at: name)
        }
        stream = try SampleStream(path: path, channel: parameters.channel, rate: parameters.sampleRateHz)
        self.parameters = parameters
        isLive = parameters.pace == .realtime
        clock = PlaybackClock(speed: parameters.speed)
        blockFrames = max(1, stream.rate * parameters.blockMs / 1_000)
    }

    private static func check(
        _ value: Int, in range: ClosedRange<Int>, _ name: String, at place: String
    ) throws(SpikelineError) {
        if let complaint = OptionSpec(name, .integer(range), help: "").complaint(about: .integer(value)) {
            throw SpikelineError(complaint, at: place)
        }
    }

    /// Appends the next block; see the type for what ends the stream.
    public func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        output.sampleRate = stream.rate
        output.channels = stream.channels
        output.firstSample = samplesDelivered
        output.samples.reserveCapacity(blockFrames * stream.channels)
        try stream.append(blockFrames * stream.channels, to: &output.samples)
        guard output.count > 0 else {
            if parameters.whenDamaged == .error, let damage { throw damage }
            return false
        }
        samplesDelivered += Int64(output.frames)
        output.updateUpTo()
        if isLive { clock.wait(until: output.upTo) }
        return true
    }
}
