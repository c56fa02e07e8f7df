/// Makes alerts of scores: on and off delays, hysteresis, a least length, a pause, one open alert at a time.
///
/// ```
///  ratio   1 |      .-----.        ...      on after `onDelay` ticks at 1 or more
///    release |   ..'       '.    .'         off after `offDelay` ticks below `release`
///            |..'            '..'
///   alert          [onset .... clear]       none for `rearm` ticks
/// ```
struct AlertRule: Hashable, Sendable {
    /// What happens in a tick.
    enum Change: Equatable {
        case onset, update, clear
    }

    /// The alert that goes on, or that was the last.
    struct Alert: Hashable, Sendable {
        /// Counts alerts from 1.
        var number: Int64 = 0
        /// The tick in which the score first was high.
        var from: Int64 = 0
        /// The tick of the onset.
        var onset: Int64 = 0
        /// The last tick that was not low.
        var lastHigh: Int64 = 0
        /// The highest score, and the threshold that it was compared with; Q12.
        var peak: Int64 = 0
        var threshold: Int64 = 0
        /// The tick of the latest report.
        var reported: Int64 = 0
    }

    /// Q12.
    static let unity: Int64 = 4_096
    var alert = Alert()
    /// Whether an alert goes on.
    var isOpen = false
    /// Since when the score is high without an alert; -1: it is not.
    var risen: Int64 = -1
    /// No alert before this tick.
    var armedFrom: Int64 = 0

    /// Nothing is wrong and nothing is about to be.
    var isQuiet: Bool { !isOpen && risen < 0 }

    /// Takes in a tick: the score, its threshold, and their ratio (Q12).
    mutating func step(
        tick: Int64, ratio: Int64, score: Int64, threshold: Int64, _ ticks: AnomalyParameters.Ticks
    ) -> Change? {
        guard isOpen else { return rise(tick, ratio, score, threshold, ticks) }
        if ratio >= ticks.release { alert.lastHigh = tick }
        if score * max(alert.threshold, 1) > alert.peak * max(threshold, 1) {
            (alert.peak, alert.threshold) = (score, threshold)
        }
        if tick - alert.lastHigh >= Int64(ticks.offDelay), tick - alert.onset >= Int64(ticks.minimum) {
            isOpen = false
            armedFrom = tick + Int64(ticks.rearm)
            return .clear
        }
        guard tick - alert.reported >= Int64(ticks.update) else { return nil }
        alert.reported = tick
        return .update
    }

    private mutating func rise(
        _ tick: Int64, _ ratio: Int64, _ score: Int64, _ threshold: Int64, _ ticks: AnomalyParameters.Ticks
    ) -> Change? {
        guard ratio >= AlertRule.unity else {
            risen = -1
            return nil
        }
        if risen < 0 { risen = tick }
        guard tick - risen + 1 >= Int64(ticks.onDelay), tick >= armedFrom else { return nil }
        alert = Alert(
            number: alert.number + 1, from: risen, onset: tick, lastHigh: tick, peak: score, threshold: threshold,
            reported: tick)
        (isOpen, risen) = (true, -1)
        return .onset
    }
}
