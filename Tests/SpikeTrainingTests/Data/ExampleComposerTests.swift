import SpikeSignals
import Testing

@testable import SpikeTraining

@Suite struct ExampleComposerTests {
    let composer = ExampleComposer(
        material: ToneMaterial.material(), augmentation: Augmentation(), sampleRate: ToneMaterial.rate)

    @Test(arguments: 0..<4) func examplesDependOnTheirSeedAlone(label: Int) {
        func draw(_ seed: UInt64) -> ([Float], [Float]) {
            var generator = SeededGenerator(seed)
            return (composer.clip(label: label, using: &generator), composer.stream(label: label, using: &generator))
        }
        let (clip, stream) = draw(1)
        #expect(clip.count == 4_000 && stream.count == 8_000)
        #expect(draw(1) == (clip, stream))
        #expect(draw(2) != (clip, stream))
    }

    @Test func nothingExceedsFullScaleOrIsLost() {
        for seed in 0..<40 {
            var generator = SeededGenerator(UInt64(seed))
            let label = seed % 4
            let samples =
                seed % 2 == 0
                ? composer.clip(label: label, using: &generator) : composer.stream(label: label, using: &generator)
            let peak = samples.reduce(Float(0)) { max($0, abs($1)) }
            #expect(peak <= 1.001 && peak > 1e-5)
            let isFinite = samples.allSatisfy { $0.isFinite }
            #expect(isFinite)
        }
    }

    @Test func anotherSpeedMovesThePitchAndTheLength() {
        let tone = (0..<8_000).map { Float(Sine.value(Double($0) * 400 / 16_000)) }
        let fast = Waveform.resampled(tone, speed: 1.25)
        #expect(abs(fast.count - 6_398) < 3)
        let crossings = zip(fast, fast.dropFirst()).count { $0 < 0 && $1 >= 0 }
        #expect(abs(crossings - 200) <= 1)
        #expect(Waveform.resampled(tone, speed: 1) == tone)
    }

    @Test func mixingOutsideIsCut() {
        var target = [Float](repeating: 0, count: 100)
        Waveform.mix([Float](repeating: 1, count: 50), gain: 1, into: &target, at: -80)
        #expect(target == [Float](repeating: 0, count: 100))
        Waveform.mix([Float](repeating: 1, count: 50), gain: 1, into: &target, at: 200)
        Waveform.mix([], gain: 1, into: &target, at: 3)
        #expect(target == [Float](repeating: 0, count: 100))
        Waveform.mix([Float](repeating: 1, count: 50), gain: 2, into: &target, at: 90)
        #expect(target[95] > 0)
    }

    @Test func slotsAreDrawnAnewOverAFewEpochs() throws {
        let configuration = ToneMaterial.configuration()
        let pool = ToneMaterial.pool(configuration)
        func contents() -> [[UInt8]] {
            pool.slots.indices.map { slot in
                unsafe pool.withCounts(ofSlot: slot) { counts in
                    (0..<pool.ticks(ofSlot: slot) * pool.channels).map { unsafe counts[$0] }
                }
            }
        }
        pool.prepare(epoch: 0)
        let first = contents()
        #expect(first.count { $0.contains { $0 > 0 } } > first.count * 9 / 10)
        pool.prepare(epoch: 1)
        let changed = zip(first, contents()).count { $0 != $1 }
        #expect(changed > pool.slots.count / 8 && changed < pool.slots.count / 2)
        let later = ToneMaterial.pool(configuration)
        later.prepare(epoch: 1)
        let resumed = later.slots.indices.map { slot in
            unsafe later.withCounts(ofSlot: slot) { counts in
                (0..<later.ticks(ofSlot: slot) * later.channels).map { unsafe counts[$0] }
            }
        }
        #expect(resumed == contents())
    }
}
