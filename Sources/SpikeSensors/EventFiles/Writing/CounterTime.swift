import SpikeSignals

/// Writes times to a counter of few bits so that a reader with a ``TimeUnwrapper`` finds them again.
///
/// The reader is run along: a value goes out only if that reader understands it.
struct CounterTime {
    /// What the reader would make of a time.
    enum Plan {
        /// It understands it.
        case plain
        /// It needs other values before, for a pause of more than half the counter's range.
        case bridge
        /// It cannot be told.
        case lost
    }

    private let range: Int64
    private var reader: TimeUnwrapper
    /// The time that the reader is at; nil before the first.
    private(set) var now: Int64?
    /// What is taken from all times where they begin beyond the first hour: a multiple of the counter's range.
    private(set) var shift: Int64 = 0

    /// The starts that are reached from zero on, so that times need no shift: the first hour.
    private static let bridgedStarts: ClosedRange<Int64> = 0...3_600_000_000
    /// The longest pause that is bridged: 12 days.
    private static let longestPause: Int64 = 1 << 40

    /// A counter of `bits` bits of microseconds.
    init(bits: Int64) {
        range = 1 << bits
        reader = TimeUnwrapper(bits: bits)
    }

    /// Whether the reader would understand the sensor time `time`, of which the counter shows the multiples of `unit`.
    mutating func plan(_ time: Int64, unit: Int64 = 1) -> Plan {
        guard let now else {
            if CounterTime.bridgedStarts.contains(time) { return time < range ? .plain : .bridge }
            shift = time & ~(range - 1)
            return .plain
        }
        var next = reader
        let wanted = (time &- shift) & ~(unit - 1)
        if next.time(wanted & (range - 1)).time == wanted { return .plain }
        return wanted > now && wanted - now < CounterTime.longestPause ? .bridge : .lost
    }

    /// Takes the sensor time `time`, rounded down to multiples of `unit`.
    ///
    /// - Returns: the counter's value.
    mutating func take(_ time: Int64, unit: Int64 = 1) -> Int64 {
        let wanted = (time &- shift) & ~(unit - 1)
        if now == nil { reader.start(at: wanted) } else { _ = reader.time(wanted & (range - 1)) }
        now = wanted
        return wanted & (range - 1)
    }

    /// Goes a quarter of the counter's range towards a time that needs a bridge.
    ///
    /// - Returns: the counter's value.
    mutating func step(unit: Int64) -> Int64 { take((now ?? -range / 4) &+ shift &+ range / 4, unit: unit) }
}
