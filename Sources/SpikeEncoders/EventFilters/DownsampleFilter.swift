import SpikeSignals

/// Makes a square of pixels one pixel.
///
/// ```
/// x' = x / factor, y' = y / factor, rounded down; the sensor becomes width / factor x height / factor, rounded up
/// keep: all             every event passes
/// keep: one_per_step    of each new pixel and polarity, the first event of each step k passes:
///                       k * step_us <= t < (k + 1) * step_us,  t since the start of the stream
/// ```
/// `all` is the spatial funnelling of Gruel, Martinet, Linares-Barranco and Serrano-Gotarredona 2022, "Event data
/// downscaling for embedded computer vision" (VISAPP), and Tonic's `Downsample`. It concentrates the events of factor²
/// pixels on one, so a rate that was right for a network may become too high; `one_per_step` bounds it by merging what
/// falls into one step, as frames of one bit would. Steps are looked for by the event before the current one of the same
/// pixel and polarity, so time may step back. State: none for `all`, 16 bytes a new pixel for `one_per_step`.
public final class DownsampleFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// The side of the squares, 1 to 1,024.
        public var factor = 2
        /// Which events pass.
        public var keep = Keep.all
        /// The length of a step in microseconds, 1 to 10^9.
        public var stepMicroseconds = 1_000

        /// Which events pass.
        public enum Keep: String, CaseIterable, Sendable {
            /// All.
            case all
            /// The first of each step, pixel and polarity.
            case onePerStep = "one_per_step"
        }

        init() {}

        /// Squares of `factor` by `factor` pixels; all events pass.
        public init(factor: Int) { self.factor = factor }
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "downsample", summary: "Makes a square of pixels one pixel, and if wanted its events of one step one event.",
        needsGrid: true
    ) { (parameters: Parameters, sensor) throws(SpikelineError) in
        AnyTransform(try DownsampleFilter(parameters, sensor: sensor))
    }

    private var harness: EventHarness<DownsampleRule>

    /// A filter with these parameters; `sensor` is its size where the stream does not say it.
    public init(_ parameters: Parameters, sensor: SensorGrid? = nil) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(DownsampleRule(parameters), given: sensor)
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension DownsampleFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .integer("factor", \.factor, in: 1...1_024, required: true, help: "The side of the squares in pixels."),
        .choice(
            "keep", \.keep,
            help: "Whether all events pass or the first of each step, pixel and polarity; default all."),
        .integer(
            "step_us", \.stepMicroseconds, in: 1...1_000_000_000,
            help: "The length of a step for one_per_step; default 1000."),
    ]
}

/// The rule of a ``DownsampleFilter``.
struct DownsampleRule: EventRule {
    static var needsGrid: Bool { true }

    private let parameters: DownsampleFilter.Parameters
    /// 2^32 / factor, rounded up: a product with a number below 2^16 has the exact quotient above bit 32.
    private let reciprocal: UInt64
    private let step: Int64
    /// The step of the last event that was looked at, as the time of its start, and its end.
    private var (start, end) = (Int64.max, Int64.min)
    private var grid = SensorGrid(columns: 0, rows: 0)
    /// The start of the step in which a new pixel fired last; those of `on` follow those of `off`.
    private var last = PixelMap<Int64>(0, of: PixelMap.never)

    init(_ parameters: DownsampleFilter.Parameters) {
        self.parameters = parameters
        reciprocal = ((1 << 32) + UInt64(parameters.factor) - 1) / UInt64(parameters.factor)
        step = Int64(parameters.stepMicroseconds)
    }

    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {
        guard let smaller = self.grid(after: grid) else { return }
        self.grid = smaller
        if parameters.keep == .onePerStep { last = PixelMap(2 * smaller.pixels, of: PixelMap.never) }
    }

    func grid(after grid: SensorGrid?) -> SensorGrid? {
        grid.map { SensorGrid(columns: shrunk($0.width - 1) + 1, rows: shrunk($0.height - 1) + 1) }
    }

    @inline(__always) private func shrunk(_ place: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: place) &* reciprocal) >> 32)
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        let (x, y) = (shrunk(Int(event.x)), shrunk(Int(event.y)))
        let moved = event.moved(x: x, y: y)
        guard parameters.keep == .onePerStep else { return Verdict(event: moved, isKept: true) }
        if time < start || time >= end {
            start = time.roundedDown(toMultipleOf: step)
            end = start &+ step
        }
        let pixel = grid.index(x, y) &+ (event.isOn ? grid.pixels : 0)
        let isKept = last[pixel] != start
        last[pixel] = start
        return Verdict(event: moved, isKept: isKept)
    }
}
