import SpikeSignals
import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The anomaly detector") struct AnomalyDetectorTests {
    @Test("phases come after the ticks that were chosen") func phases() {
        var machine = Machine(seed: 1)
        var detector = AnomalyDetector(channels: 12)
        #expect(detector.threshold == nil && detector.phase == .settling)
        let reports = detector.run(&machine, ticks: 1_500)
        // 64 ticks to settle, 512 to learn, 512 to calibrate; a report comes with the last tick of the phase before.
        #expect(reports.map(\.tick) == [0, 64 + 512 - 1, 64 + 512 + 512 - 1])
        #expect(reports.map(\.report) == [.phase(.settling), .phase(.calibrating), .phase(.armed)])
        #expect(detector.phase == .armed && detector.isProvisional && detector.age == 1_500)
        #expect(detector.phase.name == "armed" && AnomalyDetector.Phase.settling.name == "learning")
        #expect((1...20).contains(detector.threshold ?? 0))
    }

    @Test("a fault in one channel is alerted, named first, and over when it is over", arguments: 0..<12)
    func oneChannel(channel: Int) throws {
        var machine = Machine(seed: UInt64(100 + channel))
        var detector = AnomalyDetector.armed(&machine)
        #expect(detector.run(&machine, ticks: 500).isEmpty)
        let isMore = channel % 2 == 0
        machine.fault[channel] = isMore ? 8 : -8
        let onset = try #require(detector.run(&machine, ticks: 200).first)
        #expect(onset.report == .alert(.onset) && onset.tick < 150, "\(onset)")
        let cause = try #require(detector.findCauses(atMost: 3) { _, _ in false }.first)
        #expect(cause.channel == channel && cause.isMore == isMore && cause.weight > 0.3, "\(cause)")
        #expect(detector.isAlert && detector.ratio > 1)
        machine.fault[channel] = 0
        let clear = detector.run(&machine, ticks: 600)
        #expect(clear.map(\.report) == [.alert(.clear)])
        #expect(!detector.isAlert)
    }

    @Test("a channel that no longer follows the others is found though its own mean and variance stay")
    func loose() {
        var (dice, one, two) = (Dice(state: 31), 0.0, 0.0)
        func tick(isLoose: Bool) -> [Int32] {
            one = 0.95 * one + 0.3 * dice.normal()
            two = 0.95 * two + 0.3 * dice.normal()
            let causes = [one, one, one, isLoose ? two : one]
            return causes.map { Int32(min(max((20 + 6 * $0 + dice.normal()).rounded(), 0), 255)) }
        }
        var detector = AnomalyDetector(channels: 4)
        var alerts = 0
        while detector.phase != .armed { detector.step(tick(isLoose: false)) { _ in } }
        for _ in 0..<500 { detector.step(tick(isLoose: false)) { _ in alerts += 1 } }
        #expect(alerts == 0)
        var cause: Int?
        for _ in 0..<500 where cause == nil {
            var isAlert = false
            detector.step(tick(isLoose: true)) { isAlert = $0 == .alert(.onset) }
            if isAlert { cause = detector.findCauses(atMost: 1) { _, _ in false }.first?.channel }
        }
        #expect(cause == 3)
    }

    @Test("nothing is learned while an alert is raised or about to be")
    func frozen() {
        var machine = Machine(seed: 41)
        var detector = AnomalyDetector.armed(&machine)
        detector.run(&machine, ticks: 300)
        machine.fault[3] = 12
        while detector.rule.risen < 0, !detector.isAlert { detector.run(&machine, ticks: 1) }
        let before = detector
        detector.run(&machine, ticks: 5_000)
        #expect(detector.isAlert)
        #expect(detector.fast.sums == before.fast.sums && detector.slow.sums == before.slow.sums)
        #expect(detector.fast.means == before.fast.means && detector.slow.means == before.slow.means)
        #expect(detector.slow.threshold == before.slow.threshold && detector.fast.threshold == before.fast.threshold)
        #expect(detector.slow.maxima.maxima == before.slow.maxima.maxima && detector.learned == before.learned)
        // And it is learned on while all is quiet.
        machine.fault[3] = 0
        detector.run(&machine, ticks: 2_000)
        #expect(detector.slow.sums != before.slow.sums && detector.learned > before.learned)
    }

    @Test("an alert that hardly passed the threshold counts for the tail of normal, a strong or long one does not")
    func marginal() {
        var machine = Machine(seed: 45)
        var armed = AnomalyDetector.armed(&machine)
        armed.run(&machine, ticks: 300)
        // Ends with the next tick, as its score was last high an off delay ago.
        func clear(peak: Int64, ago: Int64) -> AnomalyDetector {
            var detector = armed
            var alert = AlertRule.Alert(number: 1, peak: peak, threshold: 4_096)
            alert.onset = detector.age - ago
            alert.lastHigh = detector.age - Int64(detector.ticks.offDelay)
            alert.reported = detector.age
            (detector.rule.alert, detector.rule.isOpen) = (alert, true)
            detector.slow.maxima.hold(peak)
            detector.step(machine.tick()) { _ in }
            #expect(!detector.isAlert)
            return detector
        }
        #expect(clear(peak: 5_000, ago: 100).slow.maxima.partial.highest >= 5_000)
        #expect(clear(peak: 7_000, ago: 100).slow.maxima.partial.highest < 5_000)
        #expect(clear(peak: 5_000, ago: 100_000).slow.maxima.partial.highest < 5_000)
        // And only such an alert may raise a threshold above what was fitted; a tick of quiet has passed since.
        #expect(armed.balance.missing > 0)
        #expect(clear(peak: 5_000, ago: 100).balance.missing < -AlertBalance.alert / 2)
        #expect(clear(peak: 7_000, ago: 100).balance.missing == armed.balance.perTick)
        #expect(clear(peak: 5_000, ago: 100_000).balance.missing == armed.balance.perTick)
    }

    @Test("a day of normal gives about as many alerts as were asked for", arguments: [1, 2] as [UInt64])
    func rate(seed: UInt64) {
        var machine = Machine(seed: 200 + seed, layout: seed)
        var parameters = AnomalyParameters()
        (parameters.warmUpSeconds, parameters.calibrateSeconds) = (300, 300)
        (parameters.falseAlarmsPerDay, parameters.offDelayMilliseconds) = (100, 200)
        var detector = AnomalyDetector(parameters, channels: machine.channels, tickNanoseconds: 10_000_000)
        while detector.phase != .armed { detector.step(machine.tick()) { _ in } }
        var alerts = 0
        let ticks = 2_000_000
        for _ in 0..<ticks { detector.step(machine.tick()) { if $0 == .alert(.onset) { alerts += 1 } } }
        let asked = 100 * Double(ticks) / 8_640_000
        print("alerts of \(asked) asked for: \(alerts)")
        #expect(Double(alerts) < 3 * asked && Double(alerts) > asked / 3)
    }

    @Test("what normal does now and then stays normal, however long it runs")
    func rareMoments() {
        var machine = Machine(seed: 47)
        var parameters = quickParameters
        (parameters.warmUpSeconds, parameters.calibrateSeconds, parameters.memorySeconds) = (80, 80, 160)
        var detector = AnomalyDetector(parameters, channels: machine.channels, tickNanoseconds: 10_000_000)
        var alerts = 0
        // Every twenty seconds one channel says more for half a second.
        for tick in 0..<400_000 {
            machine.fault[3] = tick % 2_000 < 50 ? 5 : 0
            detector.step(machine.tick()) { if $0 == .alert(.onset) { alerts += 1 } }
        }
        #expect(detector.phase == .armed && alerts <= 4, "\(alerts)")
    }

    @Test("a slow drift is followed while all is quiet, a fast one is alerted", arguments: [60_000, 600])
    func drift(ticks: Int) {
        var machine = Machine(channels: 6, seed: 51)
        var parameters = quickParameters
        parameters.adaptSeconds = 20
        var detector = AnomalyDetector.armed(&machine, parameters)
        detector.run(&machine, ticks: 2_000)
        var alerts = 0
        for _ in 0..<ticks {
            machine.fault[2] += 15 / Double(ticks)
            alerts += detector.run(&machine, ticks: 1).count
        }
        #expect(ticks > 1_000 ? alerts <= 1 : alerts > 0, "\(alerts)")
    }

    @Test("learns afresh when it is told to, and goes on counting alerts") func relearn() {
        var machine = Machine(seed: 61)
        var parameters = quickParameters
        (parameters.warmUpSeconds, parameters.calibrateSeconds) = (20.48, 20.48)
        var detector = AnomalyDetector.armed(&machine, parameters)
        machine.fault[1] = 12
        while !detector.isAlert { detector.run(&machine, ticks: 1) }
        let age = detector.age
        detector.relearn()
        #expect(detector.phase == .settling && detector.age == age && detector.learned == 0 && !detector.isAlert)
        for tick in [1, 3, 7, 10, 11, 20, 25, 40, 50, 100, 333] as [Int64] {
            let fresh = AnomalyDetector(quickParameters, channels: 1, tickNanoseconds: tick * 1_000_000)
            var again = fresh
            again.relearn()
            #expect(again == fresh, "\(tick)")
        }
        detector.run(&machine, ticks: 64 + 4_096)
        #expect(detector.phase == .armed)
        // What was a fault is normal now, and what was normal is one.
        #expect(detector.run(&machine, ticks: 1_000).isEmpty)
        machine.fault[1] = 0
        #expect(detector.run(&machine, ticks: 300).first?.report == .alert(.onset))
        #expect(detector.rule.alert.number == 2)
    }

    @Test("takes a new regime for normal too when it is told to") func accept() {
        var machine = Machine(seed: 71)
        var detector = AnomalyDetector.armed(&machine)
        detector.run(&machine, ticks: 300)
        machine.fault[5] = 12
        while !detector.isAlert { detector.run(&machine, ticks: 1) }
        detector.accept()
        #expect(!detector.isAlert)
        var phases: [AnomalyDetector.Report] = []
        for _ in 0..<20 {
            // Both regimes in turns, 100 ticks each.
            machine.fault[5] = machine.fault[5] == 0 ? 12 : 0
            phases += detector.run(&machine, ticks: 100).map(\.report)
        }
        #expect(phases.allSatisfy { if case .alert = $0 { false } else { true } }, "\(phases)")
        #expect(detector.phase == .armed)
        for fault in [0, 12.0] {
            machine.fault[5] = fault
            #expect(detector.run(&machine, ticks: 1_500).isEmpty, "\(fault)")
        }
        // Another fault is one still.
        machine.fault[8] = 25
        #expect(detector.run(&machine, ticks: 400).first?.report == .alert(.onset))
    }

    @Test("takes a new regime for normal also after a long watch, when blocks have become long") func acceptLate() {
        var machine = Machine(channels: 4, seed: 73)
        var detector = AnomalyDetector.armed(&machine)
        detector.run(&machine, ticks: 140_000)
        #expect(detector.slow.maxima.length > 128)
        let before = (detector.slow.threshold, detector.fast.threshold)
        machine.fault[1] = 10
        while !detector.isAlert { detector.run(&machine, ticks: 1) }
        detector.accept()
        while detector.phase != .armed { detector.run(&machine, ticks: 1) }
        #expect(detector.slow.threshold != before.0 && detector.fast.threshold != before.1)
        #expect(detector.slow.maxima.maxima.count >= 4)
    }

    @Test("says nothing to be accepted before it has learned") func acceptEarly() {
        var machine = Machine(seed: 81)
        var detector = AnomalyDetector(channels: 12)
        detector.run(&machine, ticks: 300)
        let before = detector
        detector.accept()
        #expect(detector == before)
    }

    @Test("raises few false alarms on what stays as it was", arguments: [(60.0, 30.0, 3), (20, 10, 6)])
    func falseAlarms(warmUp: Double, calibrate: Double, most: Int) {
        var alerts = 0
        for seed in 0..<20 {
            var machine = Machine(channels: 8, seed: UInt64(1_000 + seed), layout: UInt64(seed))
            var parameters = AnomalyParameters()
            (parameters.warmUpSeconds, parameters.calibrateSeconds) = (warmUp, calibrate)
            var detector = AnomalyDetector(parameters, channels: 8, tickNanoseconds: 20_000_000)
            alerts += detector.run(&machine, ticks: 20 * 60 * 50).count { $0.report == .alert(.onset) }
        }
        print("false alarms in 20 times 20 minutes, learned from \(warmUp) and \(calibrate) s: \(alerts)")
        #expect(alerts <= most)
    }

    @Test("is no longer provisional when it was quiet long enough for the rate") func provisional() {
        var machine = Machine(channels: 3, seed: 91)
        var parameters = quickParameters
        parameters.falseAlarmsPerDay = 8_640
        var detector = AnomalyDetector.armed(&machine, parameters)
        // One in 10 s: ten seconds of quiet show it, and the calibration was half of them.
        #expect(detector.isProvisional && detector.quiet == 512)
        while detector.quiet < 1_000 {
            #expect(detector.isProvisional)
            detector.run(&machine, ticks: 1)
        }
        #expect(!detector.isProvisional)
    }

    @Test("silent channels and one channel alone are no trouble") func silent() {
        var detector = AnomalyDetector(channels: 3)
        var reports = 0
        for tick in 0..<3_000 { detector.step([0, 0, Int32(tick % 3)]) { _ in reports += 1 } }
        #expect(reports == 3 && detector.phase == .armed)
        var isAlert = false
        for _ in 0..<200 { detector.step([20, 0, 1]) { isAlert = isAlert || $0 == .alert(.onset) } }
        #expect(isAlert)
        #expect(detector.findCauses(atMost: 1) { _, _ in false }.first?.channel == 0)
    }

    @Test("neighbours in which a cause shows too are not named beside it") func neighbours() {
        var machine = Machine(seed: 95)
        var detector = AnomalyDetector.armed(&machine)
        (machine.fault[4], machine.fault[5], machine.fault[6], machine.fault[9]) = (12, 20, 12, 10)
        detector.run(&machine, ticks: 200)
        let all = detector.findCauses(atMost: 12) { _, _ in false }
        let apart = detector.findCauses(atMost: 12) { abs($0 - $1) <= 1 }
        #expect(all.count == 12 && Set(all.map(\.channel)).count == 12)
        #expect(zip(all, all.dropFirst()).allSatisfy { $0.weight >= $1.weight })
        #expect(abs(all.reduce(0) { $0 + $1.weight } - 1) < 1e-9)
        for (index, cause) in apart.enumerated() {
            #expect(apart[..<index].allSatisfy { abs($0.channel - cause.channel) > 1 || $0.isMore != cause.isMore })
        }
        #expect(detector.findCauses(atMost: 2) { _, _ in false }.count == 2)
    }
}
