import SpikeSignals

/// A whole recording in memory: mono, at one rate, samples with full scale ±2^23 as in an ``AudioBatch``.
///
/// ```swift
/// let clip = try AudioClip(path: "yes/speaker_0.flac")
/// let pcm: [Int16] = clip.pcm16
/// ```
public struct AudioClip: Sendable {
    /// The samples, each within ±2^23.
    public var samples: [Int32]
    /// Samples per second.
    public var sampleRateHz: Int
    /// What is wrong with the recording, if it was read with ``DamagePolicy/keep``.
    public var damage: SpikelineError?

    /// Reads the file at `path` (`-`: standard input), resampled to `sampleRateHz` (4,000 to 384,000) if it has another
    /// rate; the samples are those that an ``AudioFileSource`` delivers.
    ///
    /// A recording longer than `maximumSeconds` is an error, so that memory stays bounded (4 bytes a sample).
    public init(
        path: String, sampleRateHz: Int = 16_000, channel: AudioChannel = .mix, whenDamaged: DamagePolicy = .error,
        maximumSeconds: Int = 600
    ) throws(SpikelineError) {
        var parameters = AudioFileSource.Parameters()
        parameters.channel = channel
        parameters.sampleRateHz = sampleRateHz
        parameters.blockMs = 1_000
        parameters.whenDamaged = whenDamaged
        let source = try AudioFileSource(path: path, parameters: parameters)
        let block = AudioBatch()
        samples = []
        self.sampleRateHz = sampleRateHz
        while try source.read(into: block) {
            samples.append(contentsOf: block.samples)
            block.removeAll()
            guard samples.count <= maximumSeconds * sampleRateHz else {
                throw SpikelineError(
                    "expected at most \(maximumSeconds) s of sound, found more", at: SoundInput.name(of: path),
                    hint: "Cut it into shorter pieces")
            }
        }
        damage = source.damage
    }

    /// The samples as 16-bit PCM, rounded to nearest; exactly the file's if it holds 16-bit mono PCM at this rate.
    public var pcm16: [Int16] { samples.map(AudioSample.pcm16) }
}
