import ArgumentParser
import SpikePipeline
import SpikeServices
import SpikeSignals

/// `spikeline listen`.
struct Listen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report the words that a microphone hears.",
        discussion: """
            Runs Pipelines/listen.yaml until Ctrl-C. On a terminal it draws the level and prints each word with its time \
            and score; piped it prints one JSON object per word. With --save-clips the sound around every word, and \
            around what was nearly taken for one, is kept as WAV files, to listen to and to train with.
            """)

    @Option(help: "The microphone, as \"spikeline devices\" lists it. Default: default.")
    var device: String?
    @Option(help: "The model file. Default: that of the pipeline.")
    var model: String?
    @Option(help: "The score at which a word is reported, in place of the model's own.")
    var threshold: Double?
    @Option(help: "A sound file to listen to in place of the microphone; \"-\" is standard input.")
    var input: String?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Change an option of a stage of the pipeline; may be given several times.", valueName: "stage.key=value"))
    var settings: [String] = []
    @OptionGroup(title: "Clips") var clips: ClipOptions
    @OptionGroup(title: "Page") var page: PageOptions

    func validate() throws {
        if let threshold, !(0.01...1).contains(threshold) {
            throw ValidationError("--threshold expects a number from 0.01 to 1, found \(threshold).")
        }
        if device != nil, input != nil {
            throw ValidationError("--device and --input exclude each other: one listens to the one or to the other.")
        }
    }

    func run() throws {
        let pipeline = try ShippedFile.pipeline(
            "listen.yaml", hint: "Run spikeline in the folder that it came with")
        let listener = Listener(
            screen: Console.isReadByPeople ? ListenScreen() : nil, recorder: try clips.recorder(isLive: input == nil))
        let loaded = try Pipeline.load(
            path: pipeline, catalogue: listener.catalogue(.standard),
            overrides: PipelineOverrides(settings: changes, input: input))
        let view = page.view(of: loaded)
        let graph = try loaded.makeGraph(observer: view)
        let server = try view.flatMap { try page.serve($0) }
        defer { server?.stop() }
        let outcome = Result { () throws(SpikelineError) in try graph.run(stop: Interruption.stop()) }
        listener.finish()
        _ = try outcome.get()
    }

    /// What the options change about the pipeline, as for `run --set`; a later change wins.
    private var changes: [String] {
        var changes: [String] = []
        if let device { changes.append("microphone.device=" + JSONValue.string(device).text) }
        if let model { changes.append("brain.model=" + JSONValue.string(Folders.absolute(model)).text) }
        if let threshold { changes.append("words.threshold=\(threshold)") }
        return changes + settings
    }
}

/// What is kept of the sound.
struct ClipOptions: ParsableArguments {
    @Option(help: "A folder for the sound around words and near misses (WAV, 16 bits).")
    var saveClips: String?
    @Option(help: "How much sound before the word is kept.")
    var preRollMs = 1_000
    @Option(help: "How much sound after the word is kept.")
    var postRollMs = 500
    @Option(help: "The share of its threshold from which on a score is a near miss; 1 keeps none.")
    var nearMiss = 0.6
    @Option(help: "How many clips the folder may hold; then no more are saved.")
    var maxClips = 500

    func validate() throws {
        for (name, value) in [("--pre-roll-ms", preRollMs), ("--post-roll-ms", postRollMs)] {
            if !(0...10_000).contains(value) { throw ValidationError("\(name) expects 0 to 10000, found \(value).") }
        }
        if !(0.1...1).contains(nearMiss) {
            throw ValidationError("--near-miss expects a number from 0.1 to 1, found \(nearMiss).")
        }
        if !(1...100_000).contains(maxClips) {
            throw ValidationError("--max-clips expects 1 to 100000, found \(maxClips).")
        }
    }

    /// What saves the clips; nil if none are to be saved.
    func recorder(isLive: Bool) throws(SpikelineError) -> ClipRecorder? {
        guard let saveClips else { return nil }
        return ClipRecorder(
            folder: try ClipFolder(saveClips, limit: maxClips), preRollMs: preRollMs, postRollMs: postRollMs,
            nearMissShare: nearMiss, isLive: isLive)
    }
}
