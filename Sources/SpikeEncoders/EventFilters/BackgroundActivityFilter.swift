import SpikeSignals

/// Drops events that no neighbour supports: the noise of a sensor is lonely, what moves is not.
///
/// ```
/// n n n     an event at time t passes if at least `neighbours` of the 8 pixels n around it
/// n e n     have their last event L(n) within  |t - L(n)| <= support_us
/// n n n     then, passed or not, L(e) = t
/// ```
/// The background activity filter of Delbruck 2008, "Frame-free dynamic digital vision", with one neighbour, and its
/// extension to several, the spatiotemporal correlation filter of Guo and Delbruck 2022, "Low cost and latency event
/// camera background activity denoising" (IEEE TPAMI). Delbruck writes the time of an event into 8 places and reads one;
/// here one place is written and 8 are read, which decides the same and leaves the map in the cache. With
/// `same_polarity`, only events of the same polarity support each other. Pixels beyond the edge never fired. A
/// neighbour that is later, since time stepped back a little, counts like one that is as much earlier. State: 8 bytes a
/// pixel, 16 with `same_polarity`.
public final class BackgroundActivityFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// How far away in time a neighbour's event may be, in microseconds, 1 to 10^9.
        public var supportMicroseconds = 5_000
        /// How many neighbours must have fired, 1 to 8.
        public var neighbours = 1
        /// Whether only events of the same polarity count.
        public var isSamePolarity = false

        /// One neighbour within 5 ms.
        public init() {}
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "background_activity", summary: "Drops events near which no other pixel fired lately: noise.", needsGrid: true
    ) { (parameters: Parameters, sensor) throws(SpikelineError) in
        AnyTransform(try BackgroundActivityFilter(parameters, sensor: sensor))
    }

    private var harness: EventHarness<BackgroundActivityRule>

    /// A filter with these parameters; `sensor` is its size where the stream does not say it.
    public init(_ parameters: Parameters = Parameters(), sensor: SensorGrid? = nil) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(BackgroundActivityRule(parameters), given: sensor)
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension BackgroundActivityFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .integer(
            "support_us", \.supportMicroseconds, in: 1...1_000_000_000,
            help: "How long an event supports those beside it; default 5000."),
        .integer("neighbours", \.neighbours, in: 1...8, help: "How many of the 8 neighbours must support; default 1."),
        .bool(
            "same_polarity", \.isSamePolarity, help: "Whether only events of the same polarity count; default false."),
    ]
}

/// The rule of a ``BackgroundActivityFilter``.
struct BackgroundActivityRule: EventRule {
    static var needsGrid: Bool { true }

    private let parameters: BackgroundActivityFilter.Parameters
    private let support: Int64
    /// Cells from one row to the next: the map has a border of one pixel that never fires.
    private var stride = 0
    /// Cells of one polarity; 0 if both share them.
    private var plane = 0
    /// When a pixel fired last: L.
    private var last = PixelMap<Int64>(0, of: PixelMap.never)

    init(_ parameters: BackgroundActivityFilter.Parameters) {
        self.parameters = parameters
        support = Int64(parameters.supportMicroseconds)
    }

    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {
        stride = grid.width + 2
        let cells = stride * (grid.height + 2)
        plane = parameters.isSamePolarity ? cells : 0
        last = PixelMap(cells + plane, of: PixelMap.never)
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        let pixel = (Int(event.y) &+ 1) &* stride &+ Int(event.x) &+ 1 &+ (event.isOn ? plane : 0)
        let (above, below) = (pixel &- stride, pixel &+ stride)
        let supporters =
            supports(above &- 1, time) &+ supports(above, time) &+ supports(above &+ 1, time)
            &+ supports(pixel &- 1, time) &+ supports(pixel &+ 1, time)
            &+ supports(below &- 1, time) &+ supports(below, time) &+ supports(below &+ 1, time)
        last[pixel] = time
        return Verdict(event: event, isKept: supporters >= parameters.neighbours)
    }

    /// 1 if the cell fired within the support of `time`, else 0; a sum has no branch that noise could mislead.
    @inline(__always) private func supports(_ cell: Int, _ time: Int64) -> Int {
        // -support...support moved up to 0...2 * support, which one comparison of unsigned numbers checks.
        UInt64(bitPattern: time &- last[cell] &+ support) <= UInt64(bitPattern: support &* 2) ? 1 : 0
    }
}
