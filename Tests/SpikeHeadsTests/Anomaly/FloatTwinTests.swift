import SpikeTestSupport
import Testing

@testable import SpikeHeads

@Suite("The detector against its twin in floating point") struct FloatTwinTests {
    @Test("small faults are told from normal as well as by the twin") func area() {
        var (own, twin) = (0.0, 0.0)
        for seed in 0..<10 {
            let areas = Self.areas(seed: UInt64(seed))
            own += areas.own / 10
            twin += areas.twin / 10
        }
        print("area under the curve on made-up counts: integers \(own), floating point \(twin)")
        #expect(own >= twin - 0.005, "\(own) \(twin)")
        #expect(twin < 0.995 && twin > 0.7, "the task is neither trivial nor hopeless: \(twin)")
    }

    private static func areas(seed: UInt64) -> (own: Double, twin: Double) {
        let channels = 16
        var machine = Machine(channels: channels, seed: 700 + seed, layout: seed)
        var parameters = AnomalyParameters()
        (parameters.warmUpSeconds, parameters.calibrateSeconds) = (20, 10)
        var detector = AnomalyDetector(parameters, channels: channels, tickNanoseconds: 10_000_000)
        var twin = FloatMahalanobis(channels: channels, timeConstant: parameters.slowTicks)
        while detector.phase != .armed {
            let counts = machine.tick()
            detector.step(counts) { _ in }
            twin.learn(counts)
        }
        twin.solve()
        var scores: [(own: [Double], twin: [Double])] = [([], []), ([], [])]
        for kind in 0..<12 {
            // From the same state again and again: normal, and a small fault of one channel.
            var (detector, twin) = (detector, twin)
            machine.fault = Array(repeating: 0, count: channels)
            machine.loose = kind % 4 == 3 ? kind : nil
            if kind % 2 == 1, machine.loose == nil { machine.fault[kind] = 3 }
            for tick in 0..<1_700 {
                let counts = machine.tick()
                detector.step(counts) { _ in }
                twin.follow(counts)
                guard tick >= 500, tick % 50 == 0 else { continue }
                scores[kind % 2].own.append(Double(detector.slow.score))
                scores[kind % 2].twin.append(twin.score)
            }
        }
        return (
            areaUnderCurve(normal: scores[0].own, odd: scores[1].own),
            areaUnderCurve(normal: scores[0].twin, odd: scores[1].twin)
        )
    }

    @Test("the area under the curve is what its definition says") func definition() {
        #expect(areaUnderCurve(normal: [1, 2, 3], odd: [4, 5]) == 1)
        #expect(areaUnderCurve(normal: [1, 2, 3], odd: [0, 2]) == 0.25)
        #expect(areaUnderCurve(normal: [1, 1], odd: [1]) == 0.5)
    }
}
