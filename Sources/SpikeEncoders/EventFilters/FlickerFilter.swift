import SpikeSignals

/// Drops the events of pixels that look into a lamp, which goes bright and dark with the mains.
///
/// ```
///  on  ▲ ▲        ▲ ▲        ▲ ▲         an edge of a pixel is an `off` event after an `on` event
/// ─────┴─┴─┬─┬────┴─┴─┬─┬────┴─┴─┬─┬──   d = time between two edges, the period
///  off     ▼ ▼        ▼ ▼        ▼ ▼
///          │◄── d ───►│
/// ```
/// At an edge: a period within `1/max_hz <= d <= 1/min_hz` that differs from the one before by at most `tolerance_us` makes
/// the pixel's count one larger; one that differs more, or is the first, sets it to 1; one outside the band sets it to 0. Any
/// event further than `1/min_hz` from the last edge sets it to 0, too. An event passes if after that the
/// count is below `periods`.
///
/// Periods between changes of polarity are the per-pixel frequency measurement of Hoseini and Linares-Barranco 2018, "Real-time
/// temporal frequency detection in FPGA using event-based vision sensor", and the baseline of Pfrommer 2022, "Frequency
/// Cam" (arXiv 2211.00198), who finds falling edges more exact than rising ones. That a frequency counts after several
/// periods in a band that agree is the rule of Prophesee's `AntiFlickerAlgorithm` (`filter_length`, `min_freq`,
/// `max_freq`, `diff_thresh_us`). An edge that moves past gives one period at most and is kept. What moves in front of a
/// lamp is dropped with it, as long as the lamp keeps its beat. State: 16 bytes a pixel.
public final class FlickerFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// The slowest flicker that is dropped, 1 to 100,000 Hz.
        public var minHertz = 80
        /// The fastest flicker that is dropped, 1 to 100,000 Hz.
        public var maxHertz = 130
        /// How many periods must agree, 1 to 100.
        public var periods = 4
        /// How much two periods may differ, in microseconds, 0 to 1,000,000.
        public var toleranceMicroseconds = 1_500

        /// Lamps on mains of 50 and 60 Hz: 80 to 130 Hz.
        public init() {}
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "flicker", summary: "Drops the events of pixels that go bright and dark with a steady beat: lamps.",
        needsGrid: true
    ) { (parameters: Parameters, sensor) throws(SpikelineError) in
        AnyTransform(try FlickerFilter(parameters, sensor: sensor))
    }

    private var harness: EventHarness<FlickerRule>

    /// A filter with these parameters; `sensor` is its size where the stream does not say it.
    public init(_ parameters: Parameters = Parameters(), sensor: SensorGrid? = nil) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(FlickerRule(parameters), given: sensor)
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension FlickerFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .integer("min_hz", \.minHertz, in: 1...100_000, help: "The slowest flicker that is dropped; default 80."),
        .integer("max_hz", \.maxHertz, in: 1...100_000, help: "The fastest flicker that is dropped; default 130."),
        .integer("periods", \.periods, in: 1...100, help: "How many periods must agree; default 4."),
        .integer(
            "tolerance_us", \.toleranceMicroseconds, in: 0...1_000_000,
            help: "How much two periods may differ; default 1500."),
    ]

    func checkTogether() throws(SpikelineError) {
        guard minHertz <= maxHertz else {
            throw SpikelineError("\"min_hz\" is \(minHertz) and above \"max_hz\", \(maxHertz)")
        }
    }
}

/// The rule of a ``FlickerFilter``.
struct FlickerRule: EventRule {
    /// What is known about a pixel: 16 bytes.
    private struct Pixel: BitwiseCopyable {
        /// The time of the last edge.
        var edge = PixelMap.never
        /// The last period in microseconds, at most 10^6 where the count is not 0.
        var period: Int32 = 0
        /// Periods that agreed, at most those needed.
        var count: UInt8 = 0
        /// Whether the last event was `on`.
        var wasOn = false
    }

    static var needsGrid: Bool { true }

    private let (shortest, longest): (Int64, Int64)
    private let tolerance: Int32
    private let needed: UInt8
    private var grid = SensorGrid(columns: 0, rows: 0)
    private var pixels = PixelMap(0, of: Pixel())

    init(_ parameters: FlickerFilter.Parameters) {
        // Whole microseconds, rounded outwards so that a band of one frequency is not empty.
        shortest = Int64(1_000_000 / parameters.maxHertz)
        longest = Int64((1_000_000 + parameters.minHertz - 1) / parameters.minHertz)
        tolerance = Int32(parameters.toleranceMicroseconds)
        needed = UInt8(parameters.periods)
    }

    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {
        self.grid = grid
        pixels = PixelMap(grid.pixels, of: Pixel())
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        let index = grid.index(Int(event.x), Int(event.y))
        var pixel = pixels[index]
        let gap = time &- pixel.edge
        // Further than the longest period from the edge, either way: one comparison of unsigned numbers.
        let isLost = UInt64(bitPattern: gap &+ longest) > UInt64(bitPattern: longest &* 2)
        pixel.count = isLost ? 0 : pixel.count
        if pixel.wasOn && !event.isOn {
            pixel.count = count(after: gap, pixel)
            pixel.period = Int32(truncatingIfNeeded: gap)
            pixel.edge = time
        }
        pixel.wasOn = event.isOn
        pixels[index] = pixel
        return Verdict(event: event, isKept: pixel.count < needed)
    }

    /// How many periods agree when one of `gap` is over; the last one of a pixel with a count is within the band.
    @inline(__always) private func count(after gap: Int64, _ pixel: Pixel) -> UInt8 {
        let isInBand = gap >= shortest && gap <= longest
        let agrees = pixel.count > 0 && abs(Int32(truncatingIfNeeded: gap) &- pixel.period) <= tolerance
        return isInBand ? (agrees ? min(pixel.count &+ 1, needed) : 1) : 0
    }
}
