import SpikeSignals

/// Tells when a live sensor falls silent, is gone, and is back.
///
/// ```
/// data      ████████          ████████            ████
/// link      ──────────────────────────┐        ┌──────
/// told            stalled  stalled   dead      dead
///                 onset    clear     onset     clear
/// ```
/// A sensor that has not been heard yet is not silent. A link that ends again within a second of the last `dead` is told when it has
/// been away for that second, so that a peer which comes and goes in a loop does not flood the sinks. All times are those of ``MonotonicClock``, in nanoseconds.
struct SensorPresence {
    private enum State {
        case unheard
        case present
        case stalled
        case dead
    }

    private let place: String
    private let faults: SensorFaults
    /// For how long nothing may come, in nanoseconds; nil: for ever.
    private let longestSilence: Int64?
    private var state = State.unheard
    /// When something came last, or when the sensor was found to be gone without ever having been there.
    private var heardAt: Int64 = 0
    /// When it was last told that the sensor is gone, and whether that has been told of this time.
    private var (deadAt, isDeadTold): (Int64?, Bool) = (nil, false)
    /// The least time between two reports that the sensor is gone, in nanoseconds.
    private static let spacing: Int64 = 1_000_000_000

    /// The sensor at `place`; silent after `stalledAfterMs` milliseconds without data, or never if that is 0.
    init(_ place: String, stalledAfterMs: Int, faults: SensorFaults) {
        self.place = place
        self.faults = faults
        longestSilence = stalledAfterMs > 0 ? Int64(stalledAfterMs) * 1_000_000 : nil
    }

    /// Data has come at `now`, when the stream was at `stream`.
    mutating func heard(at now: Int64, stream: StreamTime) {
        switch state {
        case .unheard, .present: break
        case .stalled: report(.stalled, .clear, stream, until: now)
        case .dead: if isDeadTold { report(.dead, .clear, stream, until: now) }
        }
        (state, heardAt) = (.present, now)
    }

    /// Nothing has come by `now`.
    mutating func silent(at now: Int64, stream: StreamTime) {
        guard let longestSilence, case .present = state, now &- heardAt >= longestSilence else { return }
        report(.stalled, .onset, stream)
        state = .stalled
    }

    /// The link to the sensor has ended, or there is none.
    mutating func gone(at now: Int64, stream: StreamTime) {
        switch state {
        case .dead: return tellDead(at: now, stream)
        case .stalled: report(.stalled, .clear, stream)
        case .unheard: heardAt = now
        case .present: break
        }
        (state, isDeadTold) = (.dead, false)
        tellDead(at: now, stream)
    }

    /// There is still no link by `now`, if there was one.
    mutating func away(at now: Int64, stream: StreamTime) {
        if case .dead = state { tellDead(at: now, stream) }
    }

    private mutating func tellDead(at now: Int64, _ stream: StreamTime) {
        guard !isDeadTold else { return }
        if let deadAt, now &- deadAt < SensorPresence.spacing { return }
        report(.dead, .onset, stream)
        (deadAt, isDeadTold) = (now, true)
    }

    private func report(
        _ kind: SensorFault.Kind, _ state: SensorFault.State, _ stream: StreamTime, until now: Int64? = nil
    ) {
        let lost = now.map { Int(max(0, $0 &- heardAt) / 1_000_000) }
        faults.report(SensorFault(kind, state, place: place, at: stream, lostMilliseconds: lost))
    }
}
