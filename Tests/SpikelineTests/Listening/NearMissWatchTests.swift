import SpikeSignals
import Testing

@testable import SpikeHeads
@testable import spikeline

@Suite final class NearMissWatchTests {
    private var watch = NearMissWatch(bounds: [600, 500, nil])

    /// Feeds ticks; each is the scores of the labels and what is reported.
    private func feed(_ ticks: [([Int32], Int?)]) -> [NearMissWatch.Miss] {
        var misses: [NearMissWatch.Miss] = []
        for (index, (scores, reported)) in ticks.enumerated() {
            let glance = KeywordHead.Glance(
                at: StreamTime(nanoseconds: Int64(index)), scores: scores, level: 0, reported: reported)
            misses += watch.add(glance)
        }
        return misses
    }

    @Test func aRiseWithoutAReportIsANearMiss() {
        let misses = feed([
            ([0, 0, 0], nil), ([600, 0, 0], nil), ([700, 0, 0], nil), ([599, 0, 0], nil), ([0, 0, 0], nil),
        ])
        #expect(
            misses == [
                .init(label: 0, score: 700, from: StreamTime(nanoseconds: 1), to: StreamTime(nanoseconds: 3))
            ])
    }

    @Test func aReportIsNone() {
        #expect(feed([([700, 0, 0], nil), ([900, 0, 0], 0), ([700, 0, 0], nil), ([0, 0, 0], nil)]) == [])
        // What comes next is judged anew.
        #expect(feed([([650, 0, 0], nil), ([0, 0, 0], nil)]).count == 1)
    }

    @Test func aReportAnswersForWhatElseIsHigh() {
        #expect(feed([([700, 550, 0], nil), ([900, 510, 0], 0), ([0, 0, 0], nil)]) == [])
    }

    @Test func backgroundIsNeverMissed() {
        #expect(feed([([0, 0, 65_536], nil), ([0, 0, 0], nil)]) == [])
    }

    @Test func boundsAreSharesOfTheThresholds() {
        var parameters = KeywordParameters(labels: ["yes", "silence"])
        parameters.threshold = 0.5
        watch = NearMissWatch(parameters, share: 0.5)
        // Half of a half, in Q16.
        #expect(feed([([16_383, 65_536], nil), ([0, 65_536], nil)]) == [])
        #expect(feed([([16_384, 65_536], nil), ([0, 65_536], nil)]).map(\.label) == [0])
    }
}
