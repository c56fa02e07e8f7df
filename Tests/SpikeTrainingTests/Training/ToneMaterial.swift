import SpikeSignals

@testable import SpikeTraining

/// Two "words" that a network can learn in a few steps: a rising and a falling pair of tones, and noise around them.
enum ToneMaterial {
    static let rate = 4_000

    /// A second with two tones one after the other.
    static func word(_ first: Double, _ second: Double, seed: UInt64) -> [Int16] {
        var generator = SeededGenerator(seed)
        let shift = Int(generator.uniform(-200...200))
        return (0..<rate).map { index in
            let position = index - shift
            guard position > 1_000, position < 3_000 else { return Int16(generator.uniform(-20...20)) }
            let frequency = position < 2_000 ? first : second
            return Int16(6_000 * Sine.value(frequency * Double(position) / Double(rate)))
        }
    }

    static func material() -> SpeechMaterial {
        let noise = (0..<4).map { seed -> [Int16] in
            var generator = SeededGenerator(UInt64(seed), 5)
            return (0..<2 * rate).map { _ in Int16(generator.uniform(-3_000...3_000)) }
        }
        return SpeechMaterial(
            words: ["up", "down"],
            clips: [
                (0..<6).map { word(125, 375, seed: $0) }, (0..<6).map { word(375, 125, seed: $0) },
                (0..<6).map { word(200, 200, seed: $0) }, [],
            ], noise: noise)
    }

    static func configuration() -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.epochs = 16
        configuration.learningRate = 0.02
        configuration.teacherEpochs = 2
        configuration.batch = 16
        configuration.examplesPerWord = 32
        configuration.unknownShare = 1
        configuration.silenceShare = 0.5
        configuration.seed = 11
        // Backwards, one of these words is the other.
        configuration.augmentation.hardNegatives = 0
        configuration.augmentation.runningSpeech = 0
        // The stand-in for the ear counts zero crossings, which noise drowns.
        configuration.augmentation.clean = 1
        configuration.augmentation.speed = 1...1
        return configuration
    }

    static let architecture = TemporalArchitecture(
        inputs: 8, maximumInputSpikes: 15, tickNanoseconds: 20_000_000,
        layers: [.init(width: 12, delays: [0, 1, 2]), .init(width: 8, delays: [0, 3, 6])], outputs: 4)

    static func pool(_ configuration: TrainingConfiguration) -> ExamplePool {
        ExamplePool(configuration, material: material(), sampleRate: rate) { ToneEncoder() }
    }

    /// Clips of takes that training has not seen.
    static func dev() -> [EncodedClip] {
        let ear = ToneEncoder()
        return (100..<110).flatMap { seed in
            [(125.0, 375.0), (375, 125), (200, 200)].enumerated().map { label, tones in
                var counts: [UInt8] = []
                ear.appendCounts(of: word(tones.0, tones.1, seed: UInt64(seed)).map { Int32($0) << 8 }, to: &counts)
                return EncodedClip(counts: counts, label: label)
            }
        }
    }
}

/// A quick stand-in for the ear: how often the waveform crosses zero upwards in the halves of a tick, in classes of
/// frequency, with more spikes the louder it is.
final class ToneEncoder: ClipEncoder {
    let channels = 8
    let samplesPerTick = 80

    func appendCounts(of clip: [Int32], to counts: inout [UInt8]) {
        for start in stride(from: 0, to: clip.count / 80 * 80, by: 80) {
            var tick = [UInt8](repeating: 0, count: 8)
            for half in 0..<2 {
                let part = clip[start + 40 * half..<start + 40 * half + 40]
                let crossings = zip(part, part.dropFirst()).count { $0 < 0 && $1 >= 0 }
                let loudness = part.reduce(0) { max($0, abs($1)) }.leadingZeroBitCount
                tick[half * 4 + (min(crossings, 3))] =
                    UInt8(max(0, 15 - max(0, loudness - 8) * 2))
            }
            counts += tick
        }
    }
}

/// Sine of a number of turns, without the platform's library.
enum Sine {
    static func value(_ turns: Double) -> Double {
        let x = (turns - turns.rounded(.down)) * 4
        let quarter = x.truncatingRemainder(dividingBy: 1) * 1.570_796_326_794_896_6
        let odd = Int(x) % 2 == 1
        let t = odd ? 1.570_796_326_794_896_6 - quarter : quarter
        let t2 = t * t
        let sine = t * (1 - t2 / 6 * (1 - t2 / 20 * (1 - t2 / 42 * (1 - t2 / 72))))
        return x < 2 ? sine : -sine
    }
}
