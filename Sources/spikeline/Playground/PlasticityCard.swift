import SpikePlasticity
import SpikeSignals

/// Spike-timing-dependent plasticity: the learning window that pairs of spikes show, and weights under Poisson spikes.
enum PlasticityCard: PlaygroundCard {
    static let name = "stdp"
    static let title = "Learning (STDP)"
    static let help =
        "A synapse that learns from the times of the spikes on its two sides. First: what a pair changes, by the time from the "
        + "presynaptic to the postsynaptic spike. Below: eight weights while both sides fire at random."
    static let knobs: [Knob] = [
        .choice("rule", "rule", ["pair", "triplet"]),
        .choice("pairing", "pairs", ["all_to_all", "nearest", "nearest_to_postsynaptic", "reduced_symmetric"]),
        .choice("bounds", "bounds", ["hard", "soft"]),
        .number("a_plus", "A+, rise of a pair", 0...6, step: 0.05, usual: 1, unit: "of 127"),
        .number("a_minus", "A-, fall of a pair", 0...6, step: 0.05, usual: 1.05, unit: "of 127"),
        .number("tau_plus_ms", "tau+", 1...100, step: 1, usual: 17, unit: "ms"),
        .number("tau_minus_ms", "tau-", 1...100, step: 1, usual: 34, unit: "ms"),
        .number("a3_plus", "A3+, rise of a triplet", 0...6, step: 0.05, usual: 1, unit: "of 127", when: triplet),
        .number("a3_minus", "A3-, fall of a triplet", 0...6, step: 0.05, usual: 0, unit: "of 127", when: triplet),
        .number("tau_y_ms", "tau y, of triplets that rise", 1...500, step: 1, usual: 114, unit: "ms", when: triplet),
        .number("tau_x_ms", "tau x, of triplets that fall", 1...500, step: 1, usual: 101, unit: "ms", when: triplet),
        .whole("pairs", "window: pairs", 1...60, usual: 10),
        .number("pair_hz", "window: pairs a second", 1...50, step: 1, usual: 1, unit: "Hz"),
        .number("pre_hz", "presynaptic rate", 1...100, step: 1, usual: 20, unit: "Hz"),
        .number("post_hz", "postsynaptic rate", 1...100, step: 1, usual: 20, unit: "Hz"),
        .number(
            "correlation", "share of postsynaptic spikes that follow presynaptic ones", 0...1, step: 0.02, usual: 0.3),
        .whole("lag_ms", "they follow after", -50...50, usual: 5, unit: "ms"),
        .whole("seconds", "duration", 1...40, usual: 20, unit: "s"),
        .whole("seed", "seed", 1...1_000, usual: 1),
    ]

    private static let triplet = Knob.Condition(name: "rule", words: ["triplet"])

    /// The rule that the settings describe, for ticks of 1 ms and weights from 0 to 127.
    static func rule(_ settings: KnobSettings) -> STDPRule {
        var rule = STDPRule(
            potentiation: settings["a_plus"], depression: settings["a_minus"],
            potentiationTicks: settings["tau_plus_ms"], depressionTicks: settings["tau_minus_ms"])
        if settings.word("rule") == "triplet" {
            rule.tripletPotentiation = settings["a3_plus"]
            rule.tripletDepression = settings["a3_minus"]
            rule.tripletPotentiationTicks = settings["tau_y_ms"]
            rule.tripletDepressionTicks = settings["tau_x_ms"]
        }
        rule.pairing =
            switch settings.word("pairing") {
            case "nearest": .nearest
            case "nearest_to_postsynaptic": .nearestToPostsynaptic
            case "reduced_symmetric": .reducedSymmetric
            default: .allToAll
            }
        rule.bounds = settings.word("bounds") == "soft" ? .soft : .hard
        return rule
    }

    static func answer(_ settings: KnobSettings) throws(SpikelineError) -> JSONValue {
        let rule = rule(settings)
        let seed = UInt64(settings.whole("seed"))
        let window = try LearningWindow(
            rule, pairs: settings.whole("pairs"), periodTicks: Int((1_000 / settings["pair_hz"]).rounded()), seed: seed)
        let trains = PlasticTrains(
            preHertz: settings["pre_hz"], postHertz: settings["post_hz"], correlation: settings["correlation"],
            lagTicks: settings.whole("lag_ms"), ticks: settings.whole("seconds") * 1_000)
        let course = try WeightCourse(rule, trains, seed: seed)
        let seconds = Double(trains.ticks * WeightCourse.synapses) / 1_000
        return .object([
            ("v", .integer(1)), ("start", .integer(Int(LearningWindow.start))), ("least", .integer(Int(rule.minimum))),
            ("greatest", .integer(Int(rule.maximum))),
            (
                "window",
                .object([
                    ("repetitions", .integer(LearningWindow.repetitions)), ("pairs", .integer(window.pairs)),
                    ("lag_ms", .wholes(LearningWindow.lags)), ("change", .numbers(window.changes, decimals: 5)),
                    ("at_bounds", .fixed(window.shareAtBounds, decimals: 5)),
                ])
            ),
            (
                "course",
                .object([
                    ("every_ms", .integer(course.interval)), ("weights", .array(course.weights.map { .wholes($0) })),
                    ("mean_at_end", .fixed(course.meanAtEnd, decimals: 3)),
                    ("pre_hz", .fixed(Double(course.preSpikes) / seconds, decimals: 3)),
                    ("post_hz", .fixed(Double(course.postSpikes) / seconds, decimals: 3)),
                    ("share_that_follows", .fixed(trains.shareThatFollows, decimals: 4)),
                ])
            ),
        ])
    }
}
