import SpikeSignals

/// Draws training examples: words in noise, at other speeds, levels and places, alone and in running sound.
///
/// ```
/// clip    |   word (shifted)        |                 one second from a cold start, as a test clip is
/// stream  | before | other word |   word   |          the loss looks at the last second only
///         0       0.5          1.0        2.0 s       the first half second warms the ear up
/// ```
/// Everything is drawn from the generator that is passed in, so an example depends on its seed alone.
struct ExampleComposer: Sendable {
    let material: SpeechMaterial
    let augmentation: Augmentation
    let sampleRate: Int

    private var second: Int { sampleRate }

    /// A clip of one second of label `label`.
    func clip(label: Int, using generator: inout SeededGenerator) -> [Float] {
        if label == material.labels.count - 1 { return silence(count: second, using: &generator) }
        var word = drawWord(label: label, using: &generator)
        word = Waveform.resampled(word, speed: generator.uniform(augmentation.speed))
        var samples = [Float](repeating: 0, count: second)
        let shift = generator.uniform(-augmentation.shiftSeconds...augmentation.shiftSeconds) * Float(sampleRate)
        Waveform.mix(word, gain: 1, into: &samples, at: (second - word.count) / 2 + Int(shift))
        return finished(samples, speech: word, using: &generator)
    }

    /// Two seconds of running sound whose last second holds a word of label `label` (or, for silence, none).
    func stream(label: Int, using generator: inout SeededGenerator) -> [Float] {
        let count = 2 * second
        var samples = [Float](repeating: 0, count: count)
        let isSilence = label == material.labels.count - 1
        if label == material.words, generator.chance(augmentation.runningSpeech) {
            samples = runningSpeech(count: count, using: &generator)
            return finished(samples, speech: samples, using: &generator)
        }
        var word = isSilence ? [] : drawWord(label: label, using: &generator)
        word = Waveform.resampled(word, speed: generator.uniform(augmentation.speed))
        let end = count - Int(generator.uniform(-0.08...0.3) * Float(sampleRate))
        let start = isSilence ? second : end - word.count
        var reference = word
        if generator.chance(isSilence ? 0.5 : 0.6) {
            let other = drawWord(label: generator.index(below: material.words + 1), using: &generator)
            Waveform.mix(
                other, gain: Waveform.amplitude(generator.uniform(-6...6)), into: &samples,
                at: start - other.count + Int(generator.uniform(-0.3...0.1) * Float(sampleRate)))
            if isSilence { reference = other }
        }
        Waveform.mix(word, gain: 1, into: &samples, at: start)
        if reference.isEmpty { return silence(count: count, using: &generator) }
        return finished(samples, speech: reference, using: &generator)
    }

    /// A recording of `label`; for unknown words sometimes two halves of different words joined, or one reversed.
    private func drawWord(label: Int, using generator: inout SeededGenerator) -> [Float] {
        let isUnknown = label == material.words
        if isUnknown, generator.chance(augmentation.hardNegatives) {
            let first = anyWord(using: &generator)
            if generator.chance(0.25) { return first.reversed() }
            return joined(first, anyWord(using: &generator))
        }
        return recording(of: label, using: &generator)
    }

    /// A recording of `label`, now and then from the supplement.
    private func recording(of label: Int, using generator: inout SeededGenerator) -> [Float] {
        let supplement = material.supplement[label]
        let share = label == material.words ? augmentation.unknownSupplement : augmentation.supplement
        let isSupplement = !supplement.isEmpty && generator.chance(share)
        let clips = isSupplement ? supplement : material.clips[label]
        return clips.isEmpty ? [] : Waveform.floats(clips[generator.index(below: clips.count)])
    }

    /// Speech without any of the words: cut from a recording, or pieces of words strung together so that none is whole.
    private func runningSpeech(count: Int, using generator: inout SeededGenerator) -> [Float] {
        if !material.speech.isEmpty, generator.chance(0.5) {
            let speech = material.speech[generator.index(below: material.speech.count)]
            let speed = generator.uniform(augmentation.speed)
            let cut = Waveform.cut(speech, count: Int(Float(count) * speed) + 8, using: &generator)
            return Array(Waveform.resampled(cut, speed: speed).prefix(count))
        }
        var samples = [Float](repeating: 0, count: count)
        var position = 0
        while position < count {
            let word = anyWord(using: &generator)
            let length = Int(generator.uniform(0.12...0.32) * Float(sampleRate))
            guard word.count > length else { break }
            // The spoken part lies around the middle of a clip.
            let first = word.count / 4 + generator.index(below: max(1, word.count / 2 - length / 2))
            let piece = Array(word[min(first, word.count - length)..<min(first, word.count - length) + length])
            let gain = 0.1 / max(Waveform.level(piece), 0.01) * Waveform.amplitude(generator.uniform(-5...5))
            Waveform.mix(piece, gain: gain, into: &samples, at: position)
            position += length + (generator.chance(0.2) ? Int(generator.uniform(0...0.3) * Float(sampleRate)) : -160)
        }
        return samples
    }

