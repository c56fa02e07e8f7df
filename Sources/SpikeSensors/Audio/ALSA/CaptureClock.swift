/// Compares the samples of a device with the monotonic clock: whether they come too late, and how fast its crystal is.
///
/// ```
/// offset    = clock since the start - (duration of the samples so far + what was skipped)
///
/// offset  ┌┐         ┌──── late: offset - base
///  ┌┐┌┐┌┐┌┘└┐┌┐ ┌────┘└┐   each block comes a little after its last sample, some later
///  ┘└┘└┘└┘  └┘└─┘──────└─  base: the least offset, which may rise by ``mostDrift``
/// ```
/// - A reader that is more than ``tolerance`` late and finds samples waiting was held up itself: ``Judgement/behind``, and
///   ``Judgement/caughtUp`` when it is back within a quarter of that.
/// - One that had to wait and is as late as before after ``proof`` will never get the samples: ``Judgement/jumped``.
/// - A device that gets more than ``tolerance`` ahead within a window is not paced by any clock (a file): nothing is judged
///   from then on.
struct CaptureClock {
    /// What was noticed with a block.
    enum Judgement: Equatable {
        /// The block came in time.
        case onTime
        /// The reader is late, and what it missed waits for it.
        case behind
        /// The reader has caught up.
        case caughtUp
        /// The device went on and left samples out; call ``CaptureClock/skip(_:)`` with how late it is.
        case jumped
    }

    /// How late or early samples may be, in nanoseconds.
    static let tolerance: Int64 = 1_000_000_000
    /// The length of a window for the drift, in nanoseconds.
    static let window: Int64 = 10_000_000_000
    /// By how much the base may rise in a window: a crystal that is 1,000 parts per million slow, in nanoseconds.
    static let mostDrift: Int64 = 10_000_000
    /// How long lateness must last, without getting less by a tenth of that, before samples are given up, in nanoseconds.
    static let proof: Int64 = 1_000_000_000

    /// Parts per million by which the device is faster than the clock; 0 until it has been watched for two windows.
    private(set) var driftPerMillion = 0
    /// The most that a block was late so far, in nanoseconds.
    private(set) var mostLate: Int64 = 0
    /// Whether the device keeps time at all.
    private(set) var isPaced = true

    private var start: Int64
    private var position: Int64 = 0
    private var base: Int64?
    /// The base when the window began.
    private var anchor: Int64?
    private var isBehind = false
    /// Since when and how much samples have been late, and whether the reader had to wait meanwhile.
    private var lateness: (since: Int64, amount: Int64, hasWaited: Bool)?
    private var windowEnd: Int64
    private var windowLeast = Int64.max
    private var firstWindow: (end: Int64, least: Int64)?

    /// A clock for a device that starts at `now`, in nanoseconds.
    init(now: Int64) {
        start = now
        windowEnd = now + CaptureClock.window
    }

    /// How late samples are that come at `now`, in nanoseconds; 0 for a device that keeps no time.
    func lateness(at now: Int64) -> Int64 { isPaced ? max(0, now - start - position - (base ?? 0)) : 0 }

    /// A block of `duration` has come at `now`; `hasWaited`: it was not there yet when it was asked for.
    mutating func add(_ duration: Int64, at now: Int64, hasWaited: Bool) -> Judgement {
        position += duration
        let offset = now - start - position
        if let anchor, offset < anchor - CaptureClock.tolerance { isPaced = false }
        anchor = anchor ?? offset
        base = min(base ?? offset, offset)
        guard isPaced else { return .onTime }
        follow(offset, at: now)
        return judge(lateness(at: now), at: now, hasWaited: hasWaited)
    }

    /// Stream time goes on by `duration` without samples.
    mutating func skip(_ duration: Int64) {
        position += duration
        // The gap is known less exactly than a crystal is off.
        firstWindow = nil
        windowLeast = .max
        windowEnd = start + position + CaptureClock.window
        (lateness, isBehind) = (nil, false)
    }

    private mutating func judge(_ late: Int64, at now: Int64, hasWaited: Bool) -> Judgement {
        mostLate = max(mostLate, late)
        guard late > CaptureClock.tolerance else {
            lateness = nil
            guard isBehind, late < CaptureClock.tolerance / 4 else { return .onTime }
            isBehind = false
            return .caughtUp
        }
        var before = lateness ?? (now, late, false)
        before.hasWaited = before.hasWaited || hasWaited
        lateness = before
        if now - before.since >= CaptureClock.proof {
            lateness = (now, late, false)
            if before.hasWaited, late > before.amount - CaptureClock.proof / 10 { return .jumped }
        }
        guard !isBehind, !hasWaited else { return .onTime }
        isBehind = true
        return .behind
    }

    /// The least offset of each window shows the drift.
    private mutating func follow(_ offset: Int64, at now: Int64) {
        windowLeast = min(windowLeast, offset)
        guard now >= windowEnd else { return }
        if let first = firstWindow {
            let span = Double(now - first.end)
            driftPerMillion = Int((Double(first.least - windowLeast) / span * 1e6).rounded())
        } else {
            firstWindow = (now, windowLeast)
        }
        if let base { self.base = min(windowLeast, base + CaptureClock.mostDrift) }
        anchor = base
        windowLeast = .max
        windowEnd = now + CaptureClock.window
    }
}
