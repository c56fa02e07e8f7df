import SpikeSignals

extension KeywordHead {
    /// The stage `type: keyword`.
    public static let descriptor = StageDescriptor(
        type: "keyword", role: .transform, input: .potentials, output: .records,
        summary: "Reports each spoken word once, from the potentials of a network with one output per label.",
        options: [
            OptionSpec(
                "labels", .list(.string), required: true,
                help: "The label of each output of the network; a model supplies them."),
            OptionSpec(
                "background", .list(.string),
                help: "Labels that are no words and never fire; default [unknown, silence]."),
            OptionSpec(
                "threshold", share, help: "The score at which every word fires; wins over thresholds. Default 0.8."),
            OptionSpec("thresholds", .map(share), help: "The score at which each word fires; a model supplies it."),
            OptionSpec("window_ms", .integer(1...60_000), help: "How long evidence counts; default 1000."),
            OptionSpec("smoothing_ms", .integer(0...10_000), help: "The running mean over the scores; default 100."),
            OptionSpec(
                "confirm_ms", .integer(0...10_000), help: "How long a score must stay at its threshold; default 40."),
            OptionSpec(
                "hold_off_ms", .integer(0...60_000), help: "How long nothing fires after a word did; default 800."),
            OptionSpec(
                "release_ratio", share,
                help: "A word fires again only after its score fell below this part of its threshold; default 0.7."),
            OptionSpec(
                "potential_scale_bits", .integer(ExponentialTable.scaleRange),
                help: "Potentials are base-2 logits times two to this power; a model supplies it. Default 8."),
            OptionSpec("only", .list(.string), help: "The words to report; default all but the background."),
        ],
        make: { (options, context) throws(SpikelineError) in
            .transform(AnyTransform(try KeywordHead(KeywordParameters(options), context: context)))
        })

    private static let share = OptionSpec.Shape.number(0.01...1)
}

extension KeywordParameters {
    /// Parameters from the options of a stage or of a model's head; what is not there has its default.
    public init(_ options: Options) {
        self.init(labels: KeywordParameters.texts(options.list("labels")) ?? [])
        background = KeywordParameters.texts(options.list("background")) ?? background
        only = KeywordParameters.texts(options.list("only"))
        threshold = options.number("threshold")
        for name in (options.map("thresholds") ?? [:]).keys {
            thresholds[name] = Options(options.map("thresholds") ?? [:]).number(name)
        }
        windowMilliseconds = options.integer("window_ms") ?? windowMilliseconds
        smoothingMilliseconds = options.integer("smoothing_ms") ?? smoothingMilliseconds
        confirmMilliseconds = options.integer("confirm_ms") ?? confirmMilliseconds
        holdOffMilliseconds = options.integer("hold_off_ms") ?? holdOffMilliseconds
        releaseRatio = options.number("release_ratio") ?? releaseRatio
        potentialScaleBits = options.integer("potential_scale_bits") ?? potentialScaleBits
    }

    private static func texts(_ values: [OptionValue]?) -> [String]? {
        values?.compactMap { value in
            if case .string(let text) = value { text } else { nil }
        }
    }
}
