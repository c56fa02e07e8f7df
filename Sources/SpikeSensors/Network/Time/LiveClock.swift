import SpikeSignals

/// Keeps the stream time of a live sensor going: by the sensor's clock while it sends, by ours while it is quiet.
///
/// ```
/// sensor's clock    5.00  5.01 ........ 5.30        0.02          it was switched off and on
/// our clock         90.0  90.01 ....... 90.31       91.40
/// stream time       0.2   0.21 ->->->-> 0.50  ->->  1.60          goes on
///                              quiet: follows our clock, `lag` behind
/// ```
/// What a sender gathers before it sends must not come too late, so the lag grows to what was seen to be needed, up to 5 s.
/// Stream time is zero when the source is first read. The first event gets the time at which it arrived, and those that
/// follow are as far from it as the sensor says. Where the sensor's clock jumps (back by more than a second, or forward
/// by a minute more than ours), the stream goes on from where it is. All arithmetic saturates, whatever a peer sends.
struct LiveClock {
    /// A step back up to this many microseconds is disorder; a longer one is a clock that began anew.
    static let mostBack: Int64 = 1_000_000
    /// How many microseconds further than our clock the sensor's may step.
    static let mostForward: Int64 = 60_000_000
    /// How far behind our clock a stream may stay at most, in nanoseconds.
    static let longestLag: Int64 = 5_000_000_000
    /// What is added to the lag that was needed, in nanoseconds.
    static let lagMargin: Int64 = 10_000_000

    /// The sensor time at which stream time is zero, in microseconds.
    private(set) var startTime: Int64 = 0
    /// Nothing earlier is expected.
    private(set) var upTo = StreamTime.zero
    /// How often the sensor's clock jumped.
    private(set) var jumps = 0
    /// By how much it jumped the last time, in microseconds.
    private(set) var lastJump: Int64 = 0

    /// How far behind our clock a quiet stream stays, in nanoseconds.
    private(set) var lag: Int64
    /// Where the stream was, in nanoseconds, when our clock showed `anchorArrival`.
    private var anchorStream: Int64 = 0
    private var anchorArrival: Int64
    /// Whether the sensor's clock is known.
    private var isSet = false

    /// A clock at zero; while the sensor is quiet, the stream stays `lagMilliseconds` behind our clock.
    init(lagMilliseconds: Int, now: Int64) {
        lag = Int64(lagMilliseconds) * 1_000_000
        anchorArrival = now
    }

    /// Where the stream is at `now` if it has gone on by our clock, in nanoseconds.
    func position(at now: Int64) -> Int64 { LiveClock.sum(anchorStream, max(0, now &- anchorArrival)) }

    /// The sensor time of what arrived at `now` and says no time itself.
    func sensorTime(at now: Int64) -> Int64 { startTime &+ position(at: now) / 1_000 }

    /// The sensor times that go on from the last one; nil if none is known yet.
    func accepted(at now: Int64) -> ClosedRange<Int64>? {
        guard isSet else { return nil }
        let last = startTime &+ anchorStream / 1_000
        return (last &- LiveClock.mostBack)...max(last, sensorTime(at: now) &+ LiveClock.mostForward)
    }

    /// The sensor time before which an event is late and must not be delivered any more.
    var lateBefore: Int64 { startTime &+ upTo.nanoseconds / 1_000 }

    /// Sets the sensor's clock: `time` is where the stream is at `now`.
    mutating func restart(from time: Int64, at now: Int64) {
        if isSet {
            jumps += 1
            let (jump, isTooFar) = time.subtractingReportingOverflow(startTime &+ anchorStream / 1_000)
            lastJump = isTooFar ? (time < 0 ? .min : .max) : jump
        }
        isSet = true
        let stream = max(position(at: now), upTo.nanoseconds)
        // Rounded up to whole microseconds, so that the event is not before `upTo`.
        startTime = time &- stream / 1_000 &- (stream % 1_000 == 0 ? 0 : 1)
        (anchorStream, anchorArrival) = (stream, now)
    }

    /// Another sensor, or the same after a pause, comes next: its first event sets the clock, which is no jump.
    mutating func forget() { isSet = false }

    /// An event at sensor time `time`, the last so far, has arrived at `now`.
    mutating func advance(to time: Int64, at now: Int64) {
        let (product, isTooLong) = (time &- startTime).multipliedReportingOverflow(by: 1_000)
        guard !isTooLong else { return }
        (anchorStream, anchorArrival) = (max(0, product), now)
        upTo = max(upTo, StreamTime(nanoseconds: anchorStream))
    }

    /// An event at sensor time `time` that arrived at `now` was late: a quiet stream must stay further behind.
    mutating func fallBehind(for time: Int64, at now: Int64) {
        let (product, isTooLong) = (time &- startTime).multipliedReportingOverflow(by: 1_000)
        guard !isTooLong, isSet else { return }
        let (needed, isTooFar) = position(at: now).subtractingReportingOverflow(product &- LiveClock.lagMargin)
        if !isTooFar { lag = min(max(lag, needed), LiveClock.longestLag) }
    }

    /// A batch is handed on at `now`: time has passed, whether or not anything came.
    mutating func pass(at now: Int64) {
        let reached = position(at: now) - (isSet ? lag : 0)
        upTo = max(upTo, StreamTime(nanoseconds: reached / 1_000 * 1_000))
    }

    private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
        let (sum, isTooFar) = a.addingReportingOverflow(b)
        return isTooFar ? .max - 1 : sum
    }
}
