import SpikeEncoders
import SpikeHeads
import SpikeNetwork
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Trains a convolutional spiking network on gestures by back-propagation through time with surrogate gradients.
///
/// As ``KeywordTrainer``: quantised weights and the engine's integers in every step; after each epoch the exported
/// network is measured by the engine itself on recordings that are not learned from.
public final class GestureTrainer: ResumableRun {
    /// The network in training.
    public let network: TrainableNetwork
    /// How it is trained.
    public let configuration: GestureTraining
    /// The epoch that comes next, from 0.
    public internal(set) var epoch = 0
    /// The best accuracy so far.
    public internal(set) var bestAccuracy = 0.0
    /// The epoch (from 1) of the best accuracy.
    public internal(set) var bestEpoch = 0
    /// The parameters of the best epoch.
    public internal(set) var best: TrainedParameters?

    var optimizer: Adam { step.optimizer }
    var surrogate: SurrogateGradient { configuration.surrogate }
    var fingerprint: UInt64 { Checkpoint.fingerprint(network.architecture, configuration) }

    private let pool: RecordingPool
    private let composers: [GestureClipComposer]
    private let dev: [SpikeClip]
    private let step: BatchStep
    private let schedule: LearningRate
    /// How often recordings of each label are drawn, relative to a gesture.
    private let shares: [Float]

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - encoder: what makes spikes of events; its channels are the inputs of `architecture`.
    ///   - labels: the label of each output.
    ///   - sources: where recordings come from, one for each shard.
    ///   - dev: recordings that measure the network.
    ///   - start: a network of the same shape to begin with.
    public init(
        _ architecture: TemporalArchitecture, configuration: GestureTraining, encoder: EventGridParameters,
        labels: GestureLabels, sources: [any RecordingSource], dev: [LabelledRecording],
        start: TrainableNetwork? = nil
    ) throws(SpikelineError) {
        try MatrixProduct.prepare()
        self.configuration = configuration
        network = TrainableNetwork(architecture, seed: configuration.seed)
        if let start { network.snapshot = start.snapshot }
        var slots: [Int] = []
        shares = configuration.shares(labels)
        for (label, share) in shares.enumerated() {
            slots += [Int](repeating: label, count: Int(Float(configuration.recordingsPerLabel) * share))
        }
        pool = RecordingPool(
            labels: slots, sources: sources, seed: configuration.seed, period: configuration.refreshEpochs)
        composers = try (0..<configuration.shards).map { (_) throws(SpikelineError) in
            try GestureClipComposer(
                encoder, labels: labels, augmentation: configuration.augmentation, ticks: configuration.clipTicks)
        }
        self.dev = dev.map { [composers] in composers[0].clip(of: $0) }
        step = BatchStep(
            network, shards: configuration.shards, clips: configuration.batch / configuration.shards,
            mostTicks: configuration.clipTicks, surrogate: configuration.surrogate)
        let steps = slots.count * configuration.clipsPerRecording / configuration.batch * configuration.epochs
        schedule = LearningRate(
            peak: configuration.learningRate, warmUp: max(1, min(100, steps / 10)), steps: steps)
    }

    /// Whether there is an epoch left to train.
    public var isFinished: Bool {
        epoch >= configuration.epochs || epoch - bestEpoch >= configuration.patience
    }

    /// Trains one epoch and measures it.
    ///
    /// - Parameter progress: called now and then with the share of the epoch that is done.
    public func runEpoch(progress: (Double) -> Void) throws(SpikelineError) -> EpochReport {
        let start = now()
        pool.prepare(epoch: epoch) { progress($0 * 0.3) }
        let drawn = now()
        var loss: Double = 0
        var correct = 0
        let batches = batches()
        for (index, batch) in batches.enumerated() {
            let result = train(batch)
            guard result.loss.isFinite else {
                throw SpikelineError(
                    "the loss is not finite any more", at: "epoch \(epoch + 1)", hint: "Use a smaller learning rate")
            }
            loss += Double(result.loss)
            correct += result.correct
            progress(0.3 + 0.7 * Double(index + 1) / Double(batches.count))
        }
        epoch += 1
        let accuracy = try GestureTrainer.accuracy(of: network, on: dev, workers: configuration.shards)
        let isBest = accuracy >= bestAccuracy
        if isBest {
            bestAccuracy = accuracy
            bestEpoch = epoch
            best = network.snapshot
        }
        let judged = Double(batches.count * configuration.batch * configuration.windows.count)
        return EpochReport(
            epoch: epoch, loss: Float(loss / judged), trainAccuracy: Double(correct) / judged, devAccuracy: accuracy,
            isBest: isBest, learningRate: schedule.rate(atStep: optimizer.steps), encodingSeconds: drawn - start,
            seconds: now() - start)
    }

    /// Writes the state of the run to `path`, atomically.
    public func writeCheckpoint(to path: String) throws(SpikelineError) { try writeState(to: path) }

    /// Goes on from a checkpoint of a run with the same architecture and configuration.
    public func resume(from path: String) throws(SpikelineError) { try readState(from: path) }

