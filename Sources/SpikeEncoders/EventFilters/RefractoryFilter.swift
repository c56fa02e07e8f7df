import SpikeSignals

/// Makes each pixel deaf for a while after an event.
///
/// ```
/// an event of pixel p at time t passes if  t - L(p) >= dead_time  or  t < L(p);  before the first, L(p) = -infinity
/// restart: passed    L(p) = t for each event that passes    (non-paralyzable: at most one event per dead time)
/// restart: any       L(p) = t for each event                (paralyzable: only what follows a quiet dead time)
/// ```
/// The refractory period of a sensor's pixel (Lichtsteiner et al. 2008) made longer afterwards, as jAER's
/// `RefractoryFilter` and the refractory part of libcaer's `dvs_noise` do; the two kinds of dead time are those of
/// particle counters (Knoll, "Radiation detection and measurement", chapter 4). Both polarities share the dead time. Where
/// time steps back the pixel begins anew. State: 8 bytes a pixel.
public final class RefractoryFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// The dead time in microseconds, 1 to 10^9.
        public var deadTimeMicroseconds = 1_000
        /// Which events begin a dead time.
        public var restart = Restart.passed

        /// Which events begin a dead time.
        public enum Restart: String, CaseIterable, Sendable {
            /// Those that pass.
            case passed
            /// All.
            case any
        }

        /// One millisecond after each event that passes.
        public init() {}
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "refractory", summary: "Drops what a pixel says within a dead time after its last event.", needsGrid: true
    ) { (parameters: Parameters, sensor) throws(SpikelineError) in
        AnyTransform(try RefractoryFilter(parameters, sensor: sensor))
    }

    private var harness: EventHarness<RefractoryRule>

    /// A filter with these parameters; `sensor` is its size where the stream does not say it.
    public init(_ parameters: Parameters = Parameters(), sensor: SensorGrid? = nil) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(RefractoryRule(parameters), given: sensor)
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension RefractoryFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .integer(
            "dead_time_us", \.deadTimeMicroseconds, in: 1...1_000_000_000,
            help: "How long a pixel is deaf after an event; default 1000."),
        .choice(
            "restart", \.restart, help: "Which events begin a dead time: those that pass, or any; default passed."),
    ]
}

/// The rule of a ``RefractoryFilter``.
struct RefractoryRule: EventRule {
    static var needsGrid: Bool { true }

    private let deadTime: UInt64
    private let restartsAlways: Bool
    private var grid = SensorGrid(columns: 0, rows: 0)
    /// When the last dead time of a pixel began: L.
    private var last = PixelMap<Int64>(0, of: PixelMap.never)

    init(_ parameters: RefractoryFilter.Parameters) {
        deadTime = UInt64(parameters.deadTimeMicroseconds)
        restartsAlways = parameters.restart == .any
    }

    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {
        self.grid = grid
        last = PixelMap(grid.pixels, of: PixelMap.never)
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        let pixel = grid.index(Int(event.x), Int(event.y))
        let before = last[pixel]
        // A negative difference is a large unsigned one: time that steps back passes.
        let isKept = UInt64(bitPattern: time &- before) >= deadTime
        last[pixel] = isKept || restartsAlways ? time : before
        return Verdict(event: event, isKept: isKept)
    }
}
