#if canImport(Glibc)
import Glibc
#endif
import SpikeEncoders
import SpikeInterchange
import SpikeNetwork
import SpikeSensors
import SpikeSignals
import SpikeTraining

/// One run of `spikeline train keyword`, from folders of sound to a model file.
final class KeywordRun {
    private let options: TrainKeyword
    private let words: [String]
    private let material: SpeechMaterial
    private let dev: [EncodedClip]
    private let configuration: TrainingConfiguration
    private let architecture: TemporalArchitecture
    private let cochlea: Cochlea

    /// Reads all recordings.
    init(_ options: TrainKeyword) throws(SpikelineError) {
        self.options = options
        words = options.words.split(separator: ",").map(String.init)
        cochlea = try Cochlea()
        let rate = cochlea.parameters.filters.sampleRate
        let clips = try Self.read(options.data, words: words, rate: rate)
        let supplement = try Self.read(options.supplement, words: words, rate: rate)
        if let empty = words.indices.first(where: { clips[$0].isEmpty }) {
            throw SpikelineError(
                "expected clips of \"\(words[empty])\", found none", at: options.data.joined(separator: ", "))
        }
        let noise = try SpeechFolder.read(SpeechFolder.sounds(in: options.noise), sampleRate: rate, seconds: 600)
        let speech = try options.speech.map { (path) throws(SpikelineError) in
            try SpeechFolder.read(SpeechFolder.sounds(in: path), sampleRate: rate, seconds: 3_600)
        }
        material = SpeechMaterial(
            words: words, clips: clips, supplement: supplement, noise: noise, speech: speech ?? [])
        configuration = try Self.configuration(options)
        architecture = try Self.architecture(options, cochlea: cochlea, words: words.count)
        dev = try Self.readDev(options.dev, words: words, encoder: cochlea, rate: rate)
        Console.error("\(dev.count) dev clips, \(architecture.weightCount) weights")
    }

    /// Trains, tells about it, and writes the best network.
    func train() throws(SpikelineError) {
        let cochleas = try (0..<configuration.shards).map { (_) throws(SpikelineError) in
            try Cochlea(cochlea.parameters)
        }
        var next = 0
        let pool = ExamplePool(
            configuration, material: material, sampleRate: cochlea.parameters.filters.sampleRate
        ) {
            defer { next += 1 }
            return cochleas[next]
        }
        let teacher = try configuration.teacherEpochs > 0 ? trainTeacher(pool) : nil
        let trainer = try KeywordTrainer(
            architecture, configuration: configuration, pool: pool, dev: dev, teacher: teacher)
        if let checkpoint = options.checkpoint, unsafe access(checkpoint, F_OK) == 0 {
            try trainer.resume(from: checkpoint)
            Console.error("going on after epoch \(trainer.epoch)")
        }
        while !trainer.isFinished {
            let start = Progress.now()
            let report = try trainer.runEpoch { share in
                Progress.show("epoch \(trainer.epoch + 1)/\(self.configuration.epochs)", share: share, since: start)
            }
            Console.progress("")
            Console.error(report.line(of: configuration.epochs))
            if let checkpoint = options.checkpoint { try trainer.writeCheckpoint(to: checkpoint) }
            if report.isBest { try write(trainer) }
        }
        Console.error(
            "best: epoch \(trainer.bestEpoch), dev accuracy \(JSONValue.decimal(100 * trainer.bestAccuracy, decimals: 2) ?? "-") %"
        )
        try verify(trainer)
    }

    private func trainTeacher(_ pool: ExamplePool) throws(SpikelineError) -> KeywordTeacher {
        let teacher = try KeywordTeacher(
            configuration, pool: pool, dev: dev, phases: cochlea.parameters.phases, outputs: architecture.outputs)
        if let checkpoint = options.checkpoint, unsafe access(checkpoint + ".teacher", F_OK) == 0 {
            try teacher.resume(from: checkpoint + ".teacher")
        }
        while !teacher.isFinished {
            let start = Progress.now()
            let accuracy = try teacher.runEpoch { share in
                Progress.show("teacher \(teacher.epoch + 1)", share: share, since: start)
            }
            Console.progress("")
            Console.error(
                "teacher epoch \(teacher.epoch)/\(configuration.teacherEpochs)  dev "
                    + (JSONValue.decimal(100 * accuracy, decimals: 2) ?? "-") + " %  "
                    + (JSONValue.decimal(Progress.now() - start, decimals: 1) ?? "-") + " s")
            if let checkpoint = options.checkpoint { try teacher.writeCheckpoint(to: checkpoint + ".teacher") }
        }
        return teacher
    }

