import SpikeSignals
import Testing

@testable import SpikeTraining

@Suite struct ThresholdCalibrationTests {
    /// An hour in which "yes" and "no" are spoken three times each, and what was reported with which score.
    func curve(_ candidates: [(String, Double, Double)]) -> DETCurve {
        func time(_ seconds: Double) -> StreamTime { StreamTime(nanoseconds: Int64(seconds * 1e9)) }
        let truth = [(10.0, "yes"), (20, "yes"), (30, "yes"), (40, "no"), (50, "no"), (60, "no")].map { start, word in
            SpokenWord(word, start: time(start), end: time(start + 1))
        }
        let detections = candidates.map { Detection($0.0, at: time($0.1), score: $0.2) }
        return DETCurve(
            candidates: [detections], streams: [ScoredStream(name: "hour", hours: 1, truth: truth)],
            reportable: ["yes", "no"], thresholds: [0.5, 0.6, 0.7, 0.8, 0.9])
    }

    let reports: [(String, Double, Double)] = [
        ("yes", 10.5, 0.95), ("yes", 20.5, 0.85), ("yes", 30.5, 0.55),
        ("yes", 100, 0.75), ("yes", 200, 0.75), ("yes", 300, 0.65),
        ("no", 40.5, 0.95), ("no", 50.5, 0.65), ("no", 60.5, 0.65), ("no", 400, 0.55),
    ]

    @Test func eachWordGetsItsOwnThreshold() throws {
        let calibration = try #require(ThresholdCalibration(curve: curve(reports), falseAlarmsPerHour: 0.5))
        #expect(calibration.thresholds == ["yes": 0.8, "no": 0.6])
        #expect(calibration.hits == 5)
        #expect(calibration.falseAlarmsPerHour == 0)
    }

    @Test func aLooserLimitFindsMore() throws {
        let calibration = try #require(ThresholdCalibration(curve: curve(reports), falseAlarmsPerHour: 10))
        #expect(calibration.thresholds["yes"] == 0.5)
        #expect(calibration.hits == 6)
    }

    @Test func theMiddleOfEquallyGoodThresholdsIsTaken() throws {
        let calibration = try #require(
            ThresholdCalibration(
                curve: curve([("yes", 10.5, 0.95), ("no", 40.5, 0.95)]), falseAlarmsPerHour: 0))
        #expect(calibration.thresholds == ["yes": 0.7, "no": 0.7])
    }

    @Test func nothingFitsWhenEvenTheHighestThresholdIsTooLoud() {
        let loud = (0..<50).map { ("yes", 100 + 10 * Double($0), 0.99) } + [("yes", 10.5, 0.99)]
        #expect(ThresholdCalibration(curve: curve(loud), falseAlarmsPerHour: 6) == nil)
    }
}
