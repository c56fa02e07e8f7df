#if canImport(Glibc)
import Glibc
#endif
import SpikeEncoders
import SpikeInterchange
import SpikeNetwork
import SpikeSignals
import SpikeSynthesis
import SpikeTraining

/// One run of `spikeline train gesture`, from recordings to a model file.
final class GestureRun {
    private let options: TrainGesture
    private let labels: GestureLabels
    private let encoder = EventGridParameters()
    private let configuration: GestureTraining
    private let architecture: TemporalArchitecture
    private let dev: [SpikeClip]
    private let trainer: GestureTrainer

    /// Reads or draws the recordings.
    init(_ options: TrainGesture) throws(SpikelineError) {
        try options.check()
        self.options = options
        labels = GestureLabels(Self.gestures)
        configuration = try Self.configuration(options)
        var model: ModelFile?
        if let path = options.startFrom, path.hasSuffix(".nir") { model = try ModelFile(contentsOf: path) }
        architecture = try Self.architecture(
            widths: options.widths ?? model.map(Self.widths) ?? "12,24,48,96", encoder: encoder,
            labels: labels.names.count)
        var own: [LabelledRecording] = []
        for path in options.data { own += try GestureFolder(path).recordings(labels, seconds: 10, grid: encoder) }
        var outer: [LabelledRecording] = []
        if let path = options.dev { outer = try GestureFolder(path).recordings(labels, seconds: 10, grid: encoder) }
        let count = labels.names.count
        let share = own.isEmpty ? 1 : options.synthesizedShare
        if share == 0, let name = labels.names.indices.first(where: { label in !own.contains { $0.label == label } }) {
            throw SpikelineError(
                "expected recordings of \"\(labels.names[name])\", found none",
                at: options.data.joined(separator: ", "),
                hint: "Give some, or a --synthesized-share above 0")
        }
        let synthesis = try options.scenes.chosen()
        let sources = (0..<configuration.shards).map { _ in
            MixedRecordings(own, labels: count, synthesizedShare: share, seconds: 2.5, synthesis: synthesis)
        }
        let drawn = Self.devRecordings(labels: count, of: options.devRecordings, synthesis)
        var start: TrainableNetwork?
        if let path = options.startFrom {
            if let model {
                start = try Self.network(of: model, path, architecture, configuration, encoder, labels, synthesis)
            } else {
                start = try TrainableNetwork.best(ofCheckpoint: path, architecture)
            }
        }
        trainer = try GestureTrainer(
            architecture, configuration: configuration, encoder: encoder, labels: labels, sources: sources, dev: drawn,
            start: start)
        let composer = try GestureClipComposer(encoder, labels: labels, augmentation: .none, ticks: 1)
        dev = outer.map { composer.clip(of: $0) }
        Console.error(
            "\(own.count) recordings of --data, \(dev.count) of --dev, \(drawn.count) synthesised ones that choose, "
                + "\(architecture.weightCount) weights")
    }

