import SpikeSignals

/// Lets no more events through than a budget for each window of time.
///
/// ```
/// window k:  k * window_us <= t < (k + 1) * window_us,  t since the start of the stream
/// budget:    B = max_events_per_s * window_us / 1,000,000, rounded down
/// drop: rest     the first B events of a window pass, the rest is dropped
/// drop: evenly   of every E events, B pass, evenly spread, and never more than B in a window;
///                E = max(B, events that came in the window before)
/// ```
/// Prophesee's sensors have an event rate controller for this, with an event count for each count period (documentation
/// of the ESP, "Event Rate Control", and Metavision's `I_ErcModule`). Which events go is ours, so that it is the same each
/// time: the share follows from the window before, and Bresenham's line spreads it, that is an event passes when `B` added
/// to a running sum reaches `E`. Where the rate rises from one window to the next, the budget
/// ends before the window does. An event that is earlier than the window by less than a window counts in it; a larger
/// step back begins a window there. State: 6 numbers.
public final class RateLimitFilter: Transform {
    /// What one chooses.
    public struct Parameters: Hashable, Sendable {
        /// The most events a second, 1 to 10^10.
        public var maxEventsPerSecond = 1_000_000
        /// The length of a window in microseconds, 1 to 60,000,000.
        public var windowMicroseconds = 1_000
        /// Which events are dropped.
        public var drop = Drop.evenly

        /// Which events are dropped.
        public enum Drop: String, CaseIterable, Sendable {
            /// A share of all.
            case evenly
            /// All that come after the budget is used up.
            case rest
        }

        init() {}

        /// A limit with windows of a millisecond.
        public init(maxEventsPerSecond: Int) { self.maxEventsPerSecond = maxEventsPerSecond }

        /// The most events in a window.
        public var budget: Int { maxEventsPerSecond * windowMicroseconds / 1_000_000 }
    }

    /// How pipelines name and make the filter.
    public static let descriptor = StageDescriptor.eventFilter(
        "rate_limit", summary: "Lets no more than so many events a second through.", needsGrid: false
    ) { (parameters: Parameters, _) throws(SpikelineError) in AnyTransform(try RateLimitFilter(parameters)) }

    private var harness: EventHarness<RateLimitRule>

    /// A filter with these parameters.
    public init(_ parameters: Parameters) throws(SpikelineError) {
        try parameters.check()
        harness = EventHarness(RateLimitRule(parameters))
    }

    /// Events outside the sensor, which were dropped.
    public var eventsOutside: Int { harness.eventsOutside }

    /// Filters a batch.
    public func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        try harness.process(input, into: output)
    }
}

extension RateLimitFilter.Parameters: FilterParameters {
    static let fields: [FilterOption<Self>] = [
        .integer(
            "max_events_per_s", \.maxEventsPerSecond, in: 1...10_000_000_000, required: true,
            help: "The most events a second that pass."),
        .integer(
            "window_us", \.windowMicroseconds, in: 1...60_000_000,
            help: "How long the windows are in which events are counted; default 1000."),
        .choice(
            "drop", \.drop,
            help: "Whether the same share of all events is dropped or the rest of a window; default evenly."),
    ]

    func checkTogether() throws(SpikelineError) {
        guard budget >= 1 else {
            throw SpikelineError(
                "\"max_events_per_s\" is \(maxEventsPerSecond), which is less than one event in a window of "
                    + "\(windowMicroseconds) us", hint: "Raise \"window_us\"")
        }
    }
}

/// The rule of a ``RateLimitFilter``.
struct RateLimitRule: EventRule {
    private let window: Int64
    private let budget: Int
    private let isEven: Bool
    /// The end of the window, and the earliest time that counts in it.
    private var (earliest, end) = (Int64.max, Int64.min)
    /// Events that came and that passed in the window.
    private var (came, passed) = (0, 0)
    /// E, and the running sum.
    private var (expected, sum) = (0, 0)

    init(_ parameters: RateLimitFilter.Parameters) {
        window = Int64(parameters.windowMicroseconds)
        budget = parameters.budget
        isEven = parameters.drop == .evenly
    }

    @inline(__always) mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict {
        if time >= end || time < earliest { begin(at: time) }
        came &+= 1
        sum &+= budget
        let isDue = sum >= expected
        sum = isDue ? sum &- expected : sum
        let isKept = isDue && passed < budget
        passed &+= isKept ? 1 : 0
        return Verdict(event: event, isKept: isKept)
    }

    /// Begins the window that `time` is in.
    private mutating func begin(at time: Int64) {
        let next = time.roundedDown(toMultipleOf: window)
        let before = next == end ? came : 0
        (earliest, end) = (next &- window &+ 1, next &+ window)
        (came, passed) = (0, 0)
        expected = isEven ? max(budget, before) : budget
        // The first event of a window is due.
        sum = expected &- budget
    }
}
