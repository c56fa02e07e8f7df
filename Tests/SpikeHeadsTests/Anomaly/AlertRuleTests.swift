import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The rule that makes alerts of scores") struct AlertRuleTests {
    /// The rule as sentences about the whole past, slow and without a state of its own but the alerts.
    private struct Slow {
        let ticks: AnomalyParameters.Ticks
        var ratios: [Int64] = []
        var onset: Int?
        var cleared = -1
        var reported = 0
        var isArmedFrom = 0
        var count = 0

        mutating func step(_ ratio: Int64) -> AlertRule.Change? {
            ratios.append(ratio)
            let now = ratios.count - 1
            guard let onset else {
                // High without a pause for the delay, all of it after the last alert.
                let first = now - ticks.onDelay + 1
                guard first > cleared, first >= 0, now >= isArmedFrom,
                    ratios[first...now].allSatisfy({ $0 >= 4_096 })
                else { return nil }
                (self.onset, reported) = (now, now)
                count += 1
                return .onset
            }
            let high = (onset + 1..<now + 1).last { ratios[$0] >= ticks.release } ?? onset
            if now - high >= ticks.offDelay, now - onset >= ticks.minimum {
                (self.onset, cleared, isArmedFrom) = (nil, now, now + ticks.rearm)
                return .clear
            }
            guard now - reported >= ticks.update else { return nil }
            reported = now
            return .update
        }

        /// The first tick of the run of high scores before `onset`.
        func from(_ onset: Int) -> Int {
            var first = onset
            while first - 1 > cleared, ratios[first - 1] >= 4_096 { first -= 1 }
            return first
        }
    }

    private static func ticks(_ dice: inout Dice) -> AnomalyParameters.Ticks {
        var ticks = AnomalyParameters.Ticks(AnomalyParameters(), tickNanoseconds: 10_000_000)
        (ticks.onDelay, ticks.offDelay) = (dice.pick(1...5), dice.pick(1...6))
        (ticks.minimum, ticks.rearm, ticks.update) = (dice.pick(0...12), dice.pick(0...15), dice.pick(1...20))
        ticks.release = Int64(dice.pick(2_000...4_096))
        return ticks
    }

    @Test("agrees with its slow twin on random ratios") func twin() {
        var dice = Dice(state: 21)
        var changes = [0, 0, 0]
        for round in 0..<400 {
            let ticks = Self.ticks(&dice)
            var (rule, slow) = (AlertRule(), Slow(ticks: ticks))
            let threshold = Int64(dice.pick(1...100_000))
            var (level, peak): (Int64, Int64) = (3_000, 0)
            for tick in 0..<500 {
                if dice.pick(0...6) == 0 { level = Int64(dice.pick(1_000...6_000)) }
                let score = threshold * level / 4_096
                let ratio = score * 4_096 / threshold
                let change = rule.step(tick: Int64(tick), ratio: ratio, score: score, threshold: threshold, ticks)
                #expect(change == slow.step(ratio), "\(round) \(tick)")
                #expect(rule.isOpen == (slow.onset != nil))
                peak = change == .onset ? score : max(peak, score)
                if change != nil, change != .clear { #expect(rule.alert.peak == peak) }
                switch change {
                case .onset:
                    changes[0] += 1
                    #expect(rule.alert.number == Int64(slow.count) && rule.alert.onset == Int64(tick))
                    #expect(rule.alert.from == Int64(slow.from(tick)))
                case .update: changes[1] += 1
                case .clear:
                    changes[2] += 1
                    let low = slow.ratios[(Int(rule.alert.lastHigh) + 1)...]
                    #expect(low.count >= ticks.offDelay && low.allSatisfy { $0 < ticks.release })
                case nil: break
                }
            }
        }
        #expect(changes.allSatisfy { $0 > 1_000 }, "\(changes)")
    }

    @Test("a spike that is shorter than the delay raises nothing; a score between release and threshold holds an alert")
    func delays() {
        var ticks = AnomalyParameters.Ticks(AnomalyParameters(), tickNanoseconds: 10_000_000)
        (ticks.onDelay, ticks.offDelay, ticks.minimum, ticks.rearm, ticks.update) = (3, 2, 0, 4, 1_000)
        ticks.release = 3_277
        var rule = AlertRule()
        let ratios: [Int64] = [
            5_000, 5_000, 4_095, 5_000, 5_000, 4_096, 3_500, 3_500, 3_500, 3_000, 3_000, 9_000, 9_000,
        ]
        var seen: [Int: AlertRule.Change] = [:]
        for (tick, ratio) in (ratios + [9_000, 9_000, 9_000]).enumerated() {
            if let change = rule.step(tick: Int64(tick), ratio: ratio, score: ratio, threshold: 4_096, ticks) {
                seen[tick] = change
            }
            #expect(rule.isQuiet == (!rule.isOpen && ratio < 4_096) || tick == 10)
        }
        // Over at 10; high again from 11, but not armed before 14.
        #expect(seen == [5: .onset, 10: .clear, 14: .onset])
        #expect(rule.alert.number == 2 && rule.alert.from == 11)
    }

    @Test("the peak is the highest share of a threshold that may change")
    func peak() {
        var ticks = AnomalyParameters.Ticks(AnomalyParameters(), tickNanoseconds: 10_000_000)
        ticks.onDelay = 1
        var rule = AlertRule()
        for (tick, (score, threshold)) in [(5_000, 4_000), (6_000, 5_000), (5_000, 3_000)].enumerated() {
            _ = rule.step(
                tick: Int64(tick), ratio: Int64(score * 4_096 / threshold), score: Int64(score),
                threshold: Int64(threshold), ticks)
        }
        #expect(rule.alert.peak == 5_000 && rule.alert.threshold == 3_000)
    }
}
