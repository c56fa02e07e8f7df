import SpikeSignals

extension CodingStage {
    /// What one chooses about the stage.
    public struct Settings: Hashable, Sendable {
        /// The coding. Its ticks are those of the stage.
        public var coding: CodingParameters
        /// The bands that are coded; their ticks are those of the coding.
        public var bands: BandParameters
        /// How loudness becomes values.
        var scale = ValueScale.Parameters()

        /// Sixteen bands by `method`, with its usual settings.
        public init(_ method: CodingParameters.Method) {
            coding = CodingParameters(method)
            bands = BandParameters()
            bands.bands = 16
            bands.tickMilliseconds = coding.tickMilliseconds
        }

        /// Throws what is wrong with the settings.
        func check(place: String) throws(SpikelineError) {
            try coding.check(place: place)
            guard scale.floorDecibels < scale.topDecibels else {
                throw SpikelineError(
                    "expected \"floor_dbfs\" below \"top_dbfs\", found \(scale.floorDecibels) and "
                        + "\(scale.topDecibels)", at: place)
            }
        }
    }
}

extension CodingStage.Settings {
    /// The options by name, type and range.
    public static let specs: [OptionSpec] = [
        OptionSpec(
            "method", .choice(CodingParameters.Method.allCases.map(\.rawValue)), required: true,
            help: "The coding, see Documentation/codings.md."),
        OptionSpec("tick_ms", .integer(1...1_000), help: "Length of a tick. Default 1."),
        OptionSpec("bands", .integer(1...128), help: "Bands of each channel of the sensor. Default 16."),
        OptionSpec(
            "low_hz", .number(0.125...100_000), help: "Centre of the lowest band. Default: a 200th of the sample rate."),
        OptionSpec(
            "high_hz", .number(0.5...190_000), help: "Upper end of the bands. Default: 0.45 of the sample rate."),
        OptionSpec("smooth_ms", .number(0...10_000), help: "Time constant of a band's envelope. Default 10."),
        OptionSpec(
            "scale", .choice(["logarithmic", "linear"]),
            help: "Whether a value is in proportion to decibels or to amplitude. Default logarithmic."),
        OptionSpec("floor_dbfs", .number(-140...0), help: "Logarithmic: the level of a value of 0. Default -90."),
        OptionSpec("top_dbfs", .number(-139...0), help: "The level of a value of 1. Default -30."),
        OptionSpec(
            "window_ticks", .integer(2...4_096),
            help: "All but delta: ticks of a window. Default 32, weighted_phase 8 (one for each digit, at most 16)."),
        OptionSpec(
            "rate_hz", .number(0.1...1_000_000), help: "poisson, regular: spikes a second at a value of 1. Default 200."
        ),
        OptionSpec("octaves", .number(1...16), help: "log_latency: range below a value of 1. Default 8."),
        OptionSpec(
            "threshold", .number(1 / 4_096...1),
            help: "first_spike: potential of a spike, default 0.25. delta: the step, default 0.0625."),
        OptionSpec("tau_ticks", .number(1...10_000), help: "first_spike: the membrane's time constant. Default 32."),
        OptionSpec(
            "sensitivity", .number(0.01...0.9999),
            help: "rank_order: the sensitivity that each spike leaves for those after it. Default 0.9."),
        OptionSpec("neurons", .integer(3...64), help: "population: neurons for each value. Default 8."),
        OptionSpec("hysteresis", .number(0...1), help: "delta: what turning back takes beyond a step. Default 0."),
        OptionSpec("seed", .integer(0...Int.max), help: "poisson: the seed of the spikes. Default 1."),
    ]

    /// Which codings understand an option that not all of them do.
    private static let users: [String: [CodingParameters.Method]] = [
        "window_ticks": CodingParameters.Method.allCases.filter { $0 != .delta }, "rate_hz": [.poisson, .regular],
        "octaves": [.logLatency], "threshold": [.firstSpike, .delta], "tau_ticks": [.firstSpike],
        "sensitivity": [.rankOrder],
        "neurons": [.population], "hysteresis": [.delta], "seed": [.poisson],
    ]

    /// Channels of spikes for each channel of the sensor.
    public var channels: Int { bands.bands * coding.channelsPerValue }

    /// The settings that options give, and the defaults for the rest.
    ///
    /// - Throws: an error at `place` for an unknown option, a value of the wrong type or outside its range, an option of
    ///   another coding, and for values that do not fit together.
    public init(_ options: Options, place: String) throws(SpikelineError) {
        for (option, value) in options.values.sorted(by: { $0.key < $1.key }) {
            guard let spec = Self.specs.first(where: { $0.name == option }) else {
                throw SpikelineError(
                    "unknown option \"\(option)\".\(NearMiss.hint(for: option, among: Self.specs.map(\.name)))",
                    at: place)
            }
            if let complaint = spec.complaint(about: value) { throw SpikelineError(complaint, at: place) }
        }
        let name = options.string("method") ?? ""
        guard let method = CodingParameters.Method(rawValue: name) else {
            throw SpikelineError(
                "\"method\" expects \(Self.specs[0].shape.text), found \"\(name)\"", at: place, cause: .input)
        }
        self.init(method)
        for (option, users) in Self.users.sorted(by: { $0.key < $1.key })
        where options[option] != nil && !users.contains(method) {
            throw SpikelineError(
                "\"\(option)\" belongs to \(users.map(\.rawValue).joined(separator: ", ")), not to \(name)", at: place,
                hint: "Leave it out, or choose another \"method\"")
        }
        read(options)
        try check(place: place)
    }

    private mutating func read(_ options: Options) {
        coding.tickMilliseconds = options.integer("tick_ms") ?? coding.tickMilliseconds
        coding.windowTicks = options.integer("window_ticks") ?? coding.windowTicks
        coding.rateHertz = options.number("rate_hz") ?? coding.rateHertz
        coding.octaves = options.number("octaves") ?? coding.octaves
        coding.threshold = options.number("threshold") ?? coding.threshold
        coding.tauTicks = options.number("tau_ticks") ?? coding.tauTicks
        coding.sensitivity = options.number("sensitivity") ?? coding.sensitivity
        coding.neurons = options.integer("neurons") ?? coding.neurons
        coding.hysteresis = options.number("hysteresis") ?? coding.hysteresis
        coding.seed = options.integer("seed").map { UInt64($0) } ?? coding.seed
        bands.bands = options.integer("bands") ?? bands.bands
        bands.lowHertz = options.number("low_hz")
        bands.highHertz = options.number("high_hz")
        bands.tickMilliseconds = coding.tickMilliseconds
        scale.smoothMilliseconds = options.number("smooth_ms") ?? scale.smoothMilliseconds
        scale.floorDecibels = options.number("floor_dbfs") ?? scale.floorDecibels
        scale.topDecibels = options.number("top_dbfs") ?? scale.topDecibels
        scale.isLogarithmic = options.string("scale") != "linear"
    }
}
