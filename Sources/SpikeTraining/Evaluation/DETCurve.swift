import SpikeSignals

/// A stream that was listened to, and what was spoken in it.
public struct ScoredStream: Sendable {
    /// Its name.
    public var name: String
    /// Its length.
    public var hours: Double
    /// What was spoken; nil for a stream in which none of the words is spoken and any detection is a false alarm.
    public var truth: [SpokenWord]?

    /// A stream of `hours`.
    public init(name: String, hours: Double, truth: [SpokenWord]?) {
        self.name = name
        self.hours = hours
        self.truth = truth
    }
}

/// The trade of a detector: hits against false alarms per hour, as its threshold moves.
///
/// Two ways to trace it: from candidates (detections made once at a low threshold, each with its score), or by
/// asking the detector anew at each threshold, which also sees what the threshold does to its hysteresis.
public struct DETCurve: Sendable {
    /// The reports, threshold ascending.
    public let points: [StreamReport]

    /// Keeps, for each threshold, the candidates with a score at or above it; `candidates[i]` belong to `streams[i]`.
    public init(candidates: [[Detection]], streams: [ScoredStream], reportable: Set<String>, thresholds: [Double]) {
        self.init(streams: streams, reportable: reportable, thresholds: thresholds) { threshold, index in
            index < candidates.count ? candidates[index].filter { $0.score >= threshold } : []
        }
    }

    /// Asks `detections(threshold, index)` for what the detector reports in stream `index` at that threshold.
    public init<Failure>(
        streams: [ScoredStream], reportable: Set<String>, thresholds: [Double],
        detections: (_ threshold: Double, _ index: Int) throws(Failure) -> [Detection]
    ) throws(Failure) {
        var points: [StreamReport] = []
        for threshold in thresholds.sorted() {
            var report = StreamReport(reportable: reportable, threshold: threshold)
            for (index, stream) in streams.enumerated() {
                let found = try detections(threshold, index)
                report.add(
                    StreamScoring(reportable: reportable).score(detections: found, truth: stream.truth ?? []),
                    hours: stream.hours, isFalseAlarmStream: stream.truth == nil)
            }
            points.append(report)
        }
        self.points = points
    }

    /// At most `limit` thresholds that between them tell apart the scores of `candidates`: each distinct score, or
    /// evenly spaced quantiles of them if there are more.
    public static func thresholds(separating candidates: [[Detection]], limit: Int = 200) -> [Double] {
        let distinct = Set(candidates.flatMap { $0.map(\.score) }).sorted()
        guard distinct.count > max(limit, 2) else { return distinct }
        let steps = max(limit, 2) - 1
        return (0...steps).map { distinct[$0 * (distinct.count - 1) / steps] }
    }

    /// The point with the most hits among those with at most `limit` false alarms per hour; the lowest threshold of
    /// several. Nil if no point is that quiet.
    ///
    /// False alarms are counted in the false-alarm streams if there are any, else in the streams with words.
    public func best(falseAlarmsPerHour limit: Double) -> StreamReport? {
        var best: StreamReport?
        for point in points where (point.operatingFalseAlarmsPerHour ?? .infinity) <= limit {
            if point.hits > (best?.hits ?? -1) { best = point }
        }
        return best
    }
}

extension StreamReport {
    /// False alarms per hour in the false-alarm streams if there are any, else in the streams with words.
    public var operatingFalseAlarmsPerHour: Double? { otherFalseAlarmsPerHour ?? falseAlarmsPerHour }
}
