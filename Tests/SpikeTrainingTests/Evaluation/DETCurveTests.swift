import SpikeSignals
import SpikeTraining
import Testing

@Suite("DET curve and stream report")
struct DETCurveTests {
    let reportable: Set<String> = ["yes", "no"]
    let streams = [
        ScoredStream(name: "words", hours: 0.5, truth: [said("yes", 1000, 2000), said("no", 5000, 6000)]),
        ScoredStream(name: "chatter", hours: 0.25, truth: nil),
    ]
    let candidates = [
        [heard("yes", 1900, score: 0.9), heard("no", 6100, score: 0.5), heard("yes", 9000, score: 0.6)],
        [heard("no", 100, score: 0.7), heard("no", 20_000, score: 0.4)],
    ]

    @Test("the curve is the one computed by hand, pooled over both streams")
    func byHand() {
        let curve = DETCurve(
            candidates: candidates, streams: streams, reportable: reportable, thresholds: [0.8, 0.4, 0.55, 0.65, 0.95])
        #expect(curve.points.map(\.threshold) == [0.4, 0.55, 0.65, 0.8, 0.95])
        #expect(curve.points.map(\.hits) == [2, 1, 1, 1, 0])
        #expect(curve.points.map(\.falseAlarms) == [1, 1, 0, 0, 0])
        #expect(curve.points.map(\.otherFalseAlarms) == [2, 1, 1, 0, 0])
        #expect(curve.points.map(\.otherFalseAlarmsPerHour) == [8, 4, 4, 0, 0])
        #expect(curve.points.map(\.falseAlarmsPerHour) == [2, 2, 0, 0, 0])
        #expect(curve.points.map(\.hitRate) == [1, 0.5, 0.5, 0.5, 0])
    }

    @Test("the best point has the most hits within the limit, at the lowest threshold")
    func best() {
        let curve = DETCurve(
            candidates: candidates, streams: streams, reportable: reportable, thresholds: [0.4, 0.55, 0.65, 0.8])
        #expect(curve.best(falseAlarmsPerHour: 8)?.threshold == 0.4)
        #expect(curve.best(falseAlarmsPerHour: 7.99)?.threshold == 0.55)
        #expect(curve.best(falseAlarmsPerHour: 0)?.threshold == 0.8)
        #expect(curve.best(falseAlarmsPerHour: -1) == nil)
    }

    @Test("without false-alarm streams the limit counts in the stream itself")
    func ownFalseAlarms() {
        let curve = DETCurve(
            candidates: [candidates[0]], streams: [streams[0]], reportable: reportable, thresholds: [0.4, 0.65])
        #expect(curve.best(falseAlarmsPerHour: 1)?.threshold == 0.65)
    }

    @Test("every distinct score is a threshold, quantiles of them if they are many")
    func separating() {
        #expect(DETCurve.thresholds(separating: candidates) == [0.4, 0.5, 0.6, 0.7, 0.9])
        let many = [(0..<1000).map { heard("yes", 0, score: Double($0) / 1000) }]
        let few = DETCurve.thresholds(separating: many, limit: 11)
        #expect(few.count == 11)
        #expect(few.first == 0 && few.last == 0.999)
        #expect(DETCurve.thresholds(separating: [[]]).isEmpty)
    }

    @Test("on these streams a higher threshold never finds more")
    func monotone() {
        let curve = DETCurve(
            candidates: candidates, streams: streams, reportable: reportable,
            thresholds: (0...20).map { Double($0) / 20 })
        for (lower, higher) in zip(curve.points, curve.points.dropFirst()) {
            #expect(higher.hits <= lower.hits)
            #expect(higher.otherFalseAlarms <= lower.otherFalseAlarms)
        }
    }

    @Test("zero words and zero hours give no rates")
    func nothing() {
        let curve = DETCurve(
            candidates: [], streams: [ScoredStream(name: "none", hours: 0, truth: [])], reportable: reportable,
            thresholds: [0.5])
        #expect(curve.points[0].hitRate == nil)
        #expect(curve.points[0].falseAlarmsPerHour == nil)
        #expect(curve.best(falseAlarmsPerHour: 100) == nil)
        #expect(
            curve.points[0].jsonValue.text == #"""
                {"v": 1, "hours": 0.0000, "words": 0, "hits": 0, "hit_rate": null, "false_alarms": 0, "false_alarms_per_hour": null, "latency_ms": {"median": null, "p95": null}, "threshold": 0.5000, "classes": {"no": {"words": 0, "hits": 0, "hit_rate": null, "false_alarms": 0}, "yes": {"words": 0, "hits": 0, "hit_rate": null, "false_alarms": 0}}}
                """#)
    }

    @Test("the JSON has the names that the manual promises")
    func json() {
        let curve = DETCurve(candidates: candidates, streams: streams, reportable: reportable, thresholds: [0.4])
        #expect(
            curve.points[0].jsonValue.text == #"""
                {"v": 1, "hours": 0.5000, "words": 2, "hits": 2, "hit_rate": 1.0000, "false_alarms": 1, "false_alarms_per_hour": 2.00, "latency_ms": {"median": 0.0, "p95": 90.0}, "threshold": 0.4000, "classes": {"no": {"words": 1, "hits": 1, "hit_rate": 1.0000, "false_alarms": 2}, "yes": {"words": 1, "hits": 1, "hit_rate": 1.0000, "false_alarms": 1}}, "false_alarm_streams": {"hours": 0.2500, "false_alarms": 2, "false_alarms_per_hour": 8.00}}
                """#)
    }

    @Test("thresholds of single words are in the JSON only if there are any")
    func thresholds() {
        var report = StreamReport(reportable: reportable, threshold: 0.8)
        #expect(!report.jsonValue.text.contains("thresholds"))
        report.thresholds = ["yes": 0.9, "no": 0.55]
        #expect(report.jsonValue.text.contains(#""thresholds": {"no": 0.5500, "yes": 0.9000}"#))
    }

    @Test(
        "percentiles interpolate as NumPy does",
        arguments: [
            ([3.0, 1, 2], 0.5, 2.0), ([1, 2, 3, 4], 0.5, 2.5), ([10, 20], 0.95, 19.5), ([5], 0.95, 5), ([1, 2], 2, 2),
        ])
    func percentiles(values: [Double], share: Double, expected: Double) {
        #expect(abs((Percentile.value(share, of: values) ?? .nan) - expected) < 1e-12)
        #expect(Percentile.value(share, of: []) == nil)
    }
}
