import SpikeTestSupport
import Testing

@testable import SpikeHeads

#if canImport(Glibc)
import Glibc
#endif

@Suite("The balance of alerts") struct AlertBalanceTests {
    @Test("an alert is missing after as many quiet ticks as one is asked for in", arguments: [1.0, 7, 8_640, 8.64e9])
    func due(ticks: Double) {
        var balance = AlertBalance(ticksPerAlert: ticks)
        #expect(balance.missing == 0 && balance.stretch == 1)
        let passed = Int(min(ticks, 1e5))
        for _ in 0..<passed { balance.pass() }
        let missing = Double(balance.missing) / Double(AlertBalance.alert)
        #expect(abs(missing / (Double(passed) / ticks) - 1) < 1e-4)
        #expect(abs(balance.stretch - exp(-missing / 10)) < 1e-12)
        balance.count(isMarginal: true)
        #expect(abs(Double(balance.missing) / Double(AlertBalance.alert) - (missing - 1)) < 1e-9)
    }

    @Test("no number of ticks or alerts takes it beyond its bounds, and no rate is refused")
    func bounds() {
        for ticks in [0, 1e-9, 1, 100, 1e30, .infinity] {
            var balance = AlertBalance(ticksPerAlert: ticks)
            #expect((1...AlertBalance.alert).contains(balance.perTick))
            for _ in 0..<20 { balance.count(isMarginal: true) }
            #expect(balance.missing == -7 * AlertBalance.alert && abs(balance.stretch - exp(0.7)) < 1e-9)
            for _ in 0..<2_000 { balance.pass() }
            #expect((-7 * AlertBalance.alert...7 * AlertBalance.alert).contains(balance.missing))
            #expect((0.49...2.02).contains(balance.stretch))
        }
        var balance = AlertBalance(ticksPerAlert: 1)
        let most = 7 * AlertBalance.alert
        #expect(balance.restore(most) && balance.restore(-most) && balance.missing == -most)
        #expect(!balance.restore(most + 1) && !balance.restore(-most - 1) && !balance.restore(.min))
        #expect(balance.missing == -most)
    }

    @Test("an alert that may be a fault takes from what is missing, and never raises a threshold above what was fitted")
    func strong() {
        var balance = AlertBalance(ticksPerAlert: 4)
        for _ in 0..<6 { balance.pass() }
        #expect(balance.missing == AlertBalance.alert * 3 / 2)
        balance.count(isMarginal: false)
        #expect(balance.missing == AlertBalance.alert / 2)
        for _ in 0..<9 { balance.count(isMarginal: false) }
        #expect(balance.missing == 0)
        balance.count(isMarginal: true)
        balance.count(isMarginal: false)
        #expect(balance.missing == -AlertBalance.alert)
    }

    @Test("a level that is wrong by a half gives the rate asked for all the same", arguments: [0.6, 1, 1.6])
    func converges(wrong: Double) {
        var dice = Dice(state: 77)
        // Blocks whose maxima have an exponential excess of scale 1; one in 200 shall pass.
        let fitted = wrong * log(200)
        var balance = AlertBalance(ticksPerAlert: 200)
        var (alerts, blocks) = (0, 20_000)
        for _ in 0..<blocks {
            balance.pass()
            if -log(1 - dice.unit()) > fitted * balance.stretch {
                balance.count(isMarginal: true)
                alerts += 1
            }
        }
        blocks /= 200
        #expect(abs(alerts - blocks) <= 14, "\(alerts) of \(blocks)")
        #expect(abs(balance.stretch * wrong - 1) < 0.35, "\(balance.stretch)")
    }
}
