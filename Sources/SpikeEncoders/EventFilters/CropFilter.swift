import SpikeSignals

/// Keeps the events of a rectangle.
///
/// ```
/// an event passes if  left <= x < left + width  and  top <= y < top + height
/// origin: shift       (x, y) becomes (x - left, y - top), and the sensor is width x height
/// origin: keep        x, y and the size of the sensor stay
/// ```
/// The region of interest that sensors have in hardware, with either of the coordinates that Metavision's
/// `RoiFilterAlgorithm` offers (`output_relative_coordinates`). A region that reaches beyond the sensor is refused. No
/// state.
public final class CropFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// The column of the left edge.
        public var x = 0
        /// The row of the upper edge.
        public var y = 0
        /// Columns of the region, 1 to 32,768.
        public var width = 1
        /// Rows of the region, 1 to 32,768.
        public var height = 1
        /// Where the origin is afterwards.
        public var origin = Origin.shift

        /// Where the origin of what passes is.
        public enum Origin: String, CaseIterable, Sendable {
            /// In the upper left corner of the region.
            case shift
            /// Where it was.
            case keep
        }

        init() {}

        /// The region with that upper left corner and size.
        public init(x: Int, y: Int, width: Int, height: Int, origin: Origin = .shift) {
            (self.x, self.y, self.width, self.height, self.origin) = (x, y, width, height, origin)
        }
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "crop", summary: "Keeps the events of a rectangle.", needsGrid: false
    ) { (parameters: Parameters, _) throws(SpikelineError) in AnyTransform(try CropFilter(parameters)) }

    private var harness: EventHarness<CropRule>

    /// A filter with these parameters.
    public init(_ parameters: Parameters) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(CropRule(parameters))
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension CropFilter.Parameters: FilterParameters {
    private static let starts = 0...SensorGrid.longestSide - 1
    private static let lengths = 1...SensorGrid.longestSide

    static let fields: [FilterOption<Self>] = [
        .integer("x", \.x, in: starts, help: "Column of the left edge; default 0."),
        .integer("y", \.y, in: starts, help: "Row of the upper edge; default 0."),
        .integer("width", \.width, in: lengths, required: true, help: "Columns of the region."),
        .integer("height", \.height, in: lengths, required: true, help: "Rows of the region."),
        .choice("origin", \.origin, help: "Whether the region's corner becomes the origin; default shift."),
    ]
}

/// The rule of a ``CropFilter``.
struct CropRule: EventRule {
    private let parameters: CropFilter.Parameters

    init(_ parameters: CropFilter.Parameters) { self.parameters = parameters }

    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {
        let (right, bottom) = (parameters.x + parameters.width, parameters.y + parameters.height)
        guard right <= grid.width, bottom <= grid.height else {
            throw SpikelineError(
                "expected a region inside the sensor of \(grid.width) x \(grid.height), found one that reaches to "
                    + "column \(right - 1) and row \(bottom - 1)")
        }
    }

    func grid(after grid: SensorGrid?) -> SensorGrid? {
        parameters.origin == .shift ? SensorGrid(columns: parameters.width, rows: parameters.height) : grid
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        let (x, y) = (Int(event.x) &- parameters.x, Int(event.y) &- parameters.y)
        // Columns left of the region are beyond its right edge as unsigned numbers.
        let isInside =
            UInt(bitPattern: x) < UInt(bitPattern: parameters.width)
            && UInt(bitPattern: y) < UInt(bitPattern: parameters.height)
        return Verdict(event: parameters.origin == .shift ? event.moved(x: x, y: y) : event, isKept: isInside)
    }
}
