import SpikeEncoders
import SpikeNetwork
import SpikeSignals
import Testing

@testable import SpikeTraining

@Suite struct GestureLabelsTests {
    @Test func aMirrorExchangesSidesAndSenses() {
        let labels = GestureLabels([
            "right_hand_wave", "left_hand_wave", "right_arm_clockwise", "right_arm_counter_clockwise",
            "left_arm_clockwise", "left_arm_counter_clockwise", "other", "left_turn",
        ])
        #expect(labels.mirrored == [1, 0, 5, 4, 3, 2, 6, -1])
        #expect(labels.mirror(of: 7) == nil)
    }
}

@Suite struct GestureClipComposerTests {
    static let labels = GestureLabels(["left_dot", "right_dot"])

    /// A dot that goes down in one column of the sensor, an event each millisecond.
    static func dot(column: UInt16, label: Int) -> LabelledRecording {
        let events = (0..<3_000).map { index in
            PixelEvent(offset: Int32(index * 1_000), x: column, y: UInt16(index / 30), isOn: true)
        }
        return LabelledRecording(events: events, width: 128, height: 128, label: label)
    }

    @Test func withoutChangesAClipIsThePartOfTheRecording() throws {
        let composer = try GestureClipComposer(
            EventGridParameters(), labels: Self.labels, augmentation: .none, ticks: 20)
        var generator = SeededGenerator(4)
        var seen: [Int: Int] = [:]
        let label = composer.compose(Self.dot(column: 10, label: 0), &generator) { tick, spikes in
            seen[tick, default: 0] += 1
            // Column 10 of the sensor is column 2 of the grid, `on` is the second channel of a cell.
            #expect(spikes.channel / 2 % 32 == 2 && spikes.channel % 2 == 1)
        }
        #expect(label == 0)
        #expect(seen.count == 20)
    }

    @Test func ofALargeSensorThePartWithTheActionIsTaken() throws {
        var dice = SeededGenerator(11)
        let scene = (0..<40_000).map { index in
            PixelEvent(
                offset: Int32(index), x: UInt16(dice.index(below: 128)), y: UInt16(dice.index(below: 128)),
                isOn: index % 3 == 0)
        }
        let moved = scene.map { PixelEvent(offset: $0.offset, x: $0.x + 500, y: $0.y + 40, isOn: $0.isOn) }
        let large = LabelledRecording(events: moved, width: 1_280, height: 720, label: 3)
        let framed = try large.framed(for: EventGridParameters())
        #expect(framed.events == scene)
        #expect((framed.width, framed.height, framed.label) == (128, 128, 3))
        var cropped = EventGridParameters()
        cropped.crop = .init(x: 0, y: 0, width: 10, height: 10)
        for same in [
            try large.framed(for: cropped),
            try LabelledRecording(
                events: [], width: 640, height: 480, label: 0
            ).framed(for: EventGridParameters()),
        ] { #expect(same.width > 128) }
        // What is outside the region is left out.
        let stray = PixelEvent(offset: 50_000, x: 1_270, y: 700, isOn: true)
        let noise = (0..<60_000).map { index in
            PixelEvent(
                offset: Int32(index), x: UInt16(dice.index(below: 1_280)), y: UInt16(dice.index(below: 720)), isOn: true
            )
        }
        let noisy = LabelledRecording(events: moved + noise + [stray], width: 1_280, height: 720, label: 3)
        let part = try noisy.framed(for: EventGridParameters())
        #expect(part.width < 160 && part.events.count < 43_000 && part.events.count > 39_000)
        #expect(part.events.allSatisfy { Int($0.x) < part.width && Int($0.y) < part.height })
    }

    @Test func aMirroredClipHasTheOtherLabel() throws {
        var augmentation = GestureAugmentation.none
        augmentation.mirror = 1
        let composer = try GestureClipComposer(
            EventGridParameters(), labels: Self.labels, augmentation: augmentation, ticks: 10)
        var generator = SeededGenerator(4)
        let label = composer.compose(Self.dot(column: 10, label: 0), &generator) { _, spikes in
            #expect(spikes.channel / 2 % 32 == 29)
        }
        #expect(label == 1)
    }

    @Test func eventsAreLostAndNoiseIsAdded() throws {
        func count(_ change: (inout GestureAugmentation) -> Void) throws -> Int {
            var augmentation = GestureAugmentation.none
            change(&augmentation)
            let composer = try GestureClipComposer(
                EventGridParameters(), labels: Self.labels, augmentation: augmentation, ticks: 50)
            var total = 0
            for seed in 0..<20 {
                var generator = SeededGenerator(UInt64(seed))
                _ = composer.compose(Self.dot(column: 10, label: 0), &generator) { _, spikes in
                    total += Int(spikes.count)
                }
            }
            return total
        }
        let plain = try count { _ in }
        #expect(try count { $0.dropout = 0.9 } < plain)
        #expect(try count { $0.noise = 2 } > plain + 1_000)
        #expect(try count { $0.speed = 2 } != plain)
    }

    /// Half of the changes: half the shift, turn, loss, noise and exchange, the root of the factors, and as many mirrored ones.
    @Test func changesCanBeMadeSmaller() {
        let usual = GestureAugmentation()
        let half = usual.scaled(by: 0.5)
        #expect(half.mirror == usual.mirror)
        #expect([half.shift, half.rotation, half.dropout, half.noise, half.inversion] == [0.06, 0.075, 0.25, 1, 0.1])
        #expect(abs(half.scale * half.scale - usual.scale) < 1e-5 && abs(half.speed * half.speed - usual.speed) < 1e-5)
        #expect(usual.scaled(by: 1) == usual)
        var none = usual.scaled(by: 0)
        none.mirror = 0
        #expect(none == .none && none.scale == 1 && none.speed == 1)
    }

    @Test func noiseIsEverywhere() throws {
        var augmentation = GestureAugmentation.none
        augmentation.noise = 20
        let composer = try GestureClipComposer(
            EventGridParameters(), labels: Self.labels, augmentation: augmentation, ticks: 50)
        let still = LabelledRecording(events: [], width: 128, height: 128, label: 0)
        var cells: Set<UInt16> = []
        for seed in 0..<6 {
            var generator = SeededGenerator(UInt64(seed))
            _ = composer.compose(still, &generator) { _, spikes in cells.insert(spikes.channel) }
        }
        #expect(cells.count > 1_900)
    }
}

/// Training on moving dots: small, quick, and hard to get right by chance.
@Suite struct GestureTrainerTests {
    /// A dot that goes right (label 0) or left (label 1), again and again.
    final class Dots: RecordingSource {
        func recording(ofLabel label: Int, seed: UInt64) -> LabelledRecording {
            var generator = SeededGenerator(seed)
            let row = 20 + generator.index(below: 80)
            let speed = generator.uniform(0.08...0.16)
            var events: [PixelEvent] = []
            for index in 0..<4_000 {
                let place = Int(Float(index) * speed) % 112
                let x = 8 + (label == 0 ? place : 111 - place)
                events.append(
                    PixelEvent(
                        offset: Int32(index * 250), x: UInt16(x), y: UInt16(row + index % 5), isOn: index % 2 == 0))
            }
            return LabelledRecording(events: events, width: 128, height: 128, label: label)
        }
    }

