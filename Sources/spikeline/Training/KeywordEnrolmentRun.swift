import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeSensors
import SpikeSignals
import SpikeTraining

/// One run of `spikeline enroll keyword`.
struct KeywordEnrolmentRun {
    private let options: EnrollKeyword
    private let model: ListeningModel
    private let enrolment: KeywordEnrolment

    /// Reads the model.
    init(_ options: EnrollKeyword) throws(SpikelineError) {
        self.options = options
        try Folders.expectWritable(options.out)
        let path = if let model = options.model { model } else { try ShippedFile.model("keywords.nir") }
        model = try ListeningModel(path)
        guard (0.001...10_000).contains(options.perHour) else {
            throw SpikelineError("expected 0.001 to 10,000, found \(options.perHour)", at: "--per-hour")
        }
        try ClassName.check(options.name, among: model.labels, at: path)
        let head = model.head
        guard
            (model.labels.count + 1) * 1_000_000 * head.windowMilliseconds
                <= EvidenceWindow.maximumCells * Int(model.file.network.tickNanoseconds)
        else {
            throw SpikelineError(
                "the model has \(model.labels.count) labels, and its head cannot take another one", at: path)
        }
        enrolment = try KeywordEnrolment(
            model.file.network, ear: model.ear, scaleBits: head.potentialScaleBits, window: head.windowMilliseconds,
            smoothing: head.smoothingMilliseconds, confirm: head.confirmMilliseconds)
    }

    /// Learns, measures and writes.
    func run() throws(SpikelineError) {
        let start = Progress.now()
        let recordings = try options.files.map { (path) throws(SpikelineError) in
            try WordRecording(
                name: path,
                samples: AudioClip(path: path, sampleRateHz: model.sampleRate, maximumSeconds: 20).pcm16,
                sampleRate: model.sampleRate)
        }
        var background: [[Int16]] = []
        if !options.ownBackgroundOnly { background.append(try sound(at: ShippedFile.model("background.ogg"))) }
        for path in options.background { background.append(try sound(at: path)) }
        let result = try enrolment.enroll(
            recordings, background: background, perHour: options.perHour, seed: options.seed
        ) { Progress.show("learning \(options.name)", share: $0, since: start) }
        Console.progress("")
        // A network that could overflow would be refused by whoever runs it.
        _ = try RangeProof(result.network)
        let enrolled = file(with: result.network)
        try enrolled.write(to: options.out)
        report(result)
        if let data = options.data { try reportOldWords(data) }
        Console.error("\(Figures.decimal(Progress.now() - start, 1)) s")
    }

    private func sound(at path: String) throws(SpikelineError) -> [Int16] {
        try AudioClip(
            path: path, sampleRateHz: model.sampleRate, maximumSeconds: KeywordEnrolment.mostBackgroundSeconds
        ).pcm16
    }

    /// The model with the new output, its label and its threshold.
    private func file(with network: NetworkDescription) -> ModelFile {
        var file = model.file
        file.network = network
        file.addLabel(options.name)
        var thresholds = model.head.thresholds
        if let common = model.head.threshold {
            // A threshold for all words wins over those of single ones.
            file.head.options["threshold"] = nil
            for word in model.words { thresholds[word] = common }
        }
        thresholds[options.name] = KeywordEnrolment.threshold
        file.head.options["thresholds"] = .map(thresholds.mapValues { .number($0) })
        if let only = model.head.only { file.head.options["only"] = .list((only + [options.name]).map { .string($0) }) }
        return file
    }

    private func report(_ result: KeywordEnrolment.Result) {
        let found = result.found
        Console.print(
            "\(options.name): \(Figures.percent(share(found.quiet, found.of))) of \(found.of) copies in quiet and "
                + "\(Figures.percent(share(found.noisy, found.ofNoisy))) of \(found.ofNoisy) in noise or after speech, "
                + "each judged by a network that learned from others")
        Console.print(
            "false alarms: \(result.falseAlarms) in \(Figures.decimal(result.backgroundSeconds / 60, 1)) minutes of "
                + "background, judged likewise")
        if result.point.heard < result.point.quiet {
            Console.error(
                "warning: \"\(options.name)\" is hard to tell from the background; so that there are at most "
                    + "\(options.perHour) false alarms an hour, some will be missed. More recordings, or a longer word, "
                    + "help.")
        }
    }

    private func share(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }

    /// What the model makes of clips of the old words before and after.
    private func reportOldWords(_ data: String) throws(SpikelineError) {
        let after = try ListeningModel(options.out)
        let reports = try [model, after].map { (model) throws(SpikelineError) in
            try ClipEvaluation(model: model).report(data: data, noise: nil) { _ in }
        }
        Console.print(
            "old words: \(Figures.percent(reports[0].confusion.accuracy)) before, "
                + "\(Figures.percent(reports[1].confusion.accuracy)) after (\(reports[0].confusion.total) clips)")
    }
}
