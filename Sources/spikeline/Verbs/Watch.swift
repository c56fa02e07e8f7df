import ArgumentParser
import SpikeContainers
import SpikeHeads
import SpikePictures
import SpikePipeline
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// `spikeline watch`.
struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Learn what is normal and raise alerts when something is not.",
        discussion: """
            Takes sound, vibration (several channels, any rate from 100 Hz) or events of a camera, and the pipeline that \
            fits: Pipelines/machine-sound.yaml, vibration.yaml or scene.yaml. It learns from the first half minute, or \
            from recordings that are given with --learn, and then tells when something is not as it was: when, how \
            strong, which bands or pixels. What was learned is kept in the file --state and used again. While it \
            runs, the signal USR1 says that what comes now is normal too, and USR2 that all is to be learned afresh.
            """)

    @Argument(help: "The recording; \"-\" is standard input. Default: the pipeline's own source.")
    var file: String?
    @Option(help: "A microphone to listen to: alsa:default, or alsa: and a name that spikeline devices tells.")
    var source: String?
    @Option(help: "The pipeline. Default: the one that fits the recording.")
    var pipeline: String?
    @Option(help: "A recording of what is normal; may be given several times.")
    var learn: [String] = []
    @Option(help: "The file that keeps what was learned.")
    var state: String?
    @Flag(help: "Forget what the state holds.")
    var relearn = false
    @Flag(help: "Take what comes first for normal too, in addition to what the state holds.")
    var accept = false
    @Option(help: "How many false alerts a day to aim at.")
    var falseAlarmsPerDay: Double?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change an option of a stage; may be given several times.", valueName: "stage.key=value"))
    var settings: [String] = []
    @Option(help: "Where to draw score, phases, alerts and what differed over time (.svg or .png).")
    var plot: String?
    @Flag(help: "Print one JSON object for each record; the default where standard output is no terminal.")
    var json = false
    @OptionGroup(title: "Page") var page: PageOptions
    @Flag(help: "Print lines for people, also where standard output is no terminal.")
    var text = false

    func validate() throws {
        if file != nil, source != nil { throw ValidationError("a recording and --source exclude each other.") }
        if let source, !source.hasPrefix("alsa:") || source.count < 6 {
            throw ValidationError("--source expects alsa: and a device, found \(source).")
        }
        if accept, relearn { throw ValidationError("--accept and --relearn exclude each other.") }
        if accept, state == nil { throw ValidationError("--accept needs --state.") }
        if json, text { throw ValidationError("--json and --text exclude each other.") }
        if let falseAlarmsPerDay, !(0.001...10_000).contains(falseAlarmsPerDay) {
            throw ValidationError("--false-alarms-per-day expects 0.001 to 10000, found \(falseAlarmsPerDay).")
        }
        try Plots.check(plot.map { [$0] } ?? [])
    }

    func run() throws {
        // A day of watching should not be lost to a folder that is not there.
        if let plot { try Folders.expectWritable(plot) }
        let kind = { () throws(SpikelineError) in try source == nil ? WatchedKind(of: file ?? learn.first) : .sound }
        let path = try pipeline ?? kind().pipeline
        let isJSON = json || (!text && isatty(STDOUT_FILENO) != 1)
        let run = try WatchRun(path: path, settings: settings, isJSON: isJSON)
        let scratch = try state == nil && !learn.isEmpty ? ScratchFile() : nil
        let kept = try state.map(absolute) ?? scratch?.path
        var more = falseAlarmsPerDay.map { ["false_alarms_per_day=\($0)"] } ?? []
        if !learn.isEmpty, let kept {
            if relearn { _ = unsafe unlink(kept) }
            if relearn || !WholeFile.exists(kept) { try run.learn(from: learn, state: kept) }
        }
        guard file != nil || source != nil || learn.isEmpty else { return }
        if let kept { more.append("state=\(kept)") }
        if relearn, learn.isEmpty { more.append("on_start=relearn") }
        if accept { more.append("on_start=accept") }
        OperatorSignals.listen()
        let story = WatchStory()
        let keepsStory = plot != nil
        var line = Sparkline()
        let outcome = Result {
            try run.run(
                input: file, microphone: source.map { String($0.dropFirst(5)) }, more: more, isQuiet: false,
                stop: Interruption.stop(), page: page,
                record: { if keepsStory, story.records.count < 10_000 { story.records.append($0) } },
                legend: { story.legend = $0 }
            ) { detector, time in
                if keepsStory { story.add(detector, time) }
                if Console.isInteractive, line.add(detector.ratio, at: time.seconds) {
                    let threshold = detector.threshold.map { " / \(Figures.decimal($0, 2))" } ?? ""
                    Console.progress(
                        "\(detector.phase.name)  \(line.text)  \(Figures.decimal(detector.score, 2))\(threshold)")
                }
            }
        }
        Console.progress("")
        if let plot { try draw(story, to: plot) }
        try outcome.get()
    }

    private func draw(_ story: WatchStory, to path: String) throws {
        let name = (file ?? pipeline ?? "watch").split(separator: "/").last.map(String.init) ?? "watch"
        try Plots.write([path]) { story.figure(title: name) }
    }

    private func absolute(_ path: String) throws -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let folder = unsafe getcwd(nil, 0) else { throw SpikelineError("the working folder is gone", at: path) }
        defer { unsafe free(folder) }
        return unsafe String(cString: folder) + "/" + path
    }
}
