import SpikeSignals

extension GestureHead {
    /// The stage `type: gesture`.
    public static let descriptor = StageDescriptor(
        type: "gesture", role: .transform, input: .potentials, output: .records,
        summary: "Reports each gesture once, from the potentials of a network with one output per label.",
        options: specs,
        make: { (options, context) throws(SpikelineError) in
            .transform(AnyTransform(try GestureHead(GestureParameters(options), context: context)))
        })

    private static let share = OptionSpec.Shape.number(0.01...1)
    private static let specs = [
        OptionSpec(
            "labels", .list(.string), required: true,
            help: "The label of each output of the network; a model supplies them."),
        OptionSpec(
            "background", .list(.string), help: "Labels that are states but no gestures; default [other]."),
        OptionSpec("threshold", share, help: "The score at which a gesture is recognised; default 0.6."),
        OptionSpec(
            "release_ratio", share,
            help: "A gesture is lost when its score falls below this part of the threshold; default 0.7."),
        OptionSpec("window_ms", .integer(1...60_000), help: "How long evidence counts; default 400."),
        OptionSpec(
            "confirm_ms", .integer(0...60_000), help: "How long a score must stay at the threshold; default 100."),
        OptionSpec(
            "release_ms", .integer(0...60_000), help: "How long a gesture must be lost to be over; default 200."),
        OptionSpec(
            "longest_ms", .integer(100...10_000_000),
            help: "A gesture that lasts longer is reported in parts of this length; default 30000."),
        OptionSpec(
            "minimum_events_per_s", .integer(0...1_000_000_000),
            help: "With fewer events nothing is recognised; default 1000."),
        OptionSpec(
            "report", .choice(GestureParameters.Report.allCases.map(\.rawValue)),
            help: "Report a gesture when it is recognised, when it is over, or both; default end."),
        OptionSpec("report_background", .bool, help: "Report background labels like gestures; default false."),
        OptionSpec(
            "potential_scale_bits", .integer(ExponentialTable.scaleRange),
            help: "Potentials are base-2 logits times two to this power; a model supplies it. Default 8."),
    ]
}

extension GestureParameters {
    /// Parameters from the options of a stage or of a model's head; what is not there has its default.
    public init(_ options: Options) {
        self.init(labels: GestureParameters.texts(options.list("labels")) ?? [])
        background = GestureParameters.texts(options.list("background")) ?? background
        threshold = options.number("threshold") ?? threshold
        releaseRatio = options.number("release_ratio") ?? releaseRatio
        windowMilliseconds = options.integer("window_ms") ?? windowMilliseconds
        confirmMilliseconds = options.integer("confirm_ms") ?? confirmMilliseconds
        releaseMilliseconds = options.integer("release_ms") ?? releaseMilliseconds
        longestMilliseconds = options.integer("longest_ms") ?? longestMilliseconds
        minimumEventsPerSecond = options.integer("minimum_events_per_s") ?? minimumEventsPerSecond
        report = options.string("report").flatMap(Report.init) ?? report
        reportsBackground = options.bool("report_background") ?? reportsBackground
        potentialScaleBits = options.integer("potential_scale_bits") ?? potentialScaleBits
    }

    private static func texts(_ values: [OptionValue]?) -> [String]? {
        values?.compactMap { value in
            if case .string(let text) = value { text } else { nil }
        }
    }
}
