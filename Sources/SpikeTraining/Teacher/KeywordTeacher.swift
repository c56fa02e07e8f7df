import SpikeSignals

/// Trains the float teacher on the same examples as the spiking network, and tells its opinion of an example.
public final class KeywordTeacher {
    /// The epoch that comes next, from 0.
    public internal(set) var epoch = 0
    let configuration: TrainingConfiguration
    let architecture: TeacherArchitecture
    private let pool: ExamplePool
    private let dev: [EncodedClip]
    private let phases: Int
    private let shards: [TeacherShard]
    let parameters: FloatBuffer
    private let gradients: FloatBuffer
    let optimizer: Adam
    private let schedule: LearningRate
    var running: [(means: [Float], variances: [Float])]

    /// A teacher for the examples of `pool`, whose ticks consist of `phases` steps.
    public init(
        _ configuration: TrainingConfiguration, pool: ExamplePool, dev: [EncodedClip], phases: Int, outputs: Int
    ) throws(SpikelineError) {
        try MatrixProduct.prepare()
        self.configuration = configuration
        self.pool = pool
        self.dev = dev
        self.phases = phases
        let architecture = TeacherArchitecture(
            steps: pool.clipTicks * phases, channels: pool.channels / phases, outputs: outputs)
        self.architecture = architecture
        let clips = configuration.batch / configuration.shards
        let shards = (0..<configuration.shards).map { _ in TeacherShard(architecture, clips: clips) }
        self.shards = shards
        parameters = FloatBuffer(shards[0].parameterCount)
        gradients = FloatBuffer(shards[0].parameterCount)
        optimizer = Adam(count: shards[0].parameterCount)
        running = shards[0].units.map {
            ([Float](repeating: 0, count: $0.shape.outputs), [Float](repeating: 1, count: $0.shape.outputs))
        }
        let steps = pool.batches(of: configuration.batch, epoch: 0).count * max(configuration.teacherEpochs, 1)
        schedule = LearningRate(peak: configuration.teacherRate, warmUp: min(60, steps / 10), steps: steps)
        initialize()
    }

    /// Whether there is an epoch left to train.
    public var isFinished: Bool { epoch >= configuration.teacherEpochs }

    /// Trains one epoch; returns the accuracy on the dev clips.
    public func runEpoch(progress: (Double) -> Void) throws(SpikelineError) -> Double {
        pool.prepare(epoch: epoch)
        let batches = pool.batches(of: configuration.batch, epoch: epoch)
        for (index, batch) in batches.enumerated() {
            train(batch)
            progress(Double(index + 1) / Double(batches.count))
        }
        epoch += 1
        return accuracy()
    }

    /// The logits of examples, `[slot][output]`; as many slots as a shard has clips.
    func opinions(ofSlots slots: [Int], pool: ExamplePool, worker: Int) -> [Float] {
        var generator = SeededGenerator(0)
        fill(shards[worker], slots: slots)
        shards[worker].forward(parameters: parameters, running: running, using: &generator)
        return shards[worker].logits
    }

    /// The share of the dev clips that the teacher gets right.
    public func accuracy() -> Double {
        let clips = shards[0].clips
        var correct = 0
        var generator = SeededGenerator(0)
        for start in stride(from: 0, to: dev.count, by: clips) {
            let part = Array(dev[start..<min(start + clips, dev.count)])
            for (index, clip) in part.enumerated() {
                unsafe clip.counts.withUnsafeBufferPointer { counts in
                    guard let base = counts.baseAddress else { return }
                    unsafe copy(base, ticks: pool.clipTicks, clip: index, to: shards[0])
                }
            }
            shards[0].forward(parameters: parameters, running: running, using: &generator)
            for (index, clip) in part.enumerated() {
                let row = shards[0].logits[index * architecture.outputs..<(index + 1) * architecture.outputs]
                if row.indices.max(by: { row[$0] < row[$1] }).map({ $0 - row.startIndex }) == clip.label {
                    correct += 1
                }
            }
        }
        return Double(correct) / Double(max(dev.count, 1))
    }

