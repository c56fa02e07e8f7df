import SpikeSignals

/// Plays a recording again and again, for as many hours as one wants, a little different each time.
///
/// ```
/// level   +d dB |  /\        speed   +s |  /\         one slow triangle over `period_h`, so that nothing repeats exactly
///               | /  \  /            0 |-/--\--/
///         -d dB |/    \/            -s |/    \/
/// ```
/// The end of the recording is faded into its beginning within a tenth of a second. Asks how a pipeline fares over days of
/// what is normal: how many false alerts, how much memory. The recording, of at most ``mostSamples`` samples, is kept in
/// memory; what lies between its samples comes from ``FractionalDelay``, which treats all bands alike at any place.
public final class AudioReplaySource: Source {
    /// How pipelines name, check and make the stage.
    public static let descriptor = StageDescriptor(
        type: "audio_replay", role: .source, output: .audio,
        summary: "Plays a sound file again and again for hours, with slow drifts of level and speed.",
        options: [
            OptionSpec("path", .string, required: true, help: "The file; \"-\" is standard input."),
            OptionSpec(
                "channel", .either(.integer(0...1_023), .choice(["mix", "all"])),
                help: "Which channel to play, from 0, \"mix\", or \"all\" side by side. Default: all."),
            OptionSpec("hours", .number(0.0001...100_000), help: "How long to play. Default: 24."),
            OptionSpec("level_drift_db", .number(0...20), help: "Largest change of level, up and down. Default: 1."),
            OptionSpec("speed_drift_percent", .number(0...5), help: "Largest change of speed. Default: 0.1."),
            OptionSpec("period_h", .number(0.001...1_000), help: "The time of a drift up and down again. Default: 24."),
        ],
        make: { (options, context) throws(SpikelineError) in
            var channel = AudioChannel.all
            if let index = options.integer("channel") { channel = .index(index) }
            if options.string("channel") == "mix" { channel = .mix }
            let path = context.resolve(path: options.string("path") ?? "-")
            let replay = try AudioReplaySource(
                path: path, channel: channel, hours: options.number("hours") ?? 24,
                levelDriftDecibels: options.number("level_drift_db") ?? 1,
                speedDriftPercent: options.number("speed_drift_percent") ?? 0.1,
                periodHours: options.number("period_h") ?? 24)
            return .source(AnySource(replay))
        })

    /// The longest recording: an hour of one channel at 48 kHz.
    public static let mostSamples = 48_000 * 3_600

    /// It comes at the pace of the machine.
    public let isLive = false

    private let samples: [Int32]
    private let delay = FractionalDelay()
    /// Frames of the loop.
    private let length: Int64
    private let channels: Int
    private let rate: Int
    private let frames: Int64
    private let block: Int
    private let fade: Int
    private let periodBlocks: Int64
    private let (level, speed): (Double, Double)
    /// Where the next sample lies in the recording, in frames, Q32.
    private var place: Int64 = 0
    private var played: Int64 = 0
    private var blocks: Int64 = 0

    /// Reads the recording at its own rate.
    public init(
        path: String, channel: AudioChannel = .all, hours: Double = 24, levelDriftDecibels: Double = 1,
        speedDriftPercent: Double = 0.1, periodHours: Double = 24
    ) throws(SpikelineError) {
        let stream = try SampleStream(path: path, channel: channel, rate: nil)
        var samples: [Int32] = []
        while samples.count <= AudioReplaySource.mostSamples {
            let before = samples.count
            try stream.append(65_536 * stream.channels, to: &samples)
            if samples.count == before { break }
        }
        (channels, rate) = (stream.channels, stream.rate)
        block = max(stream.rate / 10, 1)
        fade = max(stream.rate / 10, 1)
        guard samples.count <= AudioReplaySource.mostSamples, samples.count / channels > 4 * fade else {
            throw SpikelineError(
                "expected a recording of 0.4 s to \(AudioReplaySource.mostSamples) samples, found "
                    + "\(samples.count) samples", at: path, hint: "Choose a part of it")
        }
        let whole = samples.count / channels
        let taps = FractionalDelay.taps
        // The loop is as much shorter as what is faded over.
        for frame in 0..<fade {
            for channel in 0..<channels {
                let (start, end) = (
                    Int64(samples[frame * channels + channel]), (whole - fade + frame) * channels + channel
                )
                let mixed = (start * Int64(frame) + Int64(samples[end]) * Int64(fade - frame)) / Int64(fade)
                samples[frame * channels + channel] = Int32(mixed)
            }
        }
        samples.removeLast(samples.count - (whole - fade) * channels)
        length = Int64(whole - fade)
        // Some frames of the other end on both sides, so that the filter need not turn round.
        let side = taps * channels
        self.samples = Array(samples.suffix(side)) + samples + Array(samples.prefix(side))
        frames = Int64(hours * 3_600 * Double(rate))
        periodBlocks = max(Int64(periodHours * 36_000), 4)
        level = levelDriftDecibels
        speed = speedDriftPercent / 100
    }

    /// Appends the next block of a tenth of a second.
    public func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        guard played < frames else { return false }
        (output.sampleRate, output.channels, output.firstSample) = (rate, channels, played)
        let count = Int(min(Int64(block), frames - played))
        // The two drifts have different periods, so that they do not go together.
        let step = Int64((1 + speed * Self.triangle(blocks, periodBlocks * 2 / 3)) * 4_294_967_296)
        let (samples, delay) = (samples, delay)
        let span = samples.span
        let decibels = level * Self.triangle(blocks, periodBlocks)
        let gain = Int64(SetUpMath.amplitude(decibels: decibels) * 65_536)
        output.samples.reserveCapacity(count * channels)
        for _ in 0..<count {
            let first = Int(place >> 32) + FractionalDelay.taps / 2 + 1
            let phase = Int((place & 0xFFFF_FFFF) >> (32 - FractionalDelay.phaseBits))
            for channel in 0..<channels {
                let sum = delay.sample(span, from: first * channels + channel, stride: channels, phase: phase)
                let full = Int64(AudioBatch.fullScale)
                output.samples.append(Int32(truncatingIfNeeded: min(max((sum * gain) >> 16, -full), full)))
            }
            place += step
            if place >> 32 >= length { place -= length << 32 }
        }
        played += Int64(count)
        blocks += 1
        output.updateUpTo()
        return true
    }

    /// A triangle between -1 and 1 that begins at 0.
    static func triangle(_ step: Int64, _ period: Int64) -> Double {
        let share = Double(step % max(period, 1)) / Double(max(period, 1))
        return share < 0.25 ? 4 * share : share < 0.75 ? 2 - 4 * share : 4 * share - 4
    }
}
