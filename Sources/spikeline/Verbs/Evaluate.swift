import ArgumentParser
import SpikeHeads
import SpikeInterchange
import SpikePictures
import SpikeSignals
import SpikeTraining

/// Says what a model reaches on labelled clips or recordings, or in a long recording.
struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what a model reaches on labelled clips or recordings, or in a long recording.",
        discussion: """
            With --data every clip is decided on from a fresh start. With --stream and --truth a recording is listened \
            to from end to end: a hit is a report between the start of a word and one second after its end, one for \
            each word; further reports of it within a second are one event, all others are false alarms.

            A gesture model takes --data with a folder of recordings for each class, of any format that inspect reads, \
            or DVS128 Gesture as it comes: AEDAT 3.1 with *_labels.csv and trials_to_test.txt. The decision about a \
            recording is the label on which its windows agree most (the product of their evidence).
            """)

    @Argument(help: "The model file.")
    var model: String

    @Option(
        help: """
            A folder of clips with a folder for each word, where folders that are no label count as unknown; or of \
            recordings of gestures.
            """)
    var data: String?
    @Option(help: "With --data: a folder of sounds without speech, cut into clips of silence.")
    var noise: String?

    @Option(parsing: .unconditional, help: "With --data: make the clips so many dB louder, or quieter below 0.")
    var gainDb = 0.0

    @Flag(help: "Gestures: leave out recordings of classes that the model does not have.")
    var skipUnknown = false
    @Option(help: "Gestures: the file in --data that names the recordings to take, if it is there.")
    var trials = "trials_to_test.txt"
    @Option(help: "Gestures: the size of the sensor where a file does not say it, as 640x480.")
    var size: SizeArgument?
    @Option(help: RecordingView.help)
    var crop = RecordingView.action

    @Option(help: "A recording in which words are spoken.")
    var stream: String?
    @Option(help: "What is spoken in it: CSV with the columns start, end (seconds) and word.")
    var truth: String?
    @Option(parsing: .upToNextOption, help: "Recordings in which none of the words is spoken.")
    var falseAlarms: [String] = []
    @Option(help: "The threshold of every word in place of the model's own.")
    var threshold: Double?
    @Option(
        name: .customLong("set"),
        help: "An option of the head in place of the model's own, as KEY=VALUE: window_ms=800.")
    var settings: [String] = []
    @Option(help: "With --stream: where to draw hits against false alarms for all thresholds (SVG).")
    var plotDet: String?
    @Option(help: "With --stream: where to draw spikes and scores of a few seconds (SVG).")
    var plotRaster: String?
    @Option(help: "With --plot-raster: where it begins, in seconds. Default: before the first word.")
    var rasterFrom: Double?
    @Option(help: "With --plot-raster: how many seconds it shows.")
    var rasterSeconds = 8.0

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if (data == nil) == (stream == nil) { throw ValidationError("Give either --data or --stream.") }
        if stream != nil, truth == nil { throw ValidationError("--stream needs --truth.") }
        if stream == nil, truth != nil || !falseAlarms.isEmpty || plotDet != nil || plotRaster != nil {
            throw ValidationError("--truth, --false-alarms, --plot-det and --plot-raster need --stream.")
        }
        if data == nil, gainDb != 0 { throw ValidationError("--gain-db needs --data.") }
        if !(-120...120).contains(gainDb) { throw ValidationError("--gain-db expects -120 to 120, found \(gainDb).") }
        if data == nil, noise != nil { throw ValidationError("--noise needs --data.") }
        if let threshold, !(0.01...1).contains(threshold) {
            throw ValidationError("--threshold expects a number from 0.01 to 1, found \(threshold).")
        }
        if !(0.1...600).contains(rasterSeconds) || !(0...1e6).contains(rasterFrom ?? 0) {
            throw ValidationError("--raster-from expects 0 or more seconds, --raster-seconds 0.1 to 600.")
        }
    }

    func run() throws {
        if try ModelFile(contentsOf: model).head.type == "gesture" { return try evaluateGestures() }
        if skipUnknown || size != nil || crop != .action {
            let option = skipUnknown ? "--skip-unknown" : size != nil ? "--size" : "--crop"
            throw SpikelineError("\(option) is for gesture models", at: model)
        }
        let model = try ListeningModel(model, settings: settings)
        if let data {
            try evaluateClips(in: data, model)
        } else if let stream, let truth {
            let text = try TextInput.read(truth, limit: 64 << 20)
            try evaluateStream(stream, truth: StreamTruth.parse(csv: text, place: truth), model)
        }
    }

    private func evaluateGestures() throws(SpikelineError) {
        guard let data, noise == nil, gainDb == 0 else {
            throw SpikelineError(
                "a gesture model is evaluated with --data, a folder of recordings, without --noise and --gain-db",
                at: model)
        }
        let changes = settings + (threshold.map { ["threshold=\($0)"] } ?? [])
        let start = Progress.now()
        let model = try GestureModel(model, settings: changes)
        var (guessed, example) = (0, "")
        var evaluation = GestureEvaluation(model: model, skipsUnknown: skipUnknown, size: size?.size, view: crop)
        evaluation.noteSize = { path, size in
            if guessed == 0 { example = "\(path), taken for \(size)" }
            guessed += 1
        }
        let report = try evaluation.report(data: data, trials: trials) {
            Progress.show("recordings", share: $0, since: start)
        }
        Console.progress("")
        if guessed > 0 {
            Console.error(
                "\(guessed) recordings do not say the size of the sensor and are taken for the smallest usual one that has all "
                    + "their events (\(example)); --size says another")
        }
        Console.print(json ? report.jsonValue.text : report.text)
    }

    private func evaluateClips(in data: String, _ model: ListeningModel) throws(SpikelineError) {
        let start = Progress.now()
        let report = try ClipEvaluation(model: model, gainDecibels: gainDb).report(data: data, noise: noise) { share in
            Progress.show("clips", share: share, since: start)
        }
        Console.progress("")
        Console.print(json ? report.jsonValue.text : report.text)
    }

    private func evaluateStream(
        _ path: String, truth: [SpokenWord], _ model: ListeningModel
    ) throws(SpikelineError) {
        let evaluation = StreamEvaluation(model)
        Console.progress("listening to \(path)")
        try evaluation.add(path, truth: truth)
        for other in falseAlarms {
            Console.progress("listening to \(other)")
            try evaluation.add(other, truth: nil)
        }
        let report = try evaluation.report(threshold: threshold)
        if let plotDet { try drawCurve(evaluation, report, to: plotDet) }
        if let plotRaster { try drawRaster(evaluation, path, truth, to: plotRaster) }
        Console.progress("")
        Console.print(json ? report.jsonValue.text : report.text)
    }

    private func drawCurve(
        _ evaluation: StreamEvaluation, _ report: StreamReport, to path: String
    ) throws(SpikelineError) {
        let start = Progress.now()
        let curve = try evaluation.curve { Progress.show("thresholds", share: $0, since: start) }
        let figure = curve.figure(title: "Words found against false alarms", name: "", marked: report)
        try TextOutput.write(figure.svg.text, to: path)
    }

    private func drawRaster(
        _ evaluation: StreamEvaluation, _ stream: String, _ truth: [SpokenWord], to path: String
    ) throws(SpikelineError) {
        let first = truth.first { evaluation.model.words.contains($0.word) } ?? truth.first
        let from = rasterFrom ?? max(0, (first?.start.seconds ?? 0) - 0.5)
        var head = evaluation.model.head
        if let threshold { head.threshold = threshold }
        let figure = try RasterRecorder(model: evaluation.model).figure(
            of: stream, span: from...from + rasterSeconds, spoken: truth,
            detections: evaluation.detections(in: 0, head: head))
        try TextOutput.write(figure.svg.text, to: path)
    }
}
