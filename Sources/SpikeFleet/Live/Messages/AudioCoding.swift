import SpikeSignals

/// Sound in messages: each sample less the one before it in its channel.
///
/// ```
/// Hz | channels | first frame | shift | frames | sample | sample | ...
/// ```
/// All samples are whole multiples of 2^shift, 2^8 for sound of 16 bits, and are divided by it. Numbers are of variable
/// length; speech of 16 bits takes 1.5 to 2 bytes a sample.
final class AudioCoding: LiveCoding {
    private let gather: Int64
    private let held = AudioBatch()

    init(gather: Int64) { self.gather = gather }

    func take(_ batch: AudioBatch, _ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {
        let channels = max(batch.channels, 1)
        var frame = 0
        while frame < batch.frames {
            let goesOn =
                held.sampleRate == batch.sampleRate && held.channels == channels
                && held.firstSample + Int64(held.frames) == batch.firstSample + Int64(frame)
            if held.count > 0, !goesOn { try finish(send) }
            if held.count == 0 {
                (held.sampleRate, held.channels) = (batch.sampleRate, channels)
                held.firstSample = batch.firstSample + Int64(frame)
            }
            let room = max(LiveBounds.mostItems / channels - held.frames, 1)
            // As many frames as `gather` wants, rounded up; a rate is at most 2^32 and so is `gather`'s part of a second.
            let wanted = (Int(gather / 1_000) * max(held.sampleRate, 1) + 999_999) / 1_000_000 - held.frames
            let count = min(batch.frames - frame, max(min(room, wanted), 1))
            held.samples += batch.samples[frame * channels..<(frame + count) * channels]
            frame += count
            if count >= min(room, wanted) { try finish(send) }
        }
    }

    func finish(_ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {
        guard held.count > 0 else { return }
        let bits = held.samples.reduce(Int32(0)) { $0 | $1 }
        let shift = min(bits.trailingZeroBitCount, 23)
        var body: [UInt8] = []
        body.reserveCapacity(32 + 2 * held.count)
        body.appendVariable(held.sampleRate)
        body.appendVariable(held.channels)
        body.appendVariable(UInt64(max(held.firstSample, 0)))
        body.append(UInt8(shift))
        body.appendVariable(held.frames)
        for index in held.samples.indices {
            let before = index >= held.channels ? held.samples[index - held.channels] : 0
            body.appendVariable(signed: Int64(held.samples[index] >> shift) - Int64(before >> shift))
        }
        held.removeAll()
        try send(body)
    }

    static func read(_ body: [UInt8], into batch: AudioBatch) throws(SpikelineError) {
        var reader = VariableReader(body)
        let rate: Int = try reader.number("hertz", in: 1...10_000_000)
        let channels: Int = try reader.number("channels", in: 1...1_024)
        let first: Int64 = try reader.number("a first frame", in: 0...(1 << 53))
        let shift: Int32 = try reader.number("a shift", in: 0...23)
        let frames = try reader.count("frames", bytes: channels)
        (batch.sampleRate, batch.channels, batch.firstSample) = (rate, channels, first)
        let full = Int64(AudioBatch.fullScale) >> Int64(shift)
        for index in 0..<frames * channels {
            let before = index >= channels ? Int64(batch.samples[index - channels] >> shift) : 0
            let value = before + (try reader.signed("a difference", in: -(1 << 25)...(1 << 25)))
            guard abs(value) <= full else { throw SpikelineError("the message has a sample beyond full scale") }
            batch.samples.append(Int32(value) << shift)
        }
        try reader.expectEnd()
        batch.updateUpTo()
    }
}
