import SpikeSignals

/// Faults of one kind that come and go, told often enough to be seen and seldom enough not to flood the sinks.
///
/// ```
/// noted     x  x x x   x                     x
/// told      1          4 (and 3 more)        1        one a second of stream time
/// ```
struct GatheredFaults {
    /// The least stream time between two reports, in nanoseconds.
    static let spacing: Int64 = 1_000_000_000

    private let kind: SensorFault.Kind
    private var count = 0
    private var first = ""
    private var toldAt: StreamTime?

    /// No faults of `kind` so far.
    init(_ kind: SensorFault.Kind) { self.kind = kind }

    /// Notes `count` faults, the first of which is `what`.
    mutating func note(_ what: @autoclosure () -> String, count: Int = 1) {
        guard count > 0 else { return }
        if self.count == 0 { first = what() }
        self.count = self.count.addingReportingOverflow(count).partialValue
    }

    /// Tells `faults` what was noted if it is time for that, or if nothing comes any more.
    mutating func tell(_ faults: SensorFaults, at now: StreamTime, isLast: Bool = false) {
        guard count > 0 else { return }
        if !isLast, let toldAt, now.nanoseconds &- toldAt.nanoseconds < GatheredFaults.spacing { return }
        let place = count > 1 ? "\(first) (and \((count - 1).grouped) more)" : first
        faults.report(SensorFault(kind, .passed, place: place, at: now))
        (count, toldAt) = (0, now)
    }
}
