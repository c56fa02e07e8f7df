import SpikeSignals

/// The integer samples of a sound file at a wanted rate: decode, choose or mix the channels, resample, round, clip.
///
/// If the file has the wanted rate, nothing is resampled and 16-bit PCM comes through bit-exactly as `sample << 8`.
/// Memory in use is about 80 kB, whatever the file; once warm nothing is allocated here.
final class SampleStream {
    /// The file.
    let file: SoundFile
    /// Samples of a frame: 1, or all that the file has.
    let channels: Int
    /// Frames per second.
    let rate: Int
    /// How many of the samples delivered so far were clipped at full scale.
    private(set) var clippedSamples: Int64 = 0

    private let channel: AudioChannel
    private let resampler: Resampler?
    /// Frames that are decoded at once: at most 8,192 samples.
    private let chunk: Int
    private var interleaved: [Float]
    private var mono: [Float]
    private var converted: [Float]
    /// The part of `mono` that is not converted yet.
    private var pending = 0..<0
    private var isAtEnd = false

    /// The samples of the file at `path` (`-`: standard input) with `rate` frames per second; nil: those of the file.
    init(path: String, channel: AudioChannel, rate wanted: Int?) throws(SpikelineError) {
        file = try SoundFile(path: path)
        let rate = wanted ?? file.sampleRate
        if case .index(let index) = channel, !(0..<file.channels).contains(index) {
            let last = file.channels - 1
            throw SpikelineError(
                "expected a channel from 0 to \(last), found \(index)", at: file.name,
                hint: "Choose one that the file has, or \"mix\" for the mean of all")
        }
        self.channel = channel
        try Self.check(from: file.sampleRate, to: rate, channel: channel, channels: file.channels, name: file.name)
        self.rate = rate
        channels = channel.count(of: file.channels)
        resampler = file.sampleRate == rate ? nil : try Resampler(from: file.sampleRate, to: rate)
        chunk = max(1, 8_192 / file.channels)
        interleaved = Array(repeating: 0, count: chunk * file.channels)
        mono = Array(repeating: 0, count: chunk * channels)
        converted = Array(repeating: 0, count: resampler == nil ? 0 : 4_096)
    }

    private static func check(
        from: Int, to: Int, channel: AudioChannel, channels: Int, name: String
    ) throws(SpikelineError) {
        guard from != to else { return }
        if channel == .all, channels > 1 {
            throw SpikelineError(
                "expected a file at \(to.grouped) Hz, found one at \(from.grouped) Hz; several channels are not resampled",
                at: name, hint: "Set sample_rate_hz: native, or choose one channel")
        }
        guard max(from, to) <= 256 * min(from, to) else {
            throw SpikelineError(
                "expected a rate within a factor of 256 of the file's \(from.grouped) Hz, found \(to.grouped) Hz",
                at: name, hint: "Set sample_rate_hz: native")
        }
    }

    /// Appends the next `count` samples; fewer only at the end of the recording.
    func append(_ count: Int, to samples: inout [Int32]) throws(SpikelineError) {
        let goal = samples.count + count
        while samples.count < goal {
            let room = goal - samples.count
            guard let resampler else {
                guard try decode() else { return }
                let part = pending.prefix(room)
                emit(mono, part, to: &samples)
                pending = part.upperBound..<pending.upperBound
                continue
            }
            if !isAtEnd { isAtEnd = try !decode() }
            let (used, made) = try resampler.convert(
                mono, pending, isLast: isAtEnd, into: &converted, room: min(room, converted.count))
            pending = (pending.lowerBound + used)..<pending.upperBound
            emit(converted, 0..<made, to: &samples)
            if isAtEnd, made == 0, pending.isEmpty { return }
        }
    }

    /// Rounds and clips `values[range]` and appends them.
    private func emit(_ values: [Float], _ range: Range<Int>, to samples: inout [Int32]) {
        for index in range {
            let value = values[index]
            if value > 1 || value < -1 { clippedSamples += 1 }
            samples.append(AudioSample.fixed(value))
        }
    }

    /// Makes sure that there are pending mono samples; false at the end of the recording.
    private func decode() throws(SpikelineError) -> Bool {
        guard pending.isEmpty else { return true }
        let first = file.framesRead
        let frames = file.read(frames: chunk, into: &interleaved)
        guard frames > 0 else { return false }
        channel.pick(from: interleaved, frames: frames, channels: file.channels, into: &mono)
        pending = 0..<(frames * channels)
        for index in pending where !mono[index].isFinite {
            throw notFinite(frame: first + Int64(index / channels), at: index / channels)
        }
        return true
    }

    private func notFinite(frame: Int64, at index: Int) -> SpikelineError {
        let samples = interleaved[index * file.channels..<(index + 1) * file.channels]
        let place = samples.firstIndex { !$0.isFinite }.map { $0 - samples.startIndex } ?? 0
        let seconds = JSONValue.decimal(Double(frame) / Double(file.sampleRate), decimals: 3) ?? "?"
        let found = samples.contains(where: \.isNaN) ? "not a number (NaN)" : "infinite"
        return SpikelineError(
            "expected a finite sample, found one that is \(found): sample \(frame.grouped) (\(seconds) s) of channel "
                + "\(place)", at: file.name, hint: "Write the file again as 16- or 24-bit PCM")
    }
}
