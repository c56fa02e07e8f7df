import SpikeSignals

/// Drops the events of pixels that fire all the time, whatever there is to see.
///
/// ```
/// learning, learn_ms long:  n(p) = events of pixel p,  M = median of n over all pixels, also silent ones
/// pixel p is hot if         n(p) > max(factor * M, min_rate_hz * learn_ms / 1,000)
///
/// ├── learn ──┤                          ├── learn ──┤             relearn_ms: from one learning to the next
/// │ all pass  │ hot ones are dropped ... │ the old mask holds  │ the new one ...
/// ```
/// Learning a mask from counts over a time is the hot pixel filter of libcaer's `dvs_noise` and of jAER. There the limit is a
/// number of events or of pixels that one must know; here the median says what is usual in the scene: half of all pixels
/// would have to be hot to move it. In a still scene it is 0 and `min_rate_hz` decides. The lower median counts.
///
/// Learning begins with the first event. A phase ends with the first event after it, which the new mask judges already. Where
/// time steps back beyond the beginning of a phase, the phase begins there anew and its counts stay. `pixels` are
/// dropped from the beginning, and with `learn_ms: 0` only they. State: 5 bytes a pixel. An event costs the same each
/// time, except that the end of a phase looks at all pixels six times.
public final class HotPixelFilter: Transform {
    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "hot_pixels", summary: "Drops the events of pixels that fire much more than others, and of pixels in a list.",
        needsGrid: true
    ) { (parameters: Parameters, sensor) throws(SpikelineError) in
        AnyTransform(try HotPixelFilter(parameters, sensor: sensor))
    }

    private var harness: EventHarness<HotPixelRule>

    /// A filter with these parameters; `sensor` is its size where the stream does not say it.
    public init(_ parameters: Parameters = Parameters(), sensor: SensorGrid? = nil) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(HotPixelRule(parameters), given: sensor)
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// How many pixels are masked: found hot by the last learning, or in the list.
    public var maskedPixels: Int { harness.rule.maskedPixels }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}