    private func anyWord(using generator: inout SeededGenerator) -> [Float] {
        recording(of: generator.index(below: material.words + 1), using: &generator)
    }

    /// The first half of one word and the second half of another at the same level, with a cross-fade of 10 ms.
    private func joined(_ first: [Float], _ last: [Float]) -> [Float] {
        let count = min(first.count, last.count)
        let gain = Waveform.level(first) / Waveform.level(last)
        let fade = Float(sampleRate / 100)
        return (0..<count).map { index in
            let share = min(max(Float(index - count / 2) / fade + 0.5, 0), 1)
            return first[index] * (1 - share) + last[index] * gain * share
        }
    }

    private func silence(count: Int, using generator: inout SeededGenerator) -> [Float] {
        let noise = drawNoise(count: count, using: &generator)
        let gain = Waveform.amplitude(generator.uniform(-80 ... -10)) / Waveform.level(noise)
        return dithered(limited(noise.map { $0 * gain }), using: &generator)
    }

    private func drawNoise(count: Int, using generator: inout SeededGenerator) -> [Float] {
        guard !material.noise.isEmpty else { return (0..<count).map { _ in generator.normal() } }
        for _ in 0..<8 {
            let noise = material.noise[generator.index(below: material.noise.count)]
            let piece = Waveform.cut(noise, count: count, using: &generator)
            if Waveform.level(piece) > 1e-5 { return piece }
        }
        return (0..<count).map { _ in generator.normal() * 0.01 }
    }

    /// Adds noise at a drawn ratio to the level of `speech`, draws the gain, and limits.
    private func finished(_ samples: [Float], speech: [Float], using generator: inout SeededGenerator) -> [Float] {
        var samples = samples
        if !generator.chance(augmentation.clean) {
            let noise = drawNoise(count: samples.count, using: &generator)
            let ratio = generator.uniform(augmentation.signalToNoise)
            let gain = Waveform.level(speech) / Waveform.level(noise) * Waveform.amplitude(-ratio)
            for index in samples.indices { samples[index] += noise[index] * gain }
        }
        let gain = Waveform.amplitude(generator.uniform(augmentation.gainDecibels))
        for index in samples.indices { samples[index] *= gain }
        return dithered(limited(samples), using: &generator)
    }

    private func limited(_ samples: [Float]) -> [Float] {
        let peak = samples.reduce(Float(0)) { max($0, abs($1)) }
        return peak > 1 ? samples.map { $0 / peak } : samples
    }

    /// Adds a noise floor at about -90 dB, as every microphone has.
    private func dithered(_ samples: [Float], using generator: inout SeededGenerator) -> [Float] {
        samples.map { $0 + (generator.unit() + generator.unit() - 1) * 7e-5 }
    }
}

/// How much training examples differ from the recordings they are made of.
public struct Augmentation: Hashable, Sendable {
    /// The range of speeds; pitch moves along.
    public var speed: ClosedRange<Float> = 0.85...1.18
    /// The largest shift of a clip, both ways.
    public var shiftSeconds: Float = 0.12
    /// The range of gains in dB.
    public var gainDecibels: ClosedRange<Float> = -25...10
    /// The range of speech over noise in dB.
    public var signalToNoise: ClosedRange<Float> = 0...20
    /// The share of examples without added noise.
    public var clean: Float = 0.15
    /// The share of words that come from the supplement, where there is one.
    public var supplement: Float = 0.15
    /// The share of unknown words that come from the supplement: their variety keeps false alarms down.
    public var unknownSupplement: Float = 0.45
    /// The share of the unknown words that are made of other words, joined or reversed.
    public var hardNegatives: Float = 0.3
    /// The share of running speech without words among the unknown examples in running sound.
    public var runningSpeech: Float = 0.45
    /// The share of examples that are running sound rather than clips.
    public var streams: Float = 0.35

    /// The defaults.
    public init() {}
}
