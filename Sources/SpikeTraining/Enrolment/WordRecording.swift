import SpikeSignals

/// One recording of a word, and where in it the word is.
public struct WordRecording: Sendable {
    /// The name of its file, for messages.
    public let name: String
    /// The samples, full scale 1.
    let samples: [Float]
    /// The samples of the word.
    let spoken: Range<Int>

    /// The longest word in seconds.
    public static let longest = 2.0
    /// The shortest word in seconds.
    public static let shortest = 0.12
    /// A 10 ms frame belongs to the word if it is at most so many dB quieter than the loudest one.
    static let depth: Float = 25
    /// How far the loudest frame has to stand out from the quietest tenth of all frames, in dB.
    static let contrast: Float = 12
    /// The most samples at full scale, as a share of the word.
    static let clipped: Float = 0.005

    /// Finds the word in `samples`, 16 bit at `sampleRate` per second.
    ///
    /// - Throws: if the recording is silent, no word stands out in it, what stands out is shorter than ``shortest`` or
    ///   longer than ``longest``, or more than ``clipped`` of it is at full scale.
    public init(name: String, samples: [Int16], sampleRate: Int) throws(SpikelineError) {
        self.name = name
        self.samples = Waveform.floats(samples)
        let frame = max(sampleRate / 100, 1)
        let levels = stride(from: 0, through: samples.count - frame, by: frame).map { [floats = self.samples] start in
            Waveform.decibels(Waveform.level(Array(floats[start..<start + frame])))
        }
        guard let loudest = levels.max(), loudest > -65 else {
            throw SpikelineError(
                "expected a spoken word, found silence", at: name,
                hint: "Record it again, or raise the microphone's level")
        }
        let quiet = levels.sorted()[levels.count / 10]
        guard loudest - quiet >= Self.contrast else {
            throw SpikelineError(
                "expected a word that stands out by \(Int(Self.contrast)) dB or more, found \(Int(loudest - quiet)) dB",
                at: name, hint: "Leave a moment of quiet before and after the word")
        }
        // Frames of the word are above the depth, and above the middle between the floor and the loudest.
        let limit = max(loudest - Self.depth, quiet + 6)
        let first = levels.firstIndex { $0 >= limit } ?? 0
        let last = levels.lastIndex { $0 >= limit } ?? 0
        spoken = first * frame..<(last + 1) * frame
        let seconds = Double(spoken.count) / Double(max(sampleRate, 1))
        guard (Self.shortest...Self.longest).contains(seconds) else {
            throw SpikelineError(
                "expected one word of \(Self.shortest) to \(Self.longest) s, found sound of "
                    + "\(JSONValue.decimal(seconds, decimals: 2) ?? "-") s", at: name,
                hint: "Record the word alone, once in each file")
        }
        let full = samples[spoken].count { $0 == .max || $0 == .min }
        guard Float(full) <= Self.clipped * Float(spoken.count) else {
            throw SpikelineError(
                "the word is clipped: \(full) of its \(spoken.count) samples are at full scale", at: name,
                hint: "Record it again at a lower level")
        }
    }

    /// The samples of the word with 60 ms before and after it, as far as there are any.
    func cut(sampleRate: Int) -> [Float] {
        let margin = sampleRate * 60 / 1_000
        return Array(samples[max(0, spoken.lowerBound - margin)..<min(samples.count, spoken.upperBound + margin)])
    }
}
