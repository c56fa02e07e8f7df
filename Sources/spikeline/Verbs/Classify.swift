import ArgumentParser
import SpikeHeads
import SpikePictures
import SpikeSensors
import SpikeSignals

/// `spikeline classify`.
struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Name the gestures in event recordings.",
        discussion: """
            Reads every format that inspect reads, by the content. For each recording it prints the label with the most \
            evidence and, under it, each gesture with its start and end in seconds. With --json every gesture is a line; \
            a recording without one gives a line with the gesture "unknown". A recording that cannot be read does not \
            stop the others; the exit code is 2 then.
            """)

    @Argument(help: "The recordings.")
    var files: [String]
    @Option(help: "The model file. Default: Pipelines/Models/gestures.nir, here or beside the program.")
    var model: String?
    @Option(help: "The score at which a gesture is recognised, in place of the model's own.")
    var threshold: Double?
    @Option(
        name: .customLong("set"),
        help: "An option of the head in place of the model's own, as KEY=VALUE: window_ms=600.")
    var settings: [String] = []
    @Option(help: "The format of the recordings. Default: by their content.")
    var format: EventFileFormat?
    @Option(help: "The size of the sensor where a file does not say it, as 640x480.")
    var size: SizeArgument?
    @Option(help: RecordingView.help)
    var crop = RecordingView.action
    @Option(help: "Where to draw the recording, the decision and the spikes over time (.svg or .png); for one file.")
    var plot: String?
    @Flag(help: "Print one JSON object for each gesture.")
    var json = false

    func validate() throws {
        if let threshold, !(0.01...1).contains(threshold) {
            throw ValidationError("--threshold expects a number from 0.01 to 1, found \(threshold).")
        }
        guard let plot else { return }
        if files.count != 1 { throw ValidationError("--plot draws one recording, found \(files.count).") }
        if !plot.hasSuffix(".svg"), !plot.hasSuffix(".png") {
            throw ValidationError("--plot expects a name that ends in .svg or .png, found \(plot).")
        }
    }

    func run() throws {
        let changes = settings + (threshold.map { ["threshold=\($0)"] } ?? [])
        let model = try GestureModel(model ?? ShippedFile.model("gestures.nir"), settings: changes)
        var worst: SpikelineError.Cause?
        for file in files {
            do throws(SpikelineError) {
                try classify(file, model)
            } catch {
                Console.error("error: \(error)")
                worst = worst == .defect ? .defect : error.cause
            }
        }
        if let worst { throw ExitCode(worst.rawValue) }
    }

    private func classify(_ file: String, _ model: GestureModel) throws(SpikelineError) {
        var options = EventFileReader.Options()
        (options.format, options.size) = (format, size?.size)
        var statistics: EventStatistics?
        var reader: EventFileReader?
        let sighting = try Observer(model: model, keepsStory: plot != nil, view: crop).watch(file, options: options) {
            if reader == nil { statistics = EventStatistics(size: $0.size) }
            reader = $0
            if plot != nil { statistics?.add($1) }
        }
        if let reader { RecordingReport.complain(reader, isStrict: false) }
        let result = Classification(file: file, model: model, sighting: sighting)
        for remark in result.remarks { Console.error("\(file): \(remark)") }
        for line in json ? result.jsonLines : [result.text] { Console.print(line) }
        if let plot {
            let pixels = (statistics ?? EventStatistics(size: nil)).pixels
            let picture = EventPicture.image(
                width: pixels.width, height: pixels.height, off: pixels.off, on: pixels.on)
            try result.draw(picture, to: plot)
        }
    }
}
