import SpikeEncoders
import SpikeSignals

/// A signal as spikes by one of the codings, and back.
enum CodingCard: PlaygroundCard {
    static let name = "coding"
    static let title = "Coding"
    static let help = "A signal becomes spikes by one of the codings, and the decoder makes a signal of them again."
    static let knobs: [Knob] = [
        .choice("method", "coding", CodingParameters.Method.allCases.map(\.rawValue)),
        .choice("signal", "signal", SignalShape.allCases.map(\.rawValue)),
        .whole("ticks", "ticks of 1 ms", 64...1_024, usual: 512),
        .whole("window_ticks", "window", 2...256, usual: 32, unit: "ticks", when: windowed),
        .whole("window_ticks", "binary digits", 2...16, usual: 8, when: of(.weightedPhase)),
        .number(
            "rate_hz", "rate of a value of 1", 1...1_000, step: 1, usual: 200, unit: "Hz", when: of(.poisson, .regular)),
        .whole("seed", "seed", 1...1_000, usual: 1, when: of(.poisson)),
        .number("octaves", "range in octaves", 1...16, step: 0.5, usual: 8, when: of(.logLatency)),
        .number("threshold", "threshold", 0.005...0.95, step: 0.005, usual: 0.25, when: of(.firstSpike)),
        .number(
            "tau_ticks", "membrane time constant", 1...200, step: 1, usual: 32, unit: "ticks", when: of(.firstSpike)),
        .number(
            "sensitivity", "sensitivity after a spike", 0.5...0.99, step: 0.01, usual: 0.9, when: of(.rankOrder)),
        .whole("neurons", "neurons for a value", 3...64, usual: 8, when: of(.population)),
        .number("threshold", "step", 0.0025...0.5, step: 0.0025, usual: 0.0625, when: of(.delta)),
        .number("hysteresis", "hysteresis", 0...0.5, step: 0.005, usual: 0, when: of(.delta)),
    ]
    /// The most rows of spikes that are sent; later ones are only counted.
    static let mostSpikes = 4_000

    private static let windowed = of(
        .poisson, .regular, .latency, .logLatency, .firstSpike, .rankOrder, .phase, .population)

    private static func of(_ methods: CodingParameters.Method...) -> Knob.Condition {
        Knob.Condition(name: "method", words: methods.map(\.rawValue))
    }

    /// What the settings say about the coding: the knobs are called as the options of the stage.
    static func parameters(_ settings: KnobSettings) throws(SpikelineError) -> CodingParameters {
        var options: [String: OptionValue] = ["method": .string(settings.word("method"))]
        for knob in knobs where knob.name != "ticks" && settings.has(knob.name) {
            switch knob.kind {
            case .whole: options[knob.name] = .integer(settings.whole(knob.name))
            case .number: options[knob.name] = .number(settings[knob.name])
            case .choice: break
            }
        }
        return try CodingStage.Settings(Options(options), place: Self.name).coding
    }

    static func answer(_ settings: KnobSettings) throws(SpikelineError) -> JSONValue {
        let shape = SignalShape(rawValue: settings.word("signal")) ?? .sine
        let parameters = try parameters(settings)
        let rows = SignalGroup.rows(shape, ticks: settings.whole("ticks"), parameters.method)
        let run = try CodingRun(parameters, values: rows)
        let spikes = run.spikes.prefix(mostSpikes)
        func number(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 6) } ?? .null }
        return .object([
            ("v", .integer(1)), ("settings", .string(run.parameters.text)), ("ticks", .integer(run.ticks)),
            ("tick_ms", .integer(run.parameters.tickMilliseconds)),
            ("channels", .integer(run.signal.count * run.parameters.channelsPerValue)),
            ("delay_ticks", .integer(run.delay)),
            ("bound", number(run.bound)), ("rms_error", number(run.error?.rms)),
            ("largest_error", number(run.error?.largest)), ("snr_db", number(run.signalToNoise)),
            ("spikes", .integer(run.spikeCount)), ("spikes_per_s", number(run.spikesPerSecond)),
            ("signal", .numbers(run.signal[0], decimals: 5)), ("decoded", .numbers(run.decoded[0], decimals: 5)),
            (
                "raster",
                .object([
                    ("tick", .wholes(spikes.map(\.tick))), ("channel", .wholes(spikes.map(\.channel))),
                    ("count", .wholes(spikes.map(\.count))),
                ])
            ),
        ])
    }
}
