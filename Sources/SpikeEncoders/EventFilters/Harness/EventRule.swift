import SpikeSignals

/// What a filter makes of one event.
struct Verdict {
    /// The event as it passes.
    var event: PixelEvent
    /// Whether it passes.
    var isKept: Bool
}

/// What makes a filter of events the filter that it is: a decision for each event, from the event and the state of the
/// rule alone.
///
/// A rule sees one event after the other and never a batch, so cutting a stream into other batches changes nothing. The
/// ``EventHarness`` does the rest: sizes, bounds, times and batches.
protocol EventRule {
    /// Whether the rule cannot work without the size of the sensor.
    static var needsGrid: Bool { get }
    /// The size of the sensor is known: checks it and allocates. Called once, before any event if the size is needed.
    mutating func begin(on grid: SensorGrid) throws(SpikelineError)
    /// The size of the sensor as the next stage sees it; nil: unknown.
    func grid(after grid: SensorGrid?) -> SensorGrid?
    /// Decides about an event inside the sensor.
    ///
    /// - Parameter time: microseconds since the start of the stream. They may step back; within
    ///   ``EventBatch/sensorTimes`` they are less than 2^55 either way, and beyond it they wrap, which must not trap.
    mutating func judge(_ event: PixelEvent, at time: Int64) -> Verdict
}

extension EventRule {
    static var needsGrid: Bool { false }
    mutating func begin(on grid: SensorGrid) throws(SpikelineError) {}
    func grid(after grid: SensorGrid?) -> SensorGrid? { grid }
}

extension PixelEvent {
    /// The event at another pixel; `x` is below 2^16 and `y` below 2^15.
    @inline(__always) func moved(x: Int, y: Int) -> PixelEvent {
        let place = UInt64(truncatingIfNeeded: y) << 16 | UInt64(truncatingIfNeeded: x)
        return PixelEvent(bits: bits & ~0x7FFF_FFFF | place)
    }
}

extension Int64 {
    /// The largest multiple of `step`, which is at least 1, that is not above the number; it wraps at the lower end.
    func roundedDown(toMultipleOf step: Int64) -> Int64 {
        let rest = self % step
        return self &- (rest < 0 ? rest &+ step : rest)
    }
}