    // MARK: Steps

    /// The slots of each step of this epoch, in drawn order.
    private func batches() -> [[Int]] {
        var generator = SeededGenerator(configuration.seed, 0x6F72_6465, UInt64(epoch))
        var order = (0..<configuration.clipsPerRecording).flatMap { _ in Array(pool.labels.indices) }
        order.shuffle(using: &generator)
        return stride(from: 0, through: order.count - configuration.batch, by: configuration.batch).map {
            Array(order[$0..<$0 + configuration.batch])
        }
    }

    private func train(_ batch: [Int]) -> (loss: Float, correct: Int) {
        let count = optimizer.steps
        return step.run(rate: schedule.rate(atStep: count), weightDecay: configuration.weightDecay) { shard, worker in
            train(
                shard, worker: worker, slots: Array(batch[worker * shard.clips..<(worker + 1) * shard.clips]),
                step: count)
        }
    }

    private func train(_ shard: Shard, worker: Int, slots: [Int], step count: Int) -> (loss: Float, correct: Int) {
        let ticks = configuration.clipTicks
        let channels = shard.architecture.inputs
        let clips = shard.clips
        shard.input.clear(ticks * clips * channels)
        var labels: [Int] = []
        for (clip, slot) in slots.enumerated() {
            guard let recording = pool[slot] else { continue }
            var generator = SeededGenerator(
                configuration.seed, 0x636C_6970, UInt64(count), UInt64(worker * clips + clip))
            labels.append(
                composers[worker].compose(recording, &generator) { tick, spikes in
                    unsafe shard.input.start[(tick * clips + clip) * channels + Int(spikes.channel)] =
                        Float(spikes.count)
                })
        }
        var loss = PooledLoss(clips: clips, outputs: shard.architecture.outputs)
        loss.smoothing = configuration.labelSmoothing
        shard.forward(
            ticks: ticks, weights: network.quantized, parameters: network.parameters, normalization: .batch)
        return shard.backward(
            ticks: ticks, windows: configuration.windows, loss: loss, labels: labels,
            clipWeights: [Float](repeating: 1 / Float(configuration.windows.count), count: clips), teacher: nil,
            weights: network.quantized, parameters: network.parameters)
    }

    // MARK: Measuring

    /// The integer network of `network` for equally frequent classes.
    ///
    /// A class that was drawn `n` times as often as others was learned as `n` times as likely; its output loses
    /// `log2 n` octaves (prior correction; Saerens, Latinne, Decaestecker, "Adjusting the outputs of a classifier to new a
    /// priori probabilities", 2002).
    public func description(of network: TrainableNetwork) -> NetworkDescription {
        var description = network.description()
        let architecture = network.architecture
        let leak = 1 - Float(architecture.readoutDecay) / 32_768
        let readout = description.populations.count - 1
        for (output, share) in shares.enumerated() {
            let octaves = log2(share)
            description.populations[readout].biases[output] -= Int32(
                (octaves * leak * Float(1 << architecture.potentialScaleBits)).rounded())
        }
        return description
    }

    /// The share of `clips` that the network as it would be exported, run by the engine, decides right on
    /// (``RecordingEvidence``).
    public static func accuracy(
        of network: TrainableNetwork, on clips: [SpikeClip], workers: Int
    ) throws(SpikelineError) -> Double {
        let description = network.description()
        let networks = try (0..<workers).map { (_) throws(SpikelineError) in try SpikingNetwork(description) }
        let evidence = try RecordingEvidence(
            labels: network.architecture.outputs, windowTicks: GestureTraining().windowTicks,
            scaleBits: network.architecture.potentialScaleBits)
        var correct = [Int](repeating: 0, count: workers)
        unsafe correct.withUnsafeMutableBufferPointer { correct in
            Workers.run(workers) { worker in
                var evidence = evidence
                for index in stride(from: worker, to: clips.count, by: workers)
                where label(of: clips[index], networks[worker], &evidence) == clips[index].label {
                    unsafe correct[worker] += 1
                }
            }
        }
        return Double(correct.reduce(0, +)) / Double(max(clips.count, 1))
    }

    /// The label that `clip` gets from a network whose potentials are octaves times 2 to the power `scaleBits`.
    public static func label(
        of clip: SpikeClip, _ network: SpikingNetwork, scaleBits: Int
    ) throws(SpikelineError) -> Int {
        var evidence = try RecordingEvidence(
            labels: network.outputs, windowTicks: GestureTraining().windowTicks, scaleBits: scaleBits)
        return label(of: clip, network, &evidence)
    }

    private static func label(
        of clip: SpikeClip, _ network: SpikingNetwork, _ evidence: inout RecordingEvidence
    ) -> Int {
        network.reset()
        evidence.reset()
        var potentials = [Int32](repeating: 0, count: network.outputs)
        for tick in 0..<clip.ticks {
            try? network.step(clip.tick(tick))
            for output in potentials.indices { potentials[output] = network.potential(ofOutput: output) }
            evidence.add(potentials)
        }
        return evidence.decision ?? 0
    }
}
