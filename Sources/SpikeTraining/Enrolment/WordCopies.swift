import SpikeSignals

/// Changed copies of a recorded word in running sound, for learning and for judging.
///
/// ```
/// | bed: noise, or speech of others    |  word   | bed      |
/// 0                                  2.0 s              + 0.5 s
/// ```
/// The bed lets the ear adapt before the word comes, as it has in a stream; a detector that learned from clips would
/// learn how a clip begins. Quiet copies have noise 30 to 40 dB below the word, loud ones 8 to 28 dB, or other
/// speech 15 to 28 dB below it; speed changes by up
/// to 10 % either way (pitch moves along), the level by -18 to +3 dB. Everything is drawn from the seed.
struct WordCopies {
    let sampleRate: Int
    let seed: UInt64
    /// Sounds that beds are cut from, beside computed noise.
    let background: [[Int16]]

    static let quiet = 2
    static let loud = 8

    /// A copy as the ear gets it, and where the word ends in it.
    struct Copy {
        var samples: [Int32]
        var wordEnd: Int
    }

    /// Copy `index` of recording `number`; the first ``quiet`` ones are quiet.
    func copy(_ index: Int, of recording: WordRecording, number: Int) -> Copy {
        var generator = SeededGenerator(seed, 0x776F_7264, UInt64(number), UInt64(index))
        let isQuiet = index < Self.quiet
        let speed = index == 0 ? 1 : generator.uniform(0.9...1.1)
        let word = Waveform.resampled(recording.cut(sampleRate: sampleRate), speed: speed)
        let before = 2 * sampleRate + generator.index(below: sampleRate / 10)
        var samples = [Float](repeating: 0, count: before + word.count + sampleRate / 2)
        let level = Waveform.level(word)
        if !isQuiet, !background.isEmpty, generator.chance(0.25) {
            // Somebody else speaks until shortly before the word.
            let end = before - sampleRate / 10 - generator.index(below: sampleRate / 2)
            let other = Waveform.cut(
                background[generator.index(below: background.count)], count: end, using: &generator)
            let gain = level / max(Waveform.level(other), 1e-4) * Waveform.amplitude(generator.uniform(-12...0))
            Waveform.mix(other, gain: gain, into: &samples, at: 0)
        }
        Waveform.mix(word, gain: 1, into: &samples, at: before)
        let isComputed = isQuiet || generator.chance(0.75)
        let noise = noise(count: samples.count, isComputed: isComputed, using: &generator)
        let ratio = generator.uniform(isQuiet ? 30...40 : isComputed ? 8...28 : 15...28)
        let gain = level / max(Waveform.level(noise), 1e-6) * Waveform.amplitude(-ratio)
        for index in samples.indices { samples[index] += noise[index] * gain }
        let peak = samples.reduce(Float(1e-6)) { max($0, abs($1)) }
        let wanted = Waveform.amplitude(generator.uniform(-18...3))
        let scale = min(wanted, 1 / peak)
        return Copy(samples: Waveform.integers(samples.map { $0 * scale }), wordEnd: before + word.count)
    }

    /// White noise, noise that falls by 6 dB an octave, a mixture of both, or a cut from the background.
    private func noise(count: Int, isComputed: Bool, using generator: inout SeededGenerator) -> [Float] {
        if !isComputed, !background.isEmpty {
            return Waveform.cut(background[generator.index(below: background.count)], count: count, using: &generator)
        }
        let pole = generator.uniform(0.9...0.995)
        let share = generator.uniform(0...1)
        var low: Float = 0
        return (0..<count).map { _ in
            let white = generator.normal()
            low = pole * low + (1 - pole * pole).squareRoot() * white
            return share * low + (1 - share) * white
        }
    }
}
