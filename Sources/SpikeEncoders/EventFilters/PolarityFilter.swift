import SpikeSignals

/// Keeps the events of one polarity, or forgets the polarity.
///
/// ```
/// keep: on            an event passes if its pixel became brighter
/// keep: off           an event passes if its pixel became darker
/// keep: both_as_on    every event passes, as an `on` event
/// ```
/// The `PolarityFilterAlgorithm` of Metavision and the `MergePolarities` of Tonic. No state.
public final class PolarityFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// What passes.
        public var keep = Keep.on

        /// What passes.
        public enum Keep: String, CaseIterable, Sendable {
            /// Brighter.
            case on
            /// Darker.
            case off
            /// Both, which can no longer be told apart.
            case bothAsOn = "both_as_on"
        }

        init() {}

        /// What passes.
        public init(keep: Keep) { self.keep = keep }
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "polarity", summary: "Keeps events of one polarity, or forgets the polarity.", needsGrid: false
    ) { (parameters: Parameters, _) throws(SpikelineError) in AnyTransform(try PolarityFilter(parameters)) }

    private var harness: EventHarness<PolarityRule>

    /// A filter with these parameters.
    public init(_ parameters: Parameters) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(PolarityRule(parameters))
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension PolarityFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .choice("keep", \.keep, required: true, help: "Which events pass.")
    ]
}

/// The rule of a ``PolarityFilter``.
struct PolarityRule: EventRule {
    /// The bit of an event's word that says `on`.
    private static let on: UInt64 = 1 << 31
    /// What is set in an event's word before the polarity is looked at.
    private let set: UInt64
    /// The polarity that passes.
    private let wanted: UInt64

    init(_ parameters: PolarityFilter.Parameters) {
        set = parameters.keep == .bothAsOn ? PolarityRule.on : 0
        wanted = parameters.keep == .off ? 0 : PolarityRule.on
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        let bits = event.bits | set
        return Verdict(event: PixelEvent(bits: bits), isKept: bits & PolarityRule.on == wanted)
    }
}