    /// Says whether the exported network fires exactly the trainer's spikes on all dev clips.
    private func verify(_ trainer: KeywordTrainer) throws(SpikelineError) {
        guard let best = trainer.best else { return }
        let network = TrainableNetwork(architecture, seed: 0)
        network.snapshot = best
        let agreement = try EngineAgreement(network, clips: dev)
        guard agreement.different == 0 else {
            throw SpikelineError(
                "\(agreement.different) of \(agreement.compared) spike counts and potentials differ between trainer "
                    + "and engine", at: options.out, cause: .defect)
        }
        Console.error(
            "trainer and engine agree in all \(agreement.compared) spike counts and potentials of \(dev.count) dev clips"
        )
    }

    /// Writes the best network so far as a model file.
    private func write(_ trainer: KeywordTrainer) throws(SpikelineError) {
        guard let best = trainer.best else { return }
        let network = TrainableNetwork(architecture, seed: 0)
        network.snapshot = best
        let labels = words + [SpeechMaterial.unknown, SpeechMaterial.silence]
        let model = ModelFile(
            network: network.description(),
            encoder: ModelFile.Stage(type: "cochlea", options: cochlea.parameters.options),
            head: ModelFile.Stage(
                type: "keyword",
                options: [
                    "labels": .list(labels.map { .string($0) }),
                    "background": .list([.string(SpeechMaterial.unknown), .string(SpeechMaterial.silence)]),
                    "potential_scale_bits": .integer(architecture.potentialScaleBits),
                ]),
            information: [
                "dev_accuracy": .number(trainer.bestAccuracy), "epoch": .integer(trainer.bestEpoch),
                "seed": .integer(Int(truncatingIfNeeded: configuration.seed)),
            ].merging(configuration.surrogate.information) { $1 })
        try model.write(to: options.out)
    }

    private static func configuration(_ options: TrainKeyword) throws(SpikelineError) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.epochs = options.epochs
        configuration.teacherEpochs = options.teacherEpochs
        configuration.shards = max(1, options.threads)
        configuration.examplesPerWord = options.examples
        configuration.learningRate = Float(options.learningRate)
        configuration.augmentation.streams = Float(options.streams)
        configuration.seed = options.seed
        configuration.surrogate = try options.surrogate.chosen()
        configuration.patience = options.patience
        return configuration
    }

    private static func architecture(
        _ options: TrainKeyword, cochlea: Cochlea, words: Int
    ) throws(SpikelineError) -> TemporalArchitecture {
        let widths = options.widths.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard (1...12).contains(widths.count), widths.allSatisfy({ (1...1_024).contains($0) }) else {
            throw SpikelineError(
                "expected one to twelve whole numbers from 1 to 1,024, found \"\(options.widths)\"", at: "--widths")
        }
        let dilations = [1, 1, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8]
        let layers = widths.enumerated().map { index, width in
            let taps = index == 0 ? 3 : 5
            let dilation = index == 0 ? 1 : dilations[index + 1]
            return TemporalArchitecture.Layer(width: width, delays: (0..<taps).map { $0 * dilation })
        }
        return TemporalArchitecture(
            inputs: cochlea.channels, maximumInputSpikes: cochlea.parameters.maxSpikesPerPhase,
            tickNanoseconds: cochlea.parameters.tickNanoseconds, layers: layers, outputs: words + 2)
    }

    /// The clips in `folders`, by label.
    private static func read(_ folders: [String], words: [String], rate: Int) throws(SpikelineError) -> [[[Int16]]] {
        var clips = [[[Int16]]](repeating: [], count: words.count + 2)
        for folder in folders {
            let entries = try SpeechFolder(folder).entries
            Console.error("\(folder): \(entries.count) clips")
            let sounds = try SpeechFolder.read(entries.map(\.path), sampleRate: rate, seconds: 5)
            for (entry, sound) in zip(entries, sounds) {
                clips[words.firstIndex(of: entry.word) ?? words.count].append(sound)
            }
        }
        return clips
    }

    private static func readDev(
        _ path: String, words: [String], encoder: Cochlea, rate: Int
    ) throws(SpikelineError) -> [EncodedClip] {
        let entries = try SpeechFolder(path).entries
        var clips: [EncodedClip] = []
        for entry in entries {
            let samples = try AudioClip(path: entry.path, sampleRateHz: rate, maximumSeconds: 5).samples
            var counts: [UInt8] = []
            encoder.appendCounts(of: samples, to: &counts)
            let whole = counts.count / encoder.channels * encoder.channels
            clips.append(
                EncodedClip(
                    counts: Array(counts.prefix(whole)), label: words.firstIndex(of: entry.word) ?? words.count))
        }
        return clips
    }
}
