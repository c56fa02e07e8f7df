import SpikeSignals

/// The encoded examples of an epoch; a part of them is drawn anew for every epoch.
///
/// Encoding costs more than a training step, so the pool keeps most examples for a few epochs: slot `i` is drawn anew
/// in every epoch `e` with `(i + e) % period == 0`, from a generator seeded by slot and epoch. A resumed run finds the
/// same examples.
@safe
public final class ExamplePool {
    /// One example: where its counts start, and what it is.
    struct Slot: Sendable {
        var isStream: Bool
        var label: Int
    }

    let slots: [Slot]
    let clipTicks: Int
    let streamTicks: Int
    let channels: Int

    private let composer: ExampleComposer
    private let encoders: [any ClipEncoder]
    private let seed: UInt64
    private let period: Int
    private let counts: UnsafeMutablePointer<UInt8>
    private let stride: Int
    private var generations: [Int]

    /// A pool for the epochs of `configuration`, encoded on as many threads as it has shards.
    ///
    /// - Parameter makeEncoder: makes an ear for each thread.
    public convenience init(
        _ configuration: TrainingConfiguration, material: SpeechMaterial, sampleRate: Int,
        makeEncoder: () -> any ClipEncoder
    ) {
        self.init(
            slots: configuration.slots(words: material.words),
            composer: ExampleComposer(
                material: material, augmentation: configuration.augmentation, sampleRate: sampleRate),
            encoders: (0..<configuration.shards).map { _ in makeEncoder() }, seed: configuration.seed,
            period: configuration.refreshEpochs)
    }

    /// A pool of one slot for each entry of `slots`.
    init(slots: [Slot], composer: ExampleComposer, encoders: [any ClipEncoder], seed: UInt64, period: Int) {
        self.slots = slots
        self.composer = composer
        self.encoders = encoders
        self.seed = seed
        self.period = period
        channels = encoders[0].channels
        clipTicks = composer.sampleRate / encoders[0].samplesPerTick
        // Two seconds are encoded; the first half second only warms the ear up.
        streamTicks = clipTicks * 3 / 2
        stride = 2 * clipTicks * channels
        generations = [Int](repeating: -1, count: slots.count)
        unsafe counts = .allocate(capacity: stride * slots.count)
        unsafe counts.initialize(repeating: 0, count: stride * slots.count)
    }

    deinit { unsafe counts.deallocate() }

    /// Draws the slots that are due in `epoch`, on as many threads as there are encoders.
    func prepare(epoch: Int) {
        let due = slots.indices.filter { generations[$0] != generation(ofSlot: $0, epoch: epoch) }
        let workers = encoders.count
        Workers.run(workers) { worker in
            for index in Swift.stride(from: worker, to: due.count, by: workers) {
                draw(slot: due[index], generation: generation(ofSlot: due[index], epoch: epoch), encoders[worker])
            }
        }
        for slot in due { generations[slot] = generation(ofSlot: slot, epoch: epoch) }
    }

    /// The counts of a slot that the network sees: `ticks` ticks of `channels` counts.
    func withCounts<R>(ofSlot slot: Int, _ body: (UnsafePointer<UInt8>) -> R) -> R {
        let skipped = slots[slot].isStream ? (2 * clipTicks - streamTicks) * channels : 0
        return unsafe body(counts + slot * stride + skipped)
    }

    /// The slots of each step of an epoch: clips with clips, streams with streams, in drawn order.
    func batches(of size: Int, epoch: Int) -> [[Int]] {
        var generator = SeededGenerator(seed, 0x6F72_6465, UInt64(epoch))
        var batches: [[Int]] = []
        for isStream in [false, true] {
            let members = slots.indices.filter { slots[$0].isStream == isStream }.shuffled(using: &generator)
            for start in Swift.stride(from: 0, through: members.count - size, by: size) {
                batches.append(Array(members[start..<start + size]))
            }
        }
        return batches.shuffled(using: &generator)
    }

    /// How many ticks the network sees of a slot.
    func ticks(ofSlot slot: Int) -> Int { slots[slot].isStream ? streamTicks : clipTicks }

    /// The epoch in which the example that slot `slot` holds in `epoch` was drawn.
    private func generation(ofSlot slot: Int, epoch: Int) -> Int { max(0, epoch - (slot + epoch) % period) }

    private func draw(slot: Int, generation: Int, _ encoder: any ClipEncoder) {
        var generator = SeededGenerator(seed, UInt64(slot), UInt64(generation))
        let samples =
            slots[slot].isStream
            ? composer.stream(label: slots[slot].label, using: &generator)
            : composer.clip(label: slots[slot].label, using: &generator)
        var drawn: [UInt8] = []
        drawn.reserveCapacity(stride)
        encoder.appendCounts(of: Waveform.integers(samples), to: &drawn)
        for (index, count) in drawn.prefix(stride).enumerated() { unsafe counts[slot * stride + index] = count }
    }
}
