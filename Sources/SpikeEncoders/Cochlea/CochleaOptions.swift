import SpikeSignals

extension Cochlea.Parameters {
    /// The options by name, type and range, as YAML and model files give them.
    public static let specs: [OptionSpec] = commonSpecs + channelSpecs + levelSpecs + [quietSpec]

    private static let commonSpecs: [OptionSpec] = [
        OptionSpec("channels", .integer(1...512), help: "Number of gammatone filters."),
        OptionSpec("low_hz", .number(20...20_000), help: "Centre frequency of the lowest filter."),
        OptionSpec("high_hz", .number(50...90_000), help: "Upper end of the ERB scale that the filters divide."),
        OptionSpec("sample_rate_hz", .integer(4_000...192_000), help: "Sample rate of the audio it takes."),
        OptionSpec("tick_ms", .integer(1...500), help: "Length of a tick: spikes are counted per tick."),
        OptionSpec(
            "phases", .integer(1...64), help: "Equal parts of a tick that count spikes on channels of their own."),
        OptionSpec("frame_ms", .integer(1...500), help: "Length of a hair-cell frame; divides the phase."),
        OptionSpec("spike_rate_hz", .number(0.001...50_000), help: "Spikes per second at a drive of one."),
        OptionSpec("max_spikes_per_phase", .integer(1...255), help: "Most spikes of a channel in a phase."),
        OptionSpec(
            "gain_control", .choice(["channel", "level"]),
            help: "Divide every channel by its own running mean, or compare all with one slow level."),
    ]
    private static let channelSpecs: [OptionSpec] = [
        OptionSpec("gain_time_ms", .number(1...600_000), help: "Channel gain: time constant of the running mean."),
        OptionSpec("gain_exponent", .number(0...1), help: "Channel gain: how much of the mean is divided out (alpha)."),
        OptionSpec("gain_offset", .number(0...1_000), help: "Channel gain: added before the root (delta)."),
        OptionSpec("gain_root", .number(0.01...1), help: "Channel gain: exponent of the compression (r)."),
    ]
    private static let levelSpecs: [OptionSpec] = [
        OptionSpec("attack_ms", .number(1...600_000), help: "Level gain: how fast the reference rises."),
        OptionSpec("release_ms", .number(1...600_000), help: "Level gain: how fast the reference falls."),
        OptionSpec("range_db", .number(0...180), help: "Level gain: how far below the reference still gives spikes."),
    ]
    private static let quietSpec = OptionSpec(
        "quiet_dbfs", .number(-180...0), help: "Below this level of a channel the gain no longer rises.")

    /// The parameters as an option map; ``init(options:place:)`` reads it back without loss.
    public var options: [String: OptionValue] {
        var map: [String: OptionValue] = [
            "channels": .integer(filters.channels), "low_hz": .number(filters.lowHertz),
            "high_hz": .number(filters.highHertz), "sample_rate_hz": .integer(filters.sampleRate),
            "tick_ms": .integer(tickMilliseconds), "phases": .integer(phases), "frame_ms": .integer(frameMilliseconds),
            "spike_rate_hz": .number(spikeRateHertz), "max_spikes_per_phase": .integer(maxSpikesPerPhase),
        ]
        switch gain {
        case .channel(let gain):
            map["gain_control"] = .string("channel")
            map["gain_time_ms"] = .number(gain.timeMilliseconds)
            map["gain_exponent"] = .number(gain.exponent)
            map["gain_offset"] = .number(gain.offset)
            map["gain_root"] = .number(gain.root)
            map["quiet_dbfs"] = .number(gain.quietDecibels)
        case .level(let gain):
            map["gain_control"] = .string("level")
            map["attack_ms"] = .number(gain.attackMilliseconds)
            map["release_ms"] = .number(gain.releaseMilliseconds)
            map["range_db"] = .number(gain.rangeDecibels)
            map["quiet_dbfs"] = .number(gain.quietDecibels)
        }
        return map
    }

    /// Reads the parameters from an option map; what is not there keeps its default.
    ///
    /// Throws an error at `place` for an unknown name, a value of the wrong type or outside its range, an option of the
    /// gain control that was not chosen, and for values that do not fit together.
    public init(options map: [String: OptionValue], place: String = "cochlea") throws(SpikelineError) {
        self.init()
        try Self.checkNames(map, place)
        let options = Options(map)
        filters.channels = options.integer("channels") ?? filters.channels
        filters.lowHertz = options.number("low_hz") ?? filters.lowHertz
        filters.highHertz = options.number("high_hz") ?? filters.highHertz
        filters.sampleRate = options.integer("sample_rate_hz") ?? filters.sampleRate
        tickMilliseconds = options.integer("tick_ms") ?? tickMilliseconds
        phases = options.integer("phases") ?? phases
        frameMilliseconds = options.integer("frame_ms") ?? frameMilliseconds
        spikeRateHertz = options.number("spike_rate_hz") ?? spikeRateHertz
        maxSpikesPerPhase = options.integer("max_spikes_per_phase") ?? maxSpikesPerPhase
        gain = options.string("gain_control") == "level" ? .level(.init(options)) : .channel(.init(options))
        try check(place: place)
    }

    private static func checkNames(_ map: [String: OptionValue], _ place: String) throws(SpikelineError) {
        let other = Options(map).string("gain_control") == "level" ? channelSpecs : levelSpecs
        for (name, value) in map.sorted(by: { $0.key < $1.key }) {
            guard let spec = specs.first(where: { $0.name == name }) else {
                throw SpikelineError(
                    "unknown option \"\(name)\".\(NearMiss.hint(for: name, among: specs.map(\.name)))", at: place)
            }
            if let complaint = spec.complaint(about: value) { throw SpikelineError(complaint, at: place) }
            if other.contains(where: { $0.name == name }) {
                throw SpikelineError(
                    "\"\(name)\" belongs to the other kind of \"gain_control\"", at: place,
                    hint: "Leave it out, or choose the other kind")
            }
        }
    }
}

extension GainControl.Channel {
    fileprivate init(_ options: Options) {
        self.init()
        timeMilliseconds = options.number("gain_time_ms") ?? timeMilliseconds
        exponent = options.number("gain_exponent") ?? exponent
        offset = options.number("gain_offset") ?? offset
        root = options.number("gain_root") ?? root
        quietDecibels = options.number("quiet_dbfs") ?? quietDecibels
    }
}

extension GainControl.Level {
    fileprivate init(_ options: Options) {
        self.init()
        attackMilliseconds = options.number("attack_ms") ?? attackMilliseconds
        releaseMilliseconds = options.number("release_ms") ?? releaseMilliseconds
        rangeDecibels = options.number("range_db") ?? rangeDecibels
        quietDecibels = options.number("quiet_dbfs") ?? quietDecibels
    }
}
