import ArgumentParser
import SpikePictures
import SpikePlasticity
import SpikeSignals

/// `spikeline code pattern`.
struct CodePattern: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pattern", abstract: "Hide a repeating spike pattern in noise, and find it with a template.",
        discussion: """
            The spike trains are those of "spikeline learn-pattern": 50 ms of the first neurons repeat at random times, with \
            jitter, while all rates stay the same. A template that knows the pattern counts coincidences; learn-pattern \
            lets a neuron find it without being told.
            """)

    @Option(help: "Neurons, 64 to 2000.")
    var neurons = 200
    @Option(help: "How many of them take part in the pattern. Default: half.")
    var involved: Int?
    @Option(help: "Seconds of spikes, 1 to 100.")
    var seconds = 20
    @Option(help: "Standard deviation of the jitter in microseconds, 0 to 10000.")
    var jitterUs = 1_000
    @Option(help: "The seed.")
    var seed: UInt64 = 1
    @Option(help: "Where to draw the first second of spikes and the template's score (.svg or .png); may be repeated.")
    var plot: [String] = []
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if !(64...2_000).contains(neurons) { throw ValidationError("--neurons expects 64 to 2000, found \(neurons).") }
        if !(1...100).contains(seconds) { throw ValidationError("--seconds expects 1 to 100, found \(seconds).") }
        try Plots.check(plot)
    }

    func run() throws {
        for path in plot { try Folders.expectWritable(path) }
        var settings = PatternInNoise.Settings()
        (settings.neurons, settings.involved) = (neurons, involved ?? neurons / 2)
        settings.sections = seconds * 1_000 / PatternInNoise.sectionTicks
        settings.jitterMicroseconds = jitterUs
        let trains = try PatternInNoise(settings, seed: seed)
        let found = PatternTemplate(of: trains).find(in: trains)
        try Plots.write(plot) { figure(trains, found) }
        Console.print(json ? jsonValue(settings, trains, found).text : text(settings, trains, found))
    }

    private func text(
        _ settings: PatternInNoise.Settings, _ trains: PatternInNoise, _ found: PatternTemplate.Outcome
    ) -> String {
        """
        trains        \(settings.neurons) neurons for \(seconds) s at \(Figures.decimal(trains.meanHertz, 1)) Hz, seed \(seed)
        pattern       50 ms of \(settings.involved) neurons, \(trains.patternSections.count) times, jitter \(jitterUs) µs
        score         \(Figures.decimal(found.meanInPattern, 1)) coincidences in a pattern, \
        \(Figures.decimal(found.meanOutside, 1)) elsewhere, threshold \(Figures.decimal(found.threshold, 1))
        found         \(found.hits) of \(trains.patternSections.count), \(found.falseAlarms) false alarms
        """
    }

    private func jsonValue(
        _ settings: PatternInNoise.Settings, _ trains: PatternInNoise, _ found: PatternTemplate.Outcome
    ) -> JSONValue {
        .object([
            ("v", .integer(1)), ("neurons", .integer(settings.neurons)), ("involved", .integer(settings.involved)),
            ("seconds", .integer(seconds)), ("jitter_us", .integer(jitterUs)), ("seed", .string(String(seed))),
            ("mean_hz", .fixed(trains.meanHertz, decimals: 3)), ("patterns", .integer(trains.patternSections.count)),
            ("threshold", .fixed(found.threshold, decimals: 3)),
            ("score_in_pattern", .fixed(found.meanInPattern, decimals: 3)),
            ("score_elsewhere", .fixed(found.meanOutside, decimals: 3)), ("hits", .integer(found.hits)),
            ("false_alarms", .integer(found.falseAlarms)),
        ])
    }

    /// The first second: every neuron, and the score of a pattern that would begin at each tick.
    private func figure(_ trains: PatternInNoise, _ found: PatternTemplate.Outcome) -> CodingFigure {
        let ticks = 1_000
        // No pattern begins in the last ticks of the trains.
        let scores = Array((found.scores + Array(repeating: 0, count: PatternInNoise.sectionTicks)).prefix(ticks))
        let most = max(scores.max() ?? 1, Int(found.threshold.rounded(.up)), 1)
        let spikes = trains.spikes(in: 0..<ticks).map {
            RasterFigure.Spike(time: Double($0.tick) / 1_000, channel: $0.neuron)
        }
        let sections = trains.patternSections.prefix { $0 * PatternInNoise.sectionTicks < ticks }
        let times = sections.map { String($0 * PatternInNoise.sectionTicks) }.joined(separator: ", ")
        return CodingFigure(
            title: "A pattern in noise",
            subtitle: "synthesised; it begins at \(times) ms; line: coincidences with the template, threshold above",
            seconds: Double(ticks) / 1_000, signal: scores.map { Double($0) / Double(most) },
            decoded: Array(repeating: found.threshold / Double(most), count: ticks),
            names: (signal: "coincidences over \(most)", decoded: "threshold"),
            spikes: RasterFigure.SpikePanel(
                name: "\(trains.settings.neurons) neurons, the first \(trains.settings.involved) take part",
                channels: trains.settings.neurons, spikes: spikes, tick: 0.001))
    }
}
