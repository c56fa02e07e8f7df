import SpikeSignals

/// How many false alerts are missing of those that were asked for, and what follows for thresholds.
///
/// A tail that is extrapolated from maxima is right on average over machines, not for each of them: one that repeats itself
/// has no rarer moments than those that were seen, and blocks that depend on each other look rarer than they are. What
/// can be counted corrects it, by stochastic approximation of a quantile (Robbins and Monro 1951) with a constant step:
///
/// ```
/// missing += r per quiet tick, r = false alerts asked for per tick
/// missing -= 1 per marginal alert, and per other alert while missing > 0          -most ... most
/// level    = u + (fitted level - u) exp(-missing / steps)            u: the median of the maxima
/// ```
/// While `missing` stays within its bounds, the marginal alerts of any time differ from those asked for by no more than it
/// changed, whatever the scores do (Gibbs and Candes 2021, proposition 4.1): 2 ``most``. In an exponential tail the level of one
/// block in several hundred is 5 to 7 scales above the median, so an alert changes the rate by a factor of about e^(6 / steps),
/// less than two: the balance is found within a few alerts, and no single one decides. An alert that lasts or is strong
/// may be a fault. It is no missing alert, so thresholds do not fall because of it; but it never raises them above
/// what was fitted, so that the same fault is told again. ``most`` keeps the correction between a half and twice the fitted excess.
struct AlertBalance: Hashable, Sendable {
    /// An alert, in units of ``missing``.
    static let alert: Int64 = 1 << 48
    /// The most alerts that are missing or too many.
    static let most: Int64 = 7
    /// So many missing alerts divide the excess by e.
    static let steps = 10.0

    /// What a quiet tick adds; 1 to ``alert``.
    let perTick: Int64
    /// Alerts asked for that did not come; in units of 1 / ``alert``, within ``most`` alerts of 0.
    private(set) var missing: Int64 = 0

    /// Nothing is missing; `ticksPerAlert` is how often an alert is asked for.
    init(ticksPerAlert: Double) {
        perTick = Int64(min(max((Double(AlertBalance.alert) / max(ticksPerAlert, 1)).rounded(), 1), 0x1p48))
    }

    /// A quiet tick went by.
    mutating func pass() { missing = min(missing &+ perTick, AlertBalance.most * AlertBalance.alert) }

    /// An alert was raised and is over.
    mutating func count(isMarginal: Bool) {
        let least = isMarginal ? -AlertBalance.most * AlertBalance.alert : min(missing, 0)
        missing = max(missing - AlertBalance.alert, least)
    }

    /// What the excess of the fitted level over the median is multiplied by: 0.49 to 2.02.
    var stretch: Double { SetUpMath.exp(-Double(missing) / (Double(AlertBalance.alert) * AlertBalance.steps)) }

    /// Takes over what was kept; false if it was never kept.
    mutating func restore(_ value: Int64) -> Bool {
        let most = AlertBalance.most * AlertBalance.alert
        guard (-most...most).contains(value) else { return false }
        missing = value
        return true
    }
}
