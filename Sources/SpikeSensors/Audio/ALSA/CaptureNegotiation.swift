import SpikeSignals

/// What a device was asked to deliver and has agreed to.
struct CaptureSetup: Hashable, Sendable, CustomStringConvertible {
    /// How a sample is written.
    var format: CaptureFormat
    /// Samples per frame.
    var channels: Int
    /// Frames per second.
    var rate: Int

    /// The bytes of a frame.
    var frameBytes: Int { format.width * channels }

    /// As in `48000 Hz, 2 channels, S16_LE`.
    var description: String { "\(rate) Hz, \(channels) channel\(channels == 1 ? "" : "s"), \(format.rawValue)" }
}

/// The terms of a device, settled one after the other; what is settled narrows what can be settled next.
protocol CaptureTerms {
    /// Settles how samples are written; false, and nothing has changed, if the device does not do that.
    mutating func settle(_ format: CaptureFormat) -> Bool
    /// Settles the samples per frame; false if the device does not do that.
    mutating func settle(channels: Int) -> Bool
    /// Settles the frames per second; false if the device does not do that.
    mutating func settle(rate: Int) -> Bool
}

/// Comes to terms with a device.
///
/// - Channels: one if the mean of all is wanted, as a device that can mix does so; then two, then more. For a chosen channel
///   as many as it takes, two at least, since a sound server that is asked for one channel mixes.
/// - Samples: 16 bits, or else the first of ``formats`` that the device does.
/// - Rate: the one that is wanted, or else the first of ``rates``; it is resampled.
enum CaptureNegotiation {
    /// How samples may be written, the best first: 16 bits are what the ear was trained with.
    static let formats: [CaptureFormat] = [.s16, .s24, .packed24, .s32, .float]
    /// Rates besides the wanted one, the best first: what devices have, and multiples of 16 kHz before others.
    static let rates = [
        48_000, 44_100, 96_000, 32_000, 16_000, 88_200, 192_000, 24_000, 22_050, 11_025, 8_000, 176_400, 384_000,
    ]
    /// The most channels that are asked for.
    static let mostChannels = 32

    /// What `terms` agree to; nil and the term that failed if they agree to nothing.
    static func settle(
        _ terms: inout some CaptureTerms, rate: Int, channel: AudioChannel, formats: [CaptureFormat] = formats
    ) -> Result<CaptureSetup, Refusal> {
        guard let channels = counts(for: channel).first(where: { terms.settle(channels: $0) }) else {
            return .failure(.channels)
        }
        guard let format = formats.first(where: { terms.settle($0) }) else { return .failure(.format) }
        guard let rate = ([rate] + rates).first(where: { terms.settle(rate: $0) }) else { return .failure(.rate) }
        return .success(CaptureSetup(format: format, channels: channels, rate: rate))
    }

    /// The term that no agreement was found on.
    enum Refusal: Error {
        case channels
        case format
        case rate
    }

    private static func counts(for channel: AudioChannel) -> [Int] {
        switch channel {
        case .mix, .all: Array(1...mostChannels)
        case .index(let index):
            Array(max(2, index + 1)...max(mostChannels, index + 1)) + (index == 0 ? [1] : [])
        }
    }
}
