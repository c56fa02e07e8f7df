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
    private let teacher: TrainableNetwork?
    private let teacherShards: [Shard]
    private let gradients: FloatBuffer
    private let schedule: LearningRate

    /// Prepares a run.
    ///
    /// - Parameters:
    ///   - makeEncoder: makes an ear for each thread.
    ///   - teacher: a trained network with the same inputs and outputs whose opinions are learned too.
    public init(
        _ architecture: TemporalArchitecture, configuration: TrainingConfiguration, material: SpeechMaterial,
        dev: [EncodedClip], sampleRate: Int, teacher: TrainableNetwork? = nil, makeEncoder: () -> any ClipEncoder
    ) {
        MatrixProduct.useCallingThreadOnly()
        self.configuration = configuration
        self.dev = dev
        self.teacher = teacher
        teacher?.quantize()
        network = TrainableNetwork(architecture, seed: configuration.seed)
        optimizer = Adam(count: network.layout.count)
        gradients = FloatBuffer(network.layout.count)
        let slots = Self.slots(configuration, words: material.words)
        pool = ExamplePool(
            slots: slots,
            composer: ExampleComposer(
                material: material, augmentation: configuration.augmentation, sampleRate: sampleRate),
            encoders: (0..<configuration.shards).map { _ in makeEncoder() }, seed: configuration.seed,
            period: configuration.refreshEpochs)
        let clips = configuration.batch / configuration.shards
        let ticks = pool.streamTicks
        let layout = network.layout
        shards = (0..<configuration.shards).map { _ in Shard(architecture, layout, clips: clips, mostTicks: ticks) }
        teacherShards = teacher.map { teacher in
            (0..<configuration.shards).map { _ in
                Shard(teacher.architecture, teacher.layout, clips: clips, mostTicks: ticks)
            }
        } ?? []
        let steps = slots.count / configuration.batch * configuration.epochs
        schedule = LearningRate(peak: configuration.learningRate, warmUp: 60, steps: steps)
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
        let batches = drawBatches()
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
        let description = network.description()
        let accuracy = try Self.accuracy(of: description, on: dev, workers: configuration.shards)
        let isBest = accuracy >= bestAccuracy
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

    /// The slots of each step of an epoch: clips with clips, streams with streams, in drawn order.
    private func drawBatches() -> [[Int]] {
        var generator = SeededGenerator(configuration.seed, 0x6F72_6465, UInt64(epoch))
        var batches: [[Int]] = []
        for isStream in [false, true] {
            let slots = pool.slots.indices.filter { pool.slots[$0].isStream == isStream }.shuffled(using: &generator)
            for start in stride(from: 0, through: slots.count - configuration.batch, by: configuration.batch) {
                batches.append(Array(slots[start..<start + configuration.batch]))
            }
        }
        return batches.shuffled(using: &generator)
    }

    private func train(_ batch: [Int]) -> (loss: Float, correct: Int) {
        let isStream = pool.slots[batch[0]].isStream
        let ticks = isStream ? pool.streamTicks : pool.clipTicks
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
        var opinions: [Float]?
        if let teacher {
            let other = teacherShards[worker]
            fill(other.input, slots: slots, ticks: ticks)
            other.forward(
                ticks: ticks, weights: teacher.quantized, parameters: teacher.parameters,
                normalization: .running(teacher.statistics))
            opinions = unsafe loss.logEvidence(other.readout.start, ticks: window)
        }
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

    private static func slots(_ configuration: TrainingConfiguration, words: Int) -> [ExamplePool.Slot] {
        let perWord = Float(configuration.examplesPerWord)
        let counts =
            [Int](repeating: configuration.examplesPerWord, count: words)
            + [Int(perWord * configuration.unknownShare), Int(perWord * configuration.silenceShare)]
        return counts.enumerated().flatMap { label, count in
            (0..<count).map { index in
                let isStream = Float(index) < Float(count) * configuration.augmentation.streams
                return ExamplePool.Slot(isStream: isStream, label: label)
            }
        }
    }
}

/// Seconds of the monotonic clock.
private func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
