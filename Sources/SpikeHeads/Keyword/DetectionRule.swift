import SpikeSignals

/// Decides, tick by tick, whether a word was just spoken.
///
/// ```
/// score      ___/-----\______/---      threshold  - - -
///            |  |             |        release    . . .
/// armed    ====fires         ====      a word fires when it is armed and its score has been at or above its threshold
///                 not armed            for `confirm` ticks; it is armed again when its score falls below its release
/// hold-off      |<-------->|           level. Of several words the one with the highest score fires, the first of
///                 nothing fires        equals; the others that are at their thresholds then are taken for the same
/// ```                                  sound and wait to be armed again too.
/// After a word fired in tick t nothing fires before tick t + hold-off.
struct DetectionRule {
    /// The threshold of a label that never fires.
    static let never = Int32.max

    private let thresholds: [Int32]
    private let releases: [Int32]
    private let confirm: Int
    private let holdOff: Int64

    private var streaks: [Int]
    private var armed: [Bool]
    private var quietUntil = Int64.min

    /// A rule for labels with these thresholds and release levels, in the unit of the scores.
    init(thresholds: [Int32], releases: [Int32], confirm: Int, holdOff: Int) {
        self.thresholds = thresholds
        self.releases = releases
        self.confirm = confirm
        self.holdOff = Int64(holdOff)
        streaks = [Int](repeating: 0, count: thresholds.count)
        armed = [Bool](repeating: true, count: thresholds.count)
    }

    /// Takes in the scores of `tick`; ticks ascend.
    ///
    /// - Returns: the label that fires in this tick, if one does.
    mutating func step(_ scores: [Int32], tick: Int64) -> Int? {
        var best: Int?
        for label in thresholds.indices {
            let score = scores[label]
            if score < releases[label] { armed[label] = true }
            streaks[label] = score >= thresholds[label] ? min(streaks[label] + 1, confirm) : 0
            guard armed[label], streaks[label] == confirm, tick >= quietUntil else { continue }
            if let leader = best, scores[leader] >= score { continue }
            best = label
        }
        guard best != nil else { return nil }
        for label in thresholds.indices where scores[label] >= thresholds[label] { armed[label] = false }
        quietUntil = tick + holdOff
        return best
    }

    /// Appends what the rule remembers.
    func write(to writer: inout IntegerWriter) {
        writer.append(streaks.map { Int64($0) })
        writer.append(armed.map { UInt8($0 ? 1 : 0) })
        writer.append(quietUntil)
    }

    /// Takes over what ``write(to:)`` wrote; false if that cannot belong to a rule like this one, which then is as it was.
    mutating func read(from reader: inout IntegerReader) -> Bool {
        let size = thresholds.count
        guard let streaks = reader.list(limit: size, of: Int64.self),
            let armed = reader.list(limit: size, of: UInt8.self), let quietUntil = reader.integer(Int64.self),
            streaks.count == size, armed.count == size,
            streaks.allSatisfy({ (0...Int64(confirm)).contains($0) }), armed.allSatisfy({ $0 <= 1 })
        else { return false }
        (self.streaks, self.armed) = (streaks.map { Int($0) }, armed.map { $0 == 1 })
        self.quietUntil = quietUntil
        return true
    }
}
