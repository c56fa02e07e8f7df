import SpikeSignals

extension Cochlea {
    /// Hears a block and appends the ticks that end in it; allocates nothing once the batch has grown.
    ///
    /// Tick `i` is made of the samples `[i, i + 1) * samplesPerTick` of the stream, however they are cut into blocks. When
    /// samples are missing between two blocks, the tick they belong to is dropped, hearing resumes at the next whole tick,
    /// and filters and gain go on as they were. Samples that were heard already, and audio of another sample rate, are
    /// errors.
    public func process(_ input: AudioBatch, into output: SpikeBatch) throws(SpikelineError) {
        try check(input)
        if input.firstSample != nextSample { skipGap(to: input.firstSample) }
        nextSample = input.firstSample + Int64(input.samples.count)
        output.channels = channels
        output.tickNanoseconds = parameters.tickNanoseconds
        if output.count == 0 { output.firstTick = tick }
        output.upTo = StreamTime(nanoseconds: tick * parameters.tickNanoseconds)
        let samples = input.samples
        var index = Int(min(max(0, resumeSample - input.firstSample), Int64(samples.count)))
        while hear(samples.span, from: &index) {
            for channel in 0..<counts.count where counts[channel] > 0 {
                output.append(channel: channel, count: Int(counts[channel]))
            }
            output.endTick(level: level)
            tick += 1
        }
    }

    /// Drops the tick that is being filled and waits for the first whole one that begins at `sample` or later.
    private func skipGap(to sample: Int64) {
        beginTick()
        let length = Int64(samplesPerTick)
        tick = (sample + length - 1) / length
        resumeSample = tick * length
    }

    private func check(_ input: AudioBatch) throws(SpikelineError) {
        let rate = parameters.filters.sampleRate
        guard input.sampleRate == rate else {
            throw SpikelineError(
                "expected audio at \(rate) Hz, found \(input.sampleRate) Hz", at: place,
                hint: "Set \"sample_rate_hz\" of the source to \(rate)")
        }
        guard input.channels == 1 else {
            throw SpikelineError(
                "expected one channel, found \(input.channels)", at: place,
                hint: "Set \"channel\" of the source to \"mix\" or to a number")
        }
        // Nine billion seconds are what a stream time holds.
        guard input.firstSample >= nextSample, input.firstSample / Int64(rate) < 9_000_000_000 else {
            throw SpikelineError(
                "expected a block that begins with sample \(nextSample) or a later one, found sample "
                    + "\(input.firstSample)", at: place, cause: .defect)
        }
    }
}
