import SpikeSignals

/// Flips and turns the sensor, since tools disagree about where the origin is.
///
/// ```
/// flip_x       x' = width - 1 - x
/// flip_y       y' = height - 1 - y
/// transpose    (x'', y'') = (y', x'), afterwards; the sensor becomes height x width
/// ```
/// Clockwise by a quarter is `flip_y` and `transpose`, by a half `flip_x` and `flip_y`, by three quarters `flip_x` and
/// `transpose`: these are all symmetries of the pixel raster (Metavision's `FlipXAlgorithm`, `FlipYAlgorithm`,
/// `RotateEventsAlgorithm` and `TransposeEventsAlgorithm`). No state.
public final class MirrorFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// Left and right change places.
        public var flipsX = false
        /// Top and bottom change places.
        public var flipsY = false
        /// Columns become rows, after the flips.
        public var transposes = false

        init() {}

        /// The flips that are true.
        public init(flipsX: Bool = false, flipsY: Bool = false, transposes: Bool = false) {
            (self.flipsX, self.flipsY, self.transposes) = (flipsX, flipsY, transposes)
        }
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "mirror", summary: "Flips the sensor left to right, top to bottom, or along its diagonal.", needsGrid: true
    ) { (parameters: Parameters, sensor) throws(SpikelineError) in
        AnyTransform(try MirrorFilter(parameters, sensor: sensor))
    }

    private var harness: EventHarness<MirrorRule>

    /// A filter with these parameters; `sensor` is its size where the stream does not say it.
    public init(_ parameters: Parameters, sensor: SensorGrid? = nil) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(MirrorRule(parameters), given: sensor)
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension MirrorFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .bool("flip_x", \.flipsX, help: "Whether left and right change places; default false."),
        .bool("flip_y", \.flipsY, help: "Whether top and bottom change places; default false."),
        .bool("transpose", \.transposes, help: "Whether columns become rows, after the flips; default false."),
    ]

    func checkTogether() throws(SpikelineError) {
        guard flipsX || flipsY || transposes else {
            throw SpikelineError("expected \"flip_x\", \"flip_y\" or \"transpose\" to be true, found none of them")
        }
    }
}

/// The rule of a ``MirrorFilter``.
struct MirrorRule: EventRule {
    static var needsGrid: Bool { true }

    private let parameters: MirrorFilter.Parameters
    /// The last column and row where those are flipped, else 0.
    private var (right, bottom) = (0, 0)
    /// -1 where columns and rows are flipped, else 0: `right + (x ^ -1) + 1` is `right - x`.
    private let (signX, signY): (Int, Int)

    init(_ parameters: MirrorFilter.Parameters) {
        self.parameters = parameters
        signX = parameters.flipsX ? -1 : 0
        signY = parameters.flipsY ? -1 : 0
    }

    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {
        right = parameters.flipsX ? grid.width - 1 : 0
        bottom = parameters.flipsY ? grid.height - 1 : 0
    }

    func grid(after grid: SensorGrid?) -> SensorGrid? {
        parameters.transposes ? grid.map { SensorGrid(columns: $0.height, rows: $0.width) } : grid
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        let x = right &+ (Int(event.x) ^ signX) &- signX
        let y = bottom &+ (Int(event.y) ^ signY) &- signY
        return Verdict(event: parameters.transposes ? event.moved(x: y, y: x) : event.moved(x: x, y: y), isKept: true)
    }
}
