import ArgumentParser
import SpikeHeads
import SpikeInterchange
import SpikeSignals
import SpikeTraining

/// Chooses the thresholds of a model's words on recordings.
struct Calibrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Choose the threshold of each word of a model on recordings.",
        discussion: """
            The words share one budget of false alarms, counted over all recordings; each gets the threshold that \
            spends it best. What the choice is worth, say recordings of other speakers (spikeline evaluate).
            """)

    @Argument(help: "The model file.")
    var model: String
    @Option(help: "Recordings in which words are spoken; give as many as truth files.")
    var stream: [String] = []
    @Option(help: "What is spoken in them: CSV with the columns start, end (seconds) and word.")
    var truth: [String] = []
    @Option(parsing: .upToNextOption, help: "Recordings in which none of the words is spoken.")
    var falseAlarms: [String] = []
    @Option(help: "The most false alarms per hour over all recordings.")
    var perHour = 5.0
    @Option(name: .customLong("set"), help: "An option of the head to keep in the model, as KEY=VALUE: window_ms=800.")
    var settings: [String] = []
    @Option(help: "Where the model with its thresholds goes; may be the same file.")
    var out: String

    func validate() throws {
        if stream.isEmpty || stream.count != truth.count {
            throw ValidationError("Give at least one --stream, and one --truth for each.")
        }
        if !(0...100_000).contains(perHour) { throw ValidationError("--per-hour expects 0 or more.") }
    }

    func run() throws {
        let listening = try ListeningModel(model, settings: settings)
        let evaluation = StreamEvaluation(listening)
        for (path, truth) in zip(stream, truth) {
            Console.progress("listening to \(path)")
            try evaluation.add(
                path, truth: StreamTruth.parse(csv: TextInput.read(truth, limit: 64 << 20), place: truth))
        }
        for path in falseAlarms {
            Console.progress("listening to \(path)")
            try evaluation.add(path, truth: nil)
        }
        let curve = try evaluation.commonCurve()
        Console.progress("")
        guard let chosen = ThresholdCalibration(curve: curve, falseAlarmsPerHour: perHour) else {
            throw SpikelineError(
                "no thresholds keep to \(perHour) false alarms per hour on these recordings", at: model,
                hint: "Raise --per-hour, or train on more speech without the words")
        }
        var file = listening.file
        file.head.options["thresholds"] = .map(chosen.thresholds.mapValues { .number($0) })
        file.head.options["threshold"] = nil
        try file.write(to: out)
        try report(evaluation, ListeningModel(out))
    }

    /// Prints the thresholds and what they reach on the recordings they were chosen on.
    private func report(_ evaluation: StreamEvaluation, _ model: ListeningModel) throws(SpikelineError) {
        let report = try evaluation.report(head: model.head)
        Console.print("On the recordings the thresholds were chosen on:")
        Console.print(report.text)
        for word in model.words.sorted() {
            Console.print("\(word)  \(Figures.decimal(model.head.thresholds[word], 3))")
        }
    }
}
