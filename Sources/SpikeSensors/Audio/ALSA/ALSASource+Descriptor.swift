import SpikeSignals

extension ALSASource {
    /// The stage `alsa` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "alsa", role: .source, output: .audio,
        summary: "Captures from a microphone or another capture device of ALSA, and waits for it when it is unplugged.",
        options: [
            OptionSpec("device", .string, help: "The device, as \"spikeline devices\" lists it. Default: default."),
            OptionSpec(
                "channel", .either(.integer(0...31), .choice(["mix"])),
                help: "Which channel to take, from 0, or \"mix\" for the mean of all. Default: mix."),
            OptionSpec(
                "sample_rate_hz", .integer(4_000...384_000),
                help: "Samples per second of the stream; a device of another rate is resampled. Default: 16000."),
            OptionSpec("period_ms", .integer(1...1_000), help: "Length of a block. Default: 20."),
            OptionSpec(
                "buffer_ms", .integer(2...10_000),
                help: "Length of the device's buffer: how long the reader may be held up. Default: 500."),
            OptionSpec(
                "reopen", .bool,
                help: "Whether a device that is lost is waited for; if not, the run ends with code 3. Default: true."),
            OptionSpec("stop_after_s", .number(0.001...1e9), help: "End after so much stream time. Default: never."),
        ] + LiveOptions.queue,
        make: { (options, context) throws(SpikelineError) in
            .source(
                AnySource(
                    try ALSASource(
                        options.string("device") ?? "default", Parameters(options),
                        notice: LiveNotices.standardError(stage: context.stage))))
        })
}

extension ALSASource.Parameters {
    /// The parameters that `options` give, and the defaults for the rest.
    init(_ options: Options) {
        self.init()
        if let index = options.integer("channel") { channel = .index(index) }
        sampleRateHz = options.integer("sample_rate_hz") ?? sampleRateHz
        periodMs = options.integer("period_ms") ?? periodMs
        bufferMs = options.integer("buffer_ms") ?? bufferMs
        canReopen = options.bool("reopen") ?? canReopen
        stopAfterSeconds = options.number("stop_after_s")
    }
}
