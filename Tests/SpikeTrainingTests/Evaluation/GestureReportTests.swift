import SpikeSignals
import Testing

@testable import SpikeTraining

@Suite("The report about gestures") struct GestureReportTests {
    @Test("has the names that the manual promises, and null for what does not exist")
    func json() throws {
        var report = GestureReport(labels: ["a", "b"], layers: [.init(name: "conv", neurons: 5)])
        #expect(report.jsonValue.text.contains("\"accuracy\": null"))
        #expect(report.jsonValue.text.contains("\"time_to_decision_ms\": {\"decided\": 0, \"of\": 0, \"median\": null"))
        try report.recordings.add(truth: 0, decided: 0)
        try report.recordings.add(truth: 1, decided: 2)
        try report.windows.add(truth: 0, decided: 1)
        (report.decisionTimes, report.reportable, report.seconds, report.events) = ([300], 2, 2, 8)
        (report.layers[0].spikes, report.layers[0].synapticOperations, report.synapticOperations) = (30, 70, 100)
        #expect(
            report.jsonValue.text == """
                {"v": 1, "clips": 2, "accuracy": 0.5000, "classes": {"a": {"recall": 1.0000, "precision": 1.0000, \
                "clips": 1}, "b": {"recall": 0.0000, "precision": null, "clips": 1}}, "confusion": {"labels": ["a", "b", \
                "unknown"], "counts": [[1, 0, 0], [0, 0, 1], [0, 0, 0]]}, "windows": {"count": 1, "accuracy": 0.0000, \
                "confusion": {"labels": ["a", "b"], "counts": [[0, 1], [0, 0]]}}, "time_to_decision_ms": {"decided": 1, \
                "of": 2, "median": 300.0, "p95": 300.0}, "seconds": 2.00, "events_per_s": 4.0, \
                "synaptic_ops_per_s": 50.0, "spikes_per_s": 15.0, "layers": [{"name": "conv", "neurons": 5, \
                "spikes_per_s": 15.0, "synaptic_ops_per_s": 35.0}]}
                """)
    }
}