    private func initialize() {
        var generator = SeededGenerator(configuration.seed, 0x7465_6163)
        for unit in shards[0].units {
            let deviation = (2 / Float(unit.shape.taps * unit.shape.inputs)).squareRoot()
            for index in unit.weights { unsafe parameters.start[index] = generator.normal() * deviation }
            for index in unit.gains { unsafe parameters.start[index] = 1 }
        }
        let deviation = (1 / Float(architecture.widths.last ?? 1)).squareRoot()
        for index in shards[0].denseWeights { unsafe parameters.start[index] = generator.normal() * deviation }
    }

    private func train(_ batch: [Int]) {
        let clips = shards[0].clips
        Workers.run(shards.count) { worker in
            let slots = Array(batch[worker * clips..<(worker + 1) * clips])
            train(shards[worker], slots: slots, step: optimizer.steps, worker: worker)
        }
        let scale = 1 / Float(configuration.batch)
        for index in 0..<gradients.count {
            var sum: Float = 0
            for shard in shards { unsafe sum += shard.gradients.start[index] }
            unsafe gradients.start[index] = sum * scale
        }
        optimizer.step(
            parameters, gradients: gradients, rate: schedule.rate(atStep: optimizer.steps), weightDecay: 0)
        for shard in shards {
            for (index, unit) in shard.units.enumerated() where unit.shape.isNormalized {
                for channel in unit.means.indices {
                    running[index].means[channel] += 0.05 * (unit.means[channel] - running[index].means[channel])
                    running[index].variances[channel] +=
                        0.05 * (unit.variances[channel] - running[index].variances[channel])
                }
            }
        }
    }

    private func train(_ shard: TeacherShard, slots: [Int], step: Int, worker: Int) {
        var generator = SeededGenerator(configuration.seed, 0x6472_6F70, UInt64(step), UInt64(worker))
        fill(shard, slots: slots)
        shard.forward(parameters: parameters, running: nil, dropout: 0.3, using: &generator)
        var loss = PooledLoss(clips: slots.count, outputs: architecture.outputs)
        loss.smoothing = configuration.labelSmoothing
        // One tick whose readout in octaves is the logit: its evidence is the logit again.
        let log2e: Float = 1.442_695_04
        let readout = shard.logits.map { $0 * log2e }
        var slopes = [Float](repeating: 0, count: readout.count)
        _ = unsafe readout.withUnsafeBufferPointer { readout in
            unsafe slopes.withUnsafeMutableBufferPointer { slopes in
                guard let values = readout.baseAddress, let target = slopes.baseAddress else { return }
                _ = unsafe loss.evaluate(
                    values, ticks: 0..<1, labels: slots.map { pool.slots[$0].label },
                    weights: [Float](repeating: 1, count: slots.count), teacher: nil, gradients: target)
            }
        }
        shard.backward(slopes: slopes.map { $0 * log2e }, parameters: parameters)
    }

    private func fill(_ shard: TeacherShard, slots: [Int]) {
        for (index, slot) in slots.enumerated() {
            let skipped = pool.ticks(ofSlot: slot) - pool.clipTicks
            unsafe pool.withCounts(ofSlot: slot) { counts in
                unsafe copy(counts + skipped * pool.channels, ticks: pool.clipTicks, clip: index, to: shard)
            }
        }
    }

    /// Copies the ticks of a clip, each of `phases` steps, and brings the counts to a range of about 0 to 4.
    private func copy(_ counts: UnsafePointer<UInt8>, ticks: Int, clip: Int, to shard: TeacherShard) {
        let channels = architecture.channels
        for step in 0..<ticks * phases {
            let row = unsafe shard.input.start + (step * shard.clips + clip) * channels
            for channel in 0..<channels { unsafe row[channel] = Float(counts[step * channels + channel]) * 0.3 }
        }
    }
}
