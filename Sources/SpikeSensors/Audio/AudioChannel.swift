/// Which of a recording's channels becomes the mono stream, or that all of them stay.
public enum AudioChannel: Hashable, Sendable, CustomStringConvertible {
    /// The mean of all channels, so that it cannot clip.
    case mix
    /// One channel, counted from 0.
    case index(Int)
    /// All channels, side by side.
    case all

    /// `mix`, `all`, or the number of the channel.
    public var description: String {
        switch self {
        case .mix: "mix"
        case .index(let index): String(index)
        case .all: "all"
        }
    }

    /// How many channels are left of that many.
    func count(of channels: Int) -> Int { self == .all ? channels : 1 }

    /// Writes one mono sample, or with `all` every sample, per frame of `interleaved` (`frames * channels` values, frame after frame) to `mono`.
    ///
    /// The mean is formed in double precision: for PCM of up to 24 bits it is the exact mean, rounded once. `channels`
    /// is at least 1 and exceeds a chosen index.
    func pick(from interleaved: [Float], frames: Int, channels: Int, into mono: inout [Float]) {
        switch self {
        case .index(let index):
            for frame in 0..<frames { mono[frame] = interleaved[frame * channels + index] }
        case .all:
            for sample in 0..<(frames * channels) { mono[sample] = interleaved[sample] }
        case .mix where channels == 1:
            for frame in 0..<frames { mono[frame] = interleaved[frame] }
        case .mix:
            for frame in 0..<frames {
                var sum = 0.0
                for channel in 0..<channels { sum += Double(interleaved[frame * channels + channel]) }
                mono[frame] = Float(sum / Double(channels))
            }
        }
    }
}
