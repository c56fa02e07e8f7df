#if canImport(Glibc)
import Glibc
#endif
import SpikeNetwork
import SpikeSignals

/// An encoded recording with its label, for measuring.
public struct EncodedClip: Sendable {
    /// The counts, `[tick][channel]`.
    public var counts: [UInt8]
    /// The index of its label.
    public var label: Int

    /// A clip of these counts.
    public init(counts: [UInt8], label: Int) {
        self.counts = counts
        self.label = label
    }
}

/// Trains a spiking network on speech by back-propagation through time with surrogate gradients.
///
/// Each step quantises the weights, runs the batch in the engine's integers, and moves the unquantised weights against
/// the gradient that the integers gave (quantisation-aware training). After each epoch the exported integer network is
/// measured on the dev clips by the engine itself.
public final class KeywordTrainer {
    /// The network in training.
    public let network: TrainableNetwork
    /// How it is trained.
    public let configuration: TrainingConfiguration
    /// The epoch that comes next, from 0.
    public internal(set) var epoch = 0
    /// The best dev accuracy so far.
    public internal(set) var bestAccuracy = 0.0
    /// The epoch (from 1) of the best accuracy.
    public internal(set) var bestEpoch = 0
    /// The parameters of the best epoch.
    public internal(set) var best: TrainedParameters?

    var optimizer: Adam { step.optimizer }
    var surrogate: SurrogateGradient { configuration.surrogate }
    let dev: [EncodedClip]
    private let pool: ExamplePool
    private let step: BatchStep
    private let teacher: KeywordTeacher?
    private let schedule: LearningRate

    /// Prepares a run on the examples of `pool`, measured on `dev`.
    ///
    /// - Parameter teacher: a trained network whose opinions are learned too.
    public init(
        _ architecture: TemporalArchitecture, configuration: TrainingConfiguration, pool: ExamplePool,
        dev: [EncodedClip], teacher: KeywordTeacher? = nil
    ) throws(SpikelineError) {
        try MatrixProduct.prepare()
        self.configuration = configuration
        self.pool = pool
        self.dev = dev
        self.teacher = teacher
        let network = TrainableNetwork(architecture, seed: configuration.seed)
        self.network = network
        step = BatchStep(
            network, shards: configuration.shards, clips: configuration.batch / configuration.shards,
            mostTicks: pool.streamTicks, surrogate: configuration.surrogate)
        let steps = pool.batches(of: configuration.batch, epoch: 0).count * configuration.epochs
        schedule = LearningRate(peak: configuration.learningRate, warmUp: min(60, steps / 10), steps: steps)
    }

    /// Trains one epoch and measures it.
    ///
    /// - Parameter progress: called now and then with the share of the epoch that is done.
    public func runEpoch(progress: (Double) -> Void) throws(SpikelineError) -> EpochReport {
        let start = now()
        pool.prepare(epoch: epoch)
        let encoded = now()
        var loss: Double = 0
        var correct = 0
        let batches = pool.batches(of: configuration.batch, epoch: epoch)
        for (index, batch) in batches.enumerated() {
            let result = train(batch)
            guard result.loss.isFinite else {
                throw SpikelineError(
                    "the loss is not finite any more", at: "epoch \(epoch + 1)", hint: "Use a smaller learning rate")
            }
            loss += Double(result.loss)
            correct += result.correct
            progress(Double(index + 1) / Double(batches.count))
        }
        epoch += 1
        let accuracy = try devAccuracy()
        let isBest = accuracy > bestAccuracy
        if isBest {
            bestAccuracy = accuracy
            bestEpoch = epoch
            best = network.snapshot
        }
        let examples = Double(batches.count * configuration.batch)
        return EpochReport(
            epoch: epoch, loss: Float(loss / examples), trainAccuracy: Double(correct) / examples,
            devAccuracy: accuracy, isBest: isBest, learningRate: schedule.rate(atStep: optimizer.steps),
            encodingSeconds: encoded - start, seconds: now() - start)
    }

    /// Whether there is an epoch left to train.
    public var isFinished: Bool {
        epoch >= configuration.epochs || epoch - bestEpoch >= configuration.patience
    }

    // MARK: Steps

    private func train(_ batch: [Int]) -> (loss: Float, correct: Int) {
        let ticks = pool.ticks(ofSlot: batch[0])
        return step.run(
            rate: schedule.rate(atStep: optimizer.steps), weightDecay: configuration.weightDecay
        ) { shard, worker in
            train(
                shard, worker: worker, slots: Array(batch[worker * shard.clips..<(worker + 1) * shard.clips]),
                ticks: ticks)
        }
    }

    private func train(
        _ shard: Shard, worker: Int, slots: [Int], ticks: Int
    ) -> (loss: Float, correct: Int) {
        fill(shard.input, slots: slots, ticks: ticks)
        let window = ticks - pool.clipTicks..<ticks
        var loss = PooledLoss(clips: slots.count, outputs: shard.architecture.outputs)
        loss.smoothing = configuration.labelSmoothing
        loss.teacherShare = configuration.teacherShare
        let opinions = teacher?.opinions(ofSlots: slots, pool: pool, worker: worker)
        shard.forward(
            ticks: ticks, weights: network.quantized, parameters: network.parameters, normalization: .batch)
        return shard.backward(
            ticks: ticks, windows: [window], loss: loss, labels: slots.map { pool.slots[$0].label },
            clipWeights: [Float](repeating: 1, count: slots.count), teacher: opinions, weights: network.quantized,
            parameters: network.parameters)
    }

    private func fill(_ input: FloatBuffer, slots: [Int], ticks: Int) {
        let channels = pool.channels
        for (clip, slot) in slots.enumerated() {
            unsafe pool.withCounts(ofSlot: slot) { counts in
                for tick in 0..<ticks {
                    let row = unsafe input.start + (tick * slots.count + clip) * channels
                    for channel in 0..<channels { unsafe row[channel] = Float(counts[tick * channels + channel]) }
                }
            }
        }
    }
}

/// Seconds of the monotonic clock.
func now() -> Double { Double(MonotonicClock.nanoseconds()) * 1e-9 }