    static func trainer(seed: UInt64 = 1) throws -> GestureTrainer {
        var grid = EventGridParameters()
        (grid.width, grid.height) = (16, 16)
        let first = Convolution(
            input: Grid(height: 16, width: 16, channels: 2), kernel: 3, stride: 2, padding: 1, channels: 8)
        let second = Convolution(input: first.output, pool: 2, kernel: 3, padding: 1, channels: 12)
        let architecture = TemporalArchitecture(
            inputs: grid.channels, maximumInputSpikes: grid.maximumSpikes, tickNanoseconds: grid.tickNanoseconds,
            layers: [
                .init(first, delays: [0, 2]), .init(second, delays: [0, 2]), .init(width: 16, delays: [0, 4]),
            ], readoutLayers: 1, outputs: 2)
        var configuration = GestureTraining()
        configuration.epochs = 6
        configuration.batch = 8
        configuration.recordingsPerLabel = 96
        configuration.clipTicks = 40
        configuration.windowTicks = 16
        configuration.learningRate = 0.01
        configuration.seed = seed
        configuration.augmentation.mirror = 0
        configuration.augmentation.rotation = 0
        let dev = (0..<20).map { Dots().recording(ofLabel: $0 % 2, seed: 1_000 + UInt64($0)) }
        return try GestureTrainer(
            architecture, configuration: configuration, encoder: grid, labels: GestureLabels(["to_right", "to_left"]),
            sources: [Dots(), Dots()], dev: dev)
    }

    @Test func directionsAreLearned() throws {
        let trainer = try Self.trainer()
        while !trainer.isFinished { _ = try trainer.runEpoch { _ in } }
        #expect(trainer.bestAccuracy >= 0.95)
    }

    @Test func aStoppedRunGoesOnAsIfItHadNotStopped() throws {
        let whole = try Self.trainer()
        for _ in 0..<3 { _ = try whole.runEpoch { _ in } }
        let stopped = try Self.trainer()
        _ = try stopped.runEpoch { _ in }
        let path = "/tmp/spikeline-gesture-\(UInt64.random(in: 0 ... .max))"
        try stopped.writeCheckpoint(to: path)
        let resumed = try Self.trainer()
        try resumed.resume(from: path)
        for _ in 0..<2 { _ = try resumed.runEpoch { _ in } }
        #expect(resumed.network.description() == whole.network.description())
        #expect(throws: SpikelineError.self) { try Self.trainer(seed: 2).resume(from: path) }
    }