    /// Trains, tells about it, and writes the best network.
    func train() throws(SpikelineError) {
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
            if !dev.isEmpty {
                let share = try GestureTrainer.accuracy(of: trainer.network, on: dev, workers: configuration.shards)
                Console.error("    \(options.dev ?? ""): \(JSONValue.decimal(100 * share, decimals: 2) ?? "-") %")
            }
            if let checkpoint = options.checkpoint { try trainer.writeCheckpoint(to: checkpoint) }
            if report.isBest { try write() }
        }
        try write()
    }

    /// The widths of the layers of a model: channels of convolutions, neurons of others.
    private static func widths(of model: ModelFile) -> String {
        model.network.connections.prefix(max(model.network.populations.count - 1, 0)).map { connection in
            if case .convolution(let convolution) = connection.pattern { return "\(convolution.channels)" }
            return "\(model.network.populations[connection.target].size)"
        }.joined(separator: ",")
    }

    /// The network of the model that was read from `path`, made as wide as `architecture`.
    private static func network(
        of model: ModelFile, _ path: String, _ architecture: TemporalArchitecture, _ configuration: GestureTraining,
        _ encoder: EventGridParameters, _ labels: GestureLabels, _ synthesis: GestureSynthesisOptions
    ) throws(SpikelineError) -> TrainableNetwork {
        let source = SynthesizedRecordings(synthesis, seconds: 1.6)
        let composer = try GestureClipComposer(encoder, labels: labels, augmentation: .none, ticks: 1)
        let clips = (0..<labels.names.count * 2).map { index in
            composer.clip(of: source.recording(ofLabel: index % labels.names.count, seed: 0x57_A270 + UInt64(index)))
        }
        return try TrainableNetwork(
            model.network, architecture, clips: clips, priors: configuration.priors(labels), seed: configuration.seed,
            name: path)
    }

    /// Synthesised recordings of people and speeds that are not trained on, from seeds of their own.
    private static func devRecordings(
        labels: Int, of each: Int, _ synthesis: GestureSynthesisOptions
    ) -> [LabelledRecording] {
        var synthesis = synthesis
        synthesis.isOutside = true
        let source = SynthesizedRecordings(synthesis, seconds: 3)
        return (0..<labels * each).map { source.recording(ofLabel: $0 % labels, seed: 0xDE_0000 + UInt64($0)) }
    }

    /// The labels of the DVS128 Gesture data set (Amir et al., "A Low Power, Fully Event-Based Gesture Recognition
    /// System", CVPR 2017), in its order.
    static let gestures = [
        "hand_clapping", "right_hand_wave", "left_hand_wave", "right_arm_clockwise", "right_arm_counter_clockwise",
        "left_arm_clockwise", "left_arm_counter_clockwise", "arm_roll", "air_drums", "air_guitar", "other",
    ]

    /// Writes the best network so far as a model file.
    private func write() throws(SpikelineError) {
        guard let best = trainer.best else { return }
        let network = TrainableNetwork(architecture, seed: 0)
        network.snapshot = best
        let model = ModelFile(
            network: trainer.description(of: network),
            encoder: ModelFile.Stage(type: "event_grid", options: encoder.options),
            head: ModelFile.Stage(
                type: "gesture",
                options: [
                    "background": .list([.string("other")]),
                    "labels": .list(labels.names.map { .string($0) }),
                    "potential_scale_bits": .integer(architecture.potentialScaleBits),
                ]),
            information: [
                "dev_accuracy": .number(trainer.bestAccuracy), "epoch": .integer(trainer.bestEpoch),
                "seed": .integer(Int(truncatingIfNeeded: configuration.seed)),
            ].merging(configuration.surrogate.information) { $1 })
        try model.write(to: options.out)
    }

    private static func configuration(_ options: TrainGesture) throws(SpikelineError) -> GestureTraining {
        var configuration = GestureTraining()
        configuration.epochs = options.epochs
        configuration.shards = options.threads
        configuration.batch = options.batch / options.threads * options.threads
        configuration.recordingsPerLabel = options.recordings
        configuration.refreshEpochs = options.refresh
        configuration.learningRate = Float(options.learningRate)
        configuration.seed = options.seed
        configuration.surrogate = try options.surrogate.chosen()
        configuration.augmentation = GestureAugmentation().scaled(by: Float(options.augmentation))
        return configuration
    }

    private static func architecture(
        widths text: String, encoder: EventGridParameters, labels: Int
    ) throws(SpikelineError) -> TemporalArchitecture {
        let widths = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        guard (4...5).contains(widths.count), widths.allSatisfy({ (1...512).contains($0) }) else {
            throw SpikelineError(
                "expected four or five whole numbers from 1 to 512, found \"\(text)\"", at: "--widths")
        }
        var grid = Grid(height: encoder.height, width: encoder.width, channels: 2)
        var layers: [TemporalArchitecture.Layer] = []
        for (index, (kernel, delays)) in [(5, [0, 2]), (3, [0, 2]), (3, [0, 4])].enumerated() {
            let convolution = Convolution(
                input: grid, kernel: kernel, stride: 2, padding: kernel / 2, channels: widths[index])
            layers.append(TemporalArchitecture.Layer(convolution, delays: delays))
            grid = convolution.output
        }
        layers.append(TemporalArchitecture.Layer(width: widths[3], delays: [0, 4, 8]))
        // The layers so far see a third of a second; many gestures take longer than that to come round.
        if widths.count == 5 { layers.append(TemporalArchitecture.Layer(width: widths[4], delays: contextDelays)) }
        return TemporalArchitecture(
            inputs: encoder.channels, maximumInputSpikes: encoder.maximumSpikes,
            tickNanoseconds: encoder.tickNanoseconds, layers: layers, readoutLayers: widths.count - 3, outputs: labels)
    }

    /// The taps of the last layer: with what the one before sees itself, the last 0.9 s.
    private static let contextDelays = [0, 6, 12, 18, 24, 30]
}
