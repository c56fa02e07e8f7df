import SpikeHeads
import SpikeSignals

/// Notices words that were nearly reported: the score rose above a bound, and fell again without a report.
///
/// ```
/// score        __/‾‾\__      /‾‾‾\__        - - -  threshold
/// bound  ......|......|....../.....\...
///              near miss     reported: none
/// ```
/// A report of one word also answers for the others that are above their bounds then: it is the same sound.
struct NearMissWatch {
    /// A word that was nearly reported.
    struct Miss: Equatable {
        /// Its label.
        var label: Int
        /// The highest score, in Q16.
        var score: Int32
        /// When the score was above the bound.
        var from: StreamTime
        var to: StreamTime
    }

    private struct Rise {
        var score: Int32
        var from: StreamTime
        var isReported: Bool
    }

    private let bounds: [Int32?]
    private var rises: [Rise?]

    /// A watch for labels with these bounds in Q16; nil for those that are never reported.
    init(bounds: [Int32?]) {
        self.bounds = bounds
        rises = bounds.map { _ in nil }
    }

    /// A watch with bounds at `share` (up to 1) of the thresholds.
    init(_ parameters: KeywordParameters, share: Double) {
        self.init(
            bounds: parameters.labels.indices.map { label in
                parameters.threshold(ofLabel: label).map { Int32(Double($0) * share) }
            })
    }

    /// Takes in a tick; the words that are given up with it.
    mutating func add(_ glance: KeywordHead.Glance) -> [Miss] {
        var misses: [Miss] = []
        for (label, bound) in bounds.enumerated() {
            guard let bound else { continue }
            let score = glance.scores[label]
            if score >= bound {
                let before = rises[label] ?? Rise(score: score, from: glance.at, isReported: false)
                rises[label] = Rise(
                    score: max(before.score, score), from: before.from,
                    isReported: before.isReported || glance.reported != nil)
            } else if let rise = rises[label] {
                rises[label] = nil
                if !rise.isReported {
                    misses.append(Miss(label: label, score: rise.score, from: rise.from, to: glance.at))
                }
            }
        }
        return misses
    }
}
