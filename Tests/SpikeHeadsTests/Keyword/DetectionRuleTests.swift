import Testing

@testable import SpikeHeads

@Suite struct DetectionRuleTests {
    private func rule(confirm: Int = 1, holdOff: Int = 0, thresholds: [Int32] = [100, 100]) -> DetectionRule {
        DetectionRule(thresholds: thresholds, releases: thresholds.map { $0 / 2 }, confirm: confirm, holdOff: holdOff)
    }

    /// The ticks and labels that fire when label 0 has these scores and label 1 none.
    private func firings(_ rule: DetectionRule, _ scores: [Int32]) -> [Int] {
        var rule = rule
        return scores.indices.filter { rule.step([scores[$0], 0], tick: Int64($0)) != nil }
    }

    @Test func firesAtTheThresholdAndNotBelow() {
        #expect(firings(rule(), [99, 99, 99]) == [])
        #expect(firings(rule(), [99, 100]) == [1])
    }

    @Test func firesInTheLastOfTheConfirmingTicks() {
        #expect(firings(rule(confirm: 3), [100, 100, 99, 100, 100, 100]) == [5])
        #expect(firings(rule(confirm: 3), [100, 100]) == [])
        #expect(firings(rule(confirm: 3), [100, 100, 100]) == [2])
    }

    @Test func firesAgainOnlyAfterFallingBelowTheRelease() {
        #expect(firings(rule(), [100, 50, 100, 100]) == [0])
        #expect(firings(rule(), [100, 49, 100, 100]) == [0, 2])
    }

    @Test func nothingFiresDuringTheHoldOff() {
        #expect(firings(rule(holdOff: 4), [100, 0, 0, 100, 100]) == [0, 4])
        #expect(firings(rule(holdOff: 4), [100, 0, 0, 100, 0]) == [0])
        var rule = rule(holdOff: 3)
        #expect(rule.step([100, 0], tick: 0) == 0)
        #expect(rule.step([0, 100], tick: 1) == nil)
        #expect(rule.step([0, 100], tick: 2) == nil)
        #expect(rule.step([0, 100], tick: 3) == 1)
    }

    @Test func theBestWordFiresAndTheOthersOfThatMomentDoNot() {
        var rule = rule(holdOff: 1)
        #expect(rule.step([110, 120], tick: 0) == 1)
        #expect(rule.step([110, 60], tick: 1) == nil)
        #expect(rule.step([49, 49], tick: 2) == nil)
        #expect(rule.step([110, 110], tick: 3) == 0)
    }

    @Test func aWordThatNeverFiresDoesNot() {
        var rule = rule(thresholds: [DetectionRule.never, 100])
        #expect(rule.step([65_536, 0], tick: 0) == nil)
        #expect(rule.step([65_536, 100], tick: 1) == 1)
    }
}
