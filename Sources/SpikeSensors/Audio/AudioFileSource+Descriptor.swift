import SpikeSignals

extension AudioFileSource {
    /// The stage `audio_file` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "audio_file", role: .source, output: .audio,
        summary: "Plays a sound file (WAV, FLAC, Ogg, AIFF, MP3, ...), or one from standard input.",
        options: [
            OptionSpec("path", .string, required: true, help: "The file; \"-\" is standard input."),
            OptionSpec(
                "channel", .either(.integer(0...1_023), .choice(["mix", "all"])),
                help:
                    "Which channel to play, from 0, \"mix\" for the mean of all, or \"all\" side by side. Default: mix."
            ),
            OptionSpec(
                "sample_rate_hz", .either(.integer(100...384_000), .choice(["native"])),
                help:
                    "Samples per second; a file of another rate is resampled unless this is \"native\". Default: 16000."
            ),
            OptionSpec("block_ms", .integer(1...1_000), help: "Length of a block. Default: 100."),
            OptionSpec(
                "pace", .choice(Parameters.Pace.allCases.map(\.rawValue)),
                help: "As fast as the machine allows, or by the clock. Default: as_fast_as_possible."),
            OptionSpec(
                "speed", .number(PlaybackClock.speeds),
                help: "How many times faster than the clock with \"pace: realtime\". Default: 1."),
            OptionSpec(
                "when_damaged", .choice(DamagePolicy.allCases.map(\.rawValue)),
                help: "What follows the sound part of a damaged recording: an error, or a normal end. Default: error."),
        ],
        make: { (options, context) throws(SpikelineError) in
            let path = context.resolve(path: options.string("path") ?? "-")
            return .source(AnySource(try AudioFileSource(path: path, parameters: Parameters(options))))
        })
}

extension AudioFileSource.Parameters {
    /// The parameters that `options` give, and the defaults for the rest.
    init(_ options: Options) {
        self.init()
        if let index = options.integer("channel") { channel = .index(index) }
        if options.string("channel") == "all" { channel = .all }
        sampleRateHz =
            options.string("sample_rate_hz") == "native" ? nil : options.integer("sample_rate_hz") ?? sampleRateHz
        blockMs = options.integer("block_ms") ?? blockMs
        pace = options.string("pace").flatMap(Pace.init(rawValue:)) ?? pace
        speed = options.number("speed") ?? speed
        whenDamaged = options.string("when_damaged").flatMap(DamagePolicy.init(rawValue:)) ?? whenDamaged
    }
}
