import SpikeSignals

extension Cochlea {
    /// Hears a block and appends the ticks that end in it.
    ///
    /// Ticks are counted from sample 0 of the stream and go on across blocks. When samples are missing between two
    /// blocks, the tick they belong to and all ticks up to the next whole one are left out and the filters go on; samples
    /// that were heard already, and audio of another sample rate, are errors.
    public func process(_ input: AudioBatch, into output: SpikeBatch) throws(SpikelineError) {
        try check(input)
        var index = skipGap(before: input)
        output.channels = channels
        output.tickNanoseconds = parameters.tickNanoseconds
        let first = nextTick
        if output.count == 0 { output.firstTick = first }
        output.upTo = StreamTime(nanoseconds: first * parameters.tickNanoseconds)
        let samples = input.samples
        nextSample = input.firstSample
        while hear(samples.span, from: &index) {
            for channel in 0..<counts.count where counts[channel] > 0 {
                output.append(channel: channel, count: Int(counts[channel]))
            }
            output.endTick(level: level)
        }
        nextSample = input.firstSample + Int64(samples.count)
    }

    /// The tick that is being filled.
    private var nextTick: Int64 { nextSample / Int64(samplesPerTick) }

    /// Aligns to the next whole tick if samples are missing.
    ///
    /// - Returns: the index in `input` of the first sample to hear.
    private func skipGap(before input: AudioBatch) -> Int {
        guard input.firstSample != nextSample else { return 0 }
        beginTick()
        let tick = Int64(samplesPerTick)
        let into = input.firstSample % tick
        let skipped = into == 0 ? 0 : tick - into
        nextSample = input.firstSample + skipped
        return Int(min(skipped, Int64(input.samples.count)))
    }

    private func check(_ input: AudioBatch) throws(SpikelineError) {
        let rate = parameters.filters.sampleRate
        guard input.sampleRate == rate else {
            throw SpikelineError(
                "expected audio at \(rate) Hz, found \(input.sampleRate) Hz", at: place,
                hint: "Set sample_rate_hz of the source to \(rate)")
        }
        guard input.firstSample >= nextSample, input.firstSample <= Int64.max / 1_000_000_000 else {
            throw SpikelineError(
                "expected sample \(nextSample) or a later one, found a block that begins with sample \(input.firstSample)",
                at: place, cause: .defect)
        }
    }
}
