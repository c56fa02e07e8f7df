extension Cochlea {
    /// The number of whole ticks in a clip of so many samples.
    public func ticks(inSamples count: Int) -> Int { count / samplesPerTick }

    /// Hears a clip of 16-bit samples from a fresh start and appends its spikes, one count per channel, tick after tick.
    ///
    /// Appends ``ticks(inSamples:)`` times ``channels`` counts and allocates nothing if `counts` has room for them. What
    /// follows the last whole tick is not heard.
    public func appendCounts(of clip: Span<Int16>, to counts: inout [UInt8]) { append(clip, to: &counts) }

    /// Hears a clip of 24-bit samples; see ``appendCounts(of:to:)-(Span<Int16>,_)``.
    public func appendCounts(of clip: Span<Int32>, to counts: inout [UInt8]) { append(clip, to: &counts) }

    /// Hears a clip of 16-bit samples; see ``appendCounts(of:to:)-(Span<Int16>,_)``.
    public func appendCounts(of clip: [Int16], to counts: inout [UInt8]) { append(clip.span, to: &counts) }

    /// Hears a clip of 24-bit samples; see ``appendCounts(of:to:)-(Span<Int16>,_)``.
    public func appendCounts(of clip: [Int32], to counts: inout [UInt8]) { append(clip.span, to: &counts) }

    private func append<Sample: AudioSample>(_ clip: Span<Sample>, to counts: inout [UInt8]) {
        reset()
        var index = 0
        while hear(clip, from: &index) {
            for count in self.counts { counts.append(count) }
        }
        reset()
    }
}