    @Test func aNewClassIsAddedAndTheOldOutputsStay() throws {
        let trainer = try Self.trainer()
        while !trainer.isFinished { _ = try trainer.runEpoch { _ in } }
        if let best = trainer.best { trainer.network.snapshot = best }
        let network = trainer.network.description()
        var grid = EventGridParameters()
        (grid.width, grid.height) = (16, 16)
        let composer = try GestureClipComposer(
            grid, labels: GestureLabels(["to_right", "to_left"]), augmentation: .none, ticks: 40)
        // A dot that jumps about: neither.
        func jumping(_ seed: UInt64) -> LabelledRecording {
            var generator = SeededGenerator(seed)
            let events = (0..<4_000).map { index in
                PixelEvent(
                    offset: Int32(index * 250), x: UInt16(generator.index(below: 128)),
                    y: UInt16(generator.index(below: 128)), isOn: index % 2 == 0)
            }
            return LabelledRecording(events: events, width: 128, height: 128, label: 2)
        }
        let enrolment = try OutputEnrolment(network, scaleBits: 8)
        var settings = OutputEnrolment.Settings()
        settings.windowTicks = 16
        let others = try (0..<80).map { index in
            try enrolment.example(
                composer.clip(of: Dots().recording(ofLabel: index % 2, seed: 500 + UInt64(index))), isNew: false)
        }
        let own = try (0..<8).map { try enrolment.example(composer.clip(of: jumping(UInt64($0))), isNew: true) }
        let output = try enrolment.learn(others + own, settings: settings)
        #expect(try enrolment.learn(others + own, settings: settings) == output)
        let learned = enrolment.network(with: output)
        let judged =
            (0..<20).map { composer.clip(of: Dots().recording(ofLabel: $0 % 2, seed: 2_000 + UInt64($0))) }
            + (0..<10).map { composer.clip(of: jumping(100 + UInt64($0))) }
        let before = try Self.accuracy(of: network, on: Array(judged[..<20]))
        #expect(try Self.accuracy(of: learned, on: Array(judged[..<20])) >= before - 0.15)
        #expect(try Self.accuracy(of: learned, on: Array(judged[20...])) >= 0.9)
        // The old outputs say what they said, tick by tick.
        let (old, new) = (try SpikingNetwork(network), try SpikingNetwork(learned))
        for tick in 0..<judged[0].ticks {
            try old.step(judged[0].tick(tick))
            try new.step(judged[0].tick(tick))
            for output in 0..<2 { #expect(old.potential(ofOutput: output) == new.potential(ofOutput: output)) }
        }
        #expect(throws: SpikelineError.self) { try enrolment.learn(others, settings: settings) }
    }

    static func accuracy(of network: NetworkDescription, on clips: [SpikeClip]) throws -> Double {
        let engine = try SpikingNetwork(network)
        let right = try clips.count { try GestureTrainer.label(of: $0, engine, scaleBits: 8) == $0.label }
        return Double(right) / Double(clips.count)
    }
}

/// The trainer's forward pass and the engine on convolutions.
@Suite struct ConvolutionAgreementTests {
    @Test(arguments: [1, 2, 3]) func spikesAndPotentialsAreEqual(seed: UInt64) throws {
        let first = Convolution(
            input: Grid(height: 9, width: 8, channels: 2), kernel: 5, stride: 2, padding: 2, channels: 4)
        let second = Convolution(input: first.output, pool: 2, kernel: 2, channels: 6)
        let architecture = TemporalArchitecture(
            inputs: 144, maximumInputSpikes: 5, tickNanoseconds: 20_000_000,
            layers: [
                .init(first, delays: [0, 2]), .init(second, delays: [0, 1, 4]), .init(width: 9, delays: [0, 3]),
            ],
            readoutLayers: 1, outputs: 3)
        let network = TrainableNetwork(architecture, seed: seed)
        network.quantize()
        var generator = SeededGenerator(seed, 9)
        let shard = Shard(architecture, network.layout, clips: 1, mostTicks: 30)
        let counts = (0..<30 * 144).map { _ in
            generator.chance(0.3) ? UInt8(generator.index(below: 6)) : 0
        }
        for (index, count) in counts.enumerated() { unsafe shard.input.start[index] = Float(count) }
        shard.forward(ticks: 30, weights: network.quantized, parameters: network.parameters, normalization: .batch)
        for index in architecture.layers.indices {
            network.statistics.blend(
                layer: index, means: shard.means[index], deviations: shard.deviations[index],
                scales: network.quantized.scales[index], momentum: 1)
        }
        let agreement = try EngineAgreement(network, clips: [EncodedClip(counts: counts, label: 0)])
        #expect(agreement.different == 0)
        #expect(agreement.spikes > 200)
        #expect(agreement.compared > 2_000)
    }
}
