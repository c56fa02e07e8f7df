import SpikeHeads
import SpikeSignals
import SpikeTraining

#if canImport(Glibc)
import Glibc
#endif

/// Lets a model listen to long recordings and scores what its head reports.
///
/// The network runs once; the head, which costs little, runs anew over the recorded potentials for every threshold,
/// so each point of the curve is what that threshold would report, hysteresis and hold-off included.
final class StreamEvaluation {
    let model: ListeningModel
    private(set) var streams: [ScoredStream] = []
    private var potentials: [PotentialBatch] = []

    init(_ model: ListeningModel) { self.model = model }

    /// Listens to `path`; `truth` is nil if none of the words is spoken in it.
    func add(_ path: String, truth: [SpokenWord]?) throws(SpikelineError) {
        let batch = PotentialBatch()
        let seconds = try model.listen(toFile: path, into: batch)
        potentials.append(batch)
        streams.append(ScoredStream(name: path, hours: seconds / 3600, truth: truth))
    }

    /// What the model's head reports in stream `index` with these parameters.
    func detections(in index: Int, head: KeywordParameters) throws(SpikelineError) -> [Detection] {
        let context = StageContext(pipeline: model.path, stage: "keyword", folder: "")
        let stage = try KeywordHead(head, context: context)
        let output = RecordBatch()
        try stage.process(potentials[index], into: output)
        try stage.finish(into: output)
        return output.records.compactMap { record in
            guard case .keyword(let keyword) = record else { return nil }
            return Detection(keyword.word, at: keyword.at, score: keyword.score)
        }
    }

    /// What the model reaches at `threshold`, or as it is if nil.
    func report(threshold: Double?) throws(SpikelineError) -> StreamReport {
        var head = model.head
        if let threshold { head.threshold = threshold }
        return try report(head: head)
    }

    /// What the model reaches with these parameters of its head.
    func report(head: KeywordParameters) throws(SpikelineError) -> StreamReport {
        let curve = try DETCurve(
            streams: streams, reportable: model.words,
            thresholds: [head.threshold ?? KeywordParameters.defaultThreshold]
        ) { (_, index) throws(SpikelineError) in try self.detections(in: index, head: head) }
        var report = curve.points[0]
        if head.threshold == nil, !head.thresholds.isEmpty {
            for word in model.words {
                report.thresholds[word] = head.thresholds[word] ?? KeywordParameters.defaultThreshold
            }
        }
        return report
    }

    /// The reports when every word has the same threshold, from 0.4 to 0.99.
    func commonCurve() throws(SpikelineError) -> DETCurve {
        try DETCurve(
            streams: streams, reportable: model.words, thresholds: (0..<60).map { 0.4 + 0.01 * Double($0) }
        ) { (threshold, index) throws(SpikelineError) in
            var head = self.model.head
            head.threshold = threshold
            return try self.detections(in: index, head: head)
        }
    }

    /// The reports at thresholds from 0.2 to 0.995, closer together towards 1; words with a threshold of their own
    /// keep their odds relative to the others.
    func curve(progress: (Double) -> Void) throws(SpikelineError) -> DETCurve {
        let thresholds = (0...40).map { 1 - 0.8 * exp2(-Double($0) * 7.3 / 40) }
        var done = 0
        return try DETCurve(streams: streams, reportable: model.words, thresholds: thresholds) {
            (threshold, index) throws(SpikelineError) in
            done += 1
            progress(Double(done) / Double(thresholds.count * self.streams.count))
            return try self.detections(in: index, head: self.model.head.moved(to: threshold))
        }
    }
}

extension KeywordParameters {
    /// The parameters with `threshold` for words that have none of their own, and the others moved by the same odds.
    func moved(to threshold: Double) -> KeywordParameters {
        func odds(_ share: Double) -> Double { share / max(1 - share, 1e-6) }
        let ratio = odds(threshold) / odds(self.threshold ?? KeywordParameters.defaultThreshold)
        var moved = self
        if self.threshold != nil || thresholds.isEmpty {
            moved.threshold = threshold
        } else {
            for word in labels {
                let moving = odds(thresholds[word] ?? KeywordParameters.defaultThreshold) * ratio
                moved.thresholds[word] = moving / (1 + moving)
            }
        }
        return moved
    }
}

extension StreamReport {
    /// The threshold, or the range of those that words have of their own.
    private var thresholdText: String {
        guard let low = thresholds.values.min(), let high = thresholds.values.max() else {
            return Figures.decimal(threshold, 3)
        }
        return "each word its own, \(Figures.decimal(low, 3)) to \(Figures.decimal(high, 3))"
    }

    /// The report as tables for people.
    var text: String {
        var table = TextTable([
            ("word", .left), ("spoken", .right), ("found", .right), ("", .right), ("false alarms", .right),
        ])
        for (word, counts) in words.sorted(by: { $0.key < $1.key }) {
            table.add([
                word, String(counts.words), String(counts.hits),
                Figures.percent(counts.words > 0 ? Double(counts.hits) / Double(counts.words) : nil),
                String(counts.falseAlarms),
            ])
        }
        var lines = [
            "threshold     \(thresholdText)",
            "words found   \(hits) of \(spokenWords), \(Figures.percent(hitRate)), in \(Figures.decimal(hours * 60, 1)) minutes",
            "false alarms  \(falseAlarms), \(Figures.decimal(falseAlarmsPerHour, 1)) per hour",
        ]
        if otherHours > 0 {
            lines.append(
                "without words \(otherFalseAlarms) false alarms in \(Figures.decimal(otherHours * 60, 1)) minutes, "
                    + "\(Figures.decimal(otherFalseAlarmsPerHour, 1)) per hour")
        }
        lines.append(
            "latency       median \(Figures.decimal(Percentile.median(of: latenciesMilliseconds), 0)) ms, 95 % within "
                + "\(Figures.decimal(Percentile.value(0.95, of: latenciesMilliseconds), 0)) ms of the end of the word")
        return lines.joined(separator: "\n") + "\n\n" + table.text
    }
}
