import SpikeSignals

extension EventGridParameters {
    /// The options by name, type and range, as YAML and model files give them.
    public static let specs: [OptionSpec] = [
        OptionSpec("width", .integer(1...128), help: "Columns of cells; a model supplies it. Default 32."),
        OptionSpec("height", .integer(1...128), help: "Rows of cells; a model supplies it. Default 32."),
        OptionSpec("tick_ms", .integer(1...20), help: "Length of a tick; a model supplies it. Default 20."),
        OptionSpec("maximum_spikes", .integer(1...255), help: "Most spikes of a channel in a tick. Default 5."),
        OptionSpec(
            "compression", .choice(Compression.allCases.map(\.rawValue)),
            help: "A spike for each unit of charge, or for each bit of it. Default logarithmic."),
        OptionSpec(
            "polarities", .choice(Polarities.allCases.map(\.rawValue)),
            help: "Channels of their own for brighter and darker, or one for both. Default separate."),
        OptionSpec(
            "gain", .number(0.01...255),
            help:
                "What an event adds to its cell. Default: as if the cells were 32 x 32 and the sensor had a pixel for each."
        ),
        OptionSpec(
            "crop", .list(.integer(0...32_768)),
            help: "The pixels to look at, [x, y, width, height]. Default: the largest square in the middle."),
        OptionSpec(
            "framing", .choice(Framing.allCases.map(\.rawValue)),
            help:
                "Without a crop: look at the largest square in the middle, or follow the part of a large sensor where something moves. Default whole."
        ),
    ]

    /// The parameters as an option map; ``init(options:place:)`` reads it back without loss.
    public var options: [String: OptionValue] {
        var map: [String: OptionValue] = [
            "width": .integer(width), "height": .integer(height), "tick_ms": .integer(tickMilliseconds),
            "maximum_spikes": .integer(maximumSpikes), "compression": .string(compression.rawValue),
            "polarities": .string(polarities.rawValue),
        ]
        if let gain { map["gain"] = .number(gain) }
        if framing != .whole { map["framing"] = .string(framing.rawValue) }
        if let crop {
            map["crop"] = .list([crop.x, crop.y, crop.width, crop.height].map { .integer($0) })
        }
        return map
    }

    /// Reads the parameters from an option map; what is not there keeps its default.
    ///
    /// - Throws: an error at `place` for an unknown name or a value of the wrong type or outside its range.
    public init(options map: [String: OptionValue], place: String = "event_grid") throws(SpikelineError) {
        self.init()
        for name in map.keys.sorted() where !Self.specs.contains(where: { $0.name == name }) {
            let hint = NearMiss.hint(for: name, among: Self.specs.map(\.name))
            throw SpikelineError("unknown option \"\(name)\".\(hint)", at: place)
        }
        try Self.check(map, place)
        let options = Options(map)
        width = options.integer("width") ?? width
        height = options.integer("height") ?? height
        tickMilliseconds = options.integer("tick_ms") ?? tickMilliseconds
        maximumSpikes = options.integer("maximum_spikes") ?? maximumSpikes
        compression = options.string("compression").flatMap(Compression.init) ?? compression
        polarities = options.string("polarities").flatMap(Polarities.init) ?? polarities
        gain = options.number("gain") ?? gain
        framing = options.string("framing").flatMap(Framing.init) ?? framing
        if let list = options.list("crop") {
            let sides = list.compactMap { value in
                if case .integer(let side) = value { side } else { nil }
            }
            guard sides.count == 4, sides[2] > 0, sides[3] > 0 else {
                throw SpikelineError(
                    "\"crop\" expects [x, y, width, height] with a width and height of at least 1, found "
                        + OptionValue.list(list).text, at: place)
            }
            crop = Region(x: sides[0], y: sides[1], width: sides[2], height: sides[3])
            guard framing == .whole else {
                throw SpikelineError(
                    "\"crop\" says where to look, and \"framing: action\" finds it out: expected one of them, found both",
                    at: place)
            }
        }
    }

    /// Throws what is wrong with the parameters, if anything; `place` names the stage or file they came from.
    public func check(place: String = "event_grid") throws(SpikelineError) {
        try Self.check(options, place)
        _ = try EventGridParameters(options: options, place: place)
    }

    private static func check(_ map: [String: OptionValue], _ place: String) throws(SpikelineError) {
        for spec in specs {
            guard let value = map[spec.name], let complaint = spec.complaint(about: value) else { continue }
            throw SpikelineError(complaint, at: place)
        }
    }
}
