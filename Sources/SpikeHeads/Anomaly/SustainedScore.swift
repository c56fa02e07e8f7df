/// The score that held for as long as an alert takes to be raised: the lowest of the latest ticks.
///
/// Scores pass a threshold for a tick or two far more often than for the on delay of the alerts. Thresholds that say how many alerts a
/// day come of normal are therefore calibrated on this. The window has the length of the on delay once blocks of maxima hold
/// many of them, and is shorter before, which gives higher thresholds. It moves on by an eighth of its length, so a score has to hold
/// for up to an eighth longer than an alert needs.
struct SustainedScore: Hashable, Sendable {
    /// Windows in a block, at least.
    static let windows: Int64 = 16
    /// The parts of a window of many ticks.
    static let parts: Int64 = 8
    /// The longest window.
    let onDelay: Int64
    /// The lowest score of each of the latest parts, oldest first.
    private(set) var recent: [Int64] = []
    /// Ticks of the part that is being filled, and the lowest score in them.
    private(set) var fill: Int64 = 0
    private(set) var lowest: Int64 = 0

    /// An empty window; `onDelay` is 1 tick or more.
    init(onDelay: Int) {
        self.onDelay = Int64(max(onDelay, 1))
        recent.reserveCapacity(Int(2 * SustainedScore.parts))
    }

    /// Adds the score of a tick in a block of that many ticks; the lowest of a window that ends with it, else 0.
    mutating func add(_ score: Int64, block: Int64) -> Int64 {
        let length = min(max(block / SustainedScore.windows, 1), onDelay)
        let part = max(length / SustainedScore.parts, 1)
        lowest = fill == 0 ? score : min(lowest, score)
        fill += 1
        guard fill >= part else { return 0 }
        fill = 0
        let count = Int((length + part - 1) / part)
        recent.append(lowest)
        if recent.count > count { recent.removeFirst(recent.count - count) }
        return recent.count == count ? recent.min() ?? 0 : 0
    }

    /// Takes over what was kept; false if it was never kept.
    mutating func restore(recent: [Int64], fill: Int64, lowest: Int64) -> Bool {
        let scores = 0...LateralPredictor.mostScore
        guard recent.count < 2 * SustainedScore.parts, recent.allSatisfy({ scores.contains($0) }),
            (0...AnomalySnapshot.latest).contains(fill), scores.contains(lowest)
        else { return false }
        self.recent.removeAll(keepingCapacity: true)
        self.recent += recent
        (self.fill, self.lowest) = (fill, lowest)
        return true
    }
}
