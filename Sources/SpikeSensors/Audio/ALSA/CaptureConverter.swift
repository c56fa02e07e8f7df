import SpikeSignals

/// From the bytes of a device to the integer samples of a stream: decode, choose or mix the channels, resample, round.
///
/// Where the device has the wanted rate nothing is resampled, and 16-bit mono comes through bit-exactly as `sample << 8`.
/// Nothing is allocated after the start.
final class CaptureConverter {
    /// How many samples were clipped at full scale.
    private(set) var clipped = 0

    private let setup: CaptureSetup
    private let channel: AudioChannel
    private let resampler: Resampler?
    private var interleaved: [Float]
    private var mono: [Float]
    private var converted: [Float]

    /// A converter of periods of `frames` from `setup` to `rate` samples per second.
    init(_ setup: CaptureSetup, frames: Int, channel: AudioChannel, rate: Int) throws(SpikelineError) {
        self.setup = setup
        // A live stream is mono.
        self.channel = channel == .all ? .mix : channel
        resampler = setup.rate == rate ? nil : try Resampler(from: setup.rate, to: rate)
        interleaved = Array(repeating: 0, count: frames * setup.channels)
        mono = Array(repeating: 0, count: frames)
        converted = Array(repeating: 0, count: resampler == nil ? 0 : 1_024)
    }

    /// What comes next does not follow what came before.
    func reset() { resampler?.reset() }

    /// Appends the samples that the first `frames` frames of `bytes` complete.
    func append(_ bytes: [UInt8], frames: Int, to samples: inout [Int32]) throws(SpikelineError) {
        setup.format.convert(bytes, count: frames * setup.channels, into: &interleaved)
        channel.pick(from: interleaved, frames: frames, channels: setup.channels, into: &mono)
        guard let resampler else { return emit(mono, frames, to: &samples) }
        var start = 0
        while true {
            let (used, made) = try resampler.convert(
                mono, start..<frames, isLast: false, into: &converted, room: converted.count)
            start += used
            emit(converted, made, to: &samples)
            if start == frames, made < converted.count { return }
        }
    }

    private func emit(_ values: [Float], _ count: Int, to samples: inout [Int32]) {
        for index in 0..<count {
            let value = values[index]
            if value > 1 || value < -1 { clipped += 1 }
            samples.append(AudioSample.fixed(value))
        }
    }
}
