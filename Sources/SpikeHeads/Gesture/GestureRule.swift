import SpikeSignals

/// Decides, tick by tick, which label is recognised.
///
/// ```
/// candidate   the label with the highest score, if that is at the threshold; else the recognised label while its score
///             is at `hold`; else none. None, too, while there are too few events.
/// recognised  none -> A     A has been the candidate for `confirm` ticks
///             A    -> none  A has not been the candidate for `release` ticks
/// ```
/// A new label is recognised in the tick in which the old one is lost if it has been the candidate for long enough then.
struct GestureRule {
    /// What changed in a tick.
    struct Change: Equatable {
        /// The label that is lost, if one is.
        var lost: Int?
        /// The label that is recognised, if one is.
        var recognised: Int?
    }

    /// The label that is recognised.
    private(set) var current: Int?
    /// The candidate of the latest tick, and for how many ticks it has been it, up to `confirm`.
    private(set) var candidate: Int?
    /// For how many ticks the recognised label has not been the candidate.
    private(set) var away = 0

    private var streak = 0
    private let threshold: Int32
    private let hold: Int32
    private let confirm: Int
    private let release: Int

    init(_ coefficients: GestureCoefficients) {
        threshold = coefficients.threshold
        hold = coefficients.hold
        confirm = coefficients.confirm
        release = coefficients.release
    }

    /// Takes in the scores of one tick; `isActive` says whether there are enough events.
    mutating func step(_ scores: [Int32], isActive: Bool) -> Change {
        let next = isActive ? best(of: scores) : nil
        streak = next == candidate ? min(streak + 1, confirm) : 1
        candidate = next
        var change = Change()
        if let label = current {
            away = next == label ? 0 : away + 1
            if away >= release {
                change.lost = label
                current = nil
            }
        }
        if current == nil, let next, streak >= confirm, change.lost != next {
            change.recognised = next
            current = next
            away = 0
        }
        return change
    }

    private func best(of scores: [Int32]) -> Int? {
        var best = 0
        for label in scores.indices where scores[label] > scores[best] { best = label }
        if scores[best] >= threshold { return best }
        guard let current, scores[current] >= hold else { return nil }
        return current
    }

    /// Appends what the rule remembers; -1 stands for no label.
    func write(to writer: inout IntegerWriter) {
        for number in [current ?? -1, candidate ?? -1, away, streak] { writer.append(Int64(number)) }
    }

    /// Takes over what ``write(to:)`` wrote; false if that cannot belong to a rule for `labels` labels like this one, which
    /// then is as it was.
    mutating func read(from reader: inout IntegerReader, labels: Int) -> Bool {
        guard let current = reader.integer(Int64.self), let candidate = reader.integer(Int64.self),
            let away = reader.integer(Int64.self), let streak = reader.integer(Int64.self),
            (-1..<Int64(labels)).contains(current), (-1..<Int64(labels)).contains(candidate),
            (0...Int64(release)).contains(away), (0...Int64(confirm)).contains(streak)
        else { return false }
        self.current = current < 0 ? nil : Int(current)
        self.candidate = candidate < 0 ? nil : Int(candidate)
        (self.away, self.streak) = (Int(away), Int(streak))
        return true
    }
}
