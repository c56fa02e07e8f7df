import SpikeSignals
import SpikeTraining
import Testing

@Suite("Clip report")
struct ClipReportTests {
    /// Five clips of "yes" (4 right, 1 taken for "no"), three of "no" (2 right, 1 for "unknown"), none unknown.
    private func report() throws -> ClipReport {
        var report = ClipReport(labels: ["yes", "no", "unknown"])
        for decided in [0, 0, 0, 0, 1] { try report.confusion.add(truth: 0, decided: decided) }
        for decided in [1, 1, 2] { try report.confusion.add(truth: 1, decided: decided) }
        report.seconds = 8
        report.synapticOperations = 1000
        report.spikes = 36
        return report
    }

    @Test("recall, precision and accuracy are those computed by hand")
    func figures() throws {
        let confusion = try report().confusion
        #expect(confusion.accuracy == 6.0 / 8.0)
        #expect(confusion.recall(0) == 4.0 / 5.0)
        #expect(confusion.precision(0) == 1.0)
        #expect(confusion.recall(1) == 2.0 / 3.0)
        #expect(confusion.precision(1) == 2.0 / 3.0)
        #expect(confusion.recall(2) == nil)
        #expect(confusion.precision(2) == 0)
    }

    @Test("the JSON has the names that the manual promises")
    func json() throws {
        #expect(
            try report().jsonValue.text == #"""
                {"v": 1, "clips": 8, "accuracy": 0.7500, "classes": {"yes": {"recall": 0.8000, "precision": 1.0000, "clips": 5}, "no": {"recall": 0.6667, "precision": 0.6667, "clips": 3}, "unknown": {"recall": null, "precision": 0.0000, "clips": 0}}, "confusion": {"labels": ["yes", "no", "unknown"], "counts": [[4, 1, 0], [0, 2, 1], [0, 0, 0]]}, "synaptic_ops_per_s": 125.0, "spikes_per_s": 4.5}
                """#)
    }

    @Test("without clips every figure is null and nothing divides by zero")
    func empty() {
        #expect(
            ClipReport(labels: []).jsonValue.text == #"""
                {"v": 1, "clips": 0, "accuracy": null, "classes": {}, "confusion": {"labels": [], "counts": []}, "synaptic_ops_per_s": null, "spikes_per_s": null}
                """#)
    }

    @Test("a class index outside the labels is refused", arguments: [(3, 0), (0, 3), (-1, 0)])
    func outside(pair: (Int, Int)) throws {
        var confusion = ConfusionMatrix(labels: ["a", "b", "c"])
        let error = #expect(throws: SpikelineError.self) { try confusion.add(truth: pair.0, decided: pair.1) }
        #expect(
            error?.description == "confusion matrix: expected class indices below 3, found \(pair.0) and \(pair.1)")
        #expect(confusion.total == 0)
    }
}
