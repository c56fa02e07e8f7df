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

    let optimizer: Adam
    let dev: [EncodedClip]
    private let pool: ExamplePool
    private let shards: [Shard]
    private let teacher: KeywordTeacher?
    private let gradients: FloatBuffer
    private let schedule: LearningRate

    /// Prepares a run on the examples of `pool`, measured on `dev`.
    ///
    /// - Parameter teacher: a trained network whose opinions are learned too.
    public init(
        _ architecture: TemporalArchitecture, configuration: TrainingConfiguration, pool: ExamplePool,
        dev: [EncodedClip], teacher: KeywordTeacher? = nil
    ) {
        MatrixProduct.useCallingThreadOnly()
        self.configuration = configuration
        self.pool = pool
        self.dev = dev
        self.teacher = teacher
        let network = TrainableNetwork(architecture, seed: configuration.seed)
        self.network = network
        optimizer = Adam(count: network.layout.count)
        gradients = FloatBuffer(network.layout.count)
        let clips = configuration.batch / configuration.shards
        shards = (0..<configuration.shards).map { _ in
            Shard(architecture, network.layout, clips: clips, mostTicks: pool.streamTicks)
        }
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
        let clips = shards[0].clips
        network.quantize()
        var results = [(loss: Float, correct: Int)](repeating: (0, 0), count: shards.count)
        unsafe results.withUnsafeMutableBufferPointer { results in
            Workers.run(shards.count) { worker in
                let slots = Array(batch[worker * clips..<(worker + 1) * clips])
                unsafe results[worker] = train(shard: worker, slots: slots, ticks: ticks)
            }
        }
        collectGradients()
        let rate = schedule.rate(atStep: optimizer.steps)
        optimizer.step(
            network.parameters, gradients: gradients, rate: rate, weightDecay: configuration.weightDecay)
        network.constrain()
        return results.reduce((0, 0)) { ($0.0 + $1.loss, $0.1 + $1.correct) }
    }

    private func train(shard worker: Int, slots: [Int], ticks: Int) -> (loss: Float, correct: Int) {
        let shard = shards[worker]
        fill(shard.input, slots: slots, ticks: ticks)
        let window = ticks - pool.clipTicks..<ticks
        var loss = PooledLoss(clips: slots.count, outputs: shard.architecture.outputs)
        loss.smoothing = configuration.labelSmoothing
        loss.teacherShare = configuration.teacherShare
        let opinions = teacher?.opinions(ofSlots: slots, pool: pool, worker: worker)
        shard.forward(
            ticks: ticks, weights: network.quantized, parameters: network.parameters, normalization: .batch)
        return shard.backward(
            ticks: ticks, window: window, loss: loss, labels: slots.map { pool.slots[$0].label },
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

    /// Sums the shards' gradients in order, brings weights back to their own units, and updates the statistics.
    private func collectGradients() {
        let scale = 1 / Float(configuration.batch)
        let g = unsafe gradients.start
        for index in 0..<gradients.count {
            var sum: Float = 0
            for shard in shards { unsafe sum += shard.gradients.start[index] }
            unsafe g[index] = sum * scale
        }
        for (index, parts) in network.layout.layers.enumerated() {
            let width = network.architecture.layers[index].width
            let inverse = network.quantized.scales[index].map { 1 / $0 }
            for row in stride(from: parts.weights.lowerBound, to: parts.weights.upperBound, by: width) {
                for neuron in 0..<width { unsafe g[row + neuron] *= inverse[neuron] }
            }
            for shard in shards {
                network.statistics.blend(
                    layer: index, means: shard.means[index], deviations: shard.deviations[index],
                    scales: network.quantized.scales[index], momentum: 0.05)
            }
        }
        let unit = network.architecture.readoutUnit
        for part in network.layout.readoutWeights + [network.layout.readoutBiases] {
            for position in part { unsafe g[position] *= unit }
        }
    }
}

/// Seconds of the monotonic clock.
private func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
