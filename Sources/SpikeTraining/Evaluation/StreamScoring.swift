import SpikeSignals

/// A word that the detector reported.
public struct Detection: Hashable, Sendable {
    /// The word.
    public var word: String
    /// When it was reported.
    public var at: StreamTime
    /// How sure the detector was, 0 to 1.
    public var score: Double

    /// `word` reported at `at`.
    public init(_ word: String, at: StreamTime, score: Double) {
        self.word = word
        self.at = at
        self.score = score
    }
}

/// Compares what a detector reported in a stream with what was spoken.
///
/// The rule is that of the streaming wake-word benchmark of MLPerf Tiny (v1.3), for many words:
/// ```
///            start         end      end + 1 s
/// truth        |-- "yes" ---|-----------|         a "yes" in here is a hit, the first one only
/// detections         ^a ^b      ^c            ^d
///                    hit |      |             false alarm
///                        |      more than 1 s after a: false alarm
///                        within 1 s after a: the same event as a
/// ```
/// Detections of the same word within 1 s (inclusive) after the detection that opened an event belong to that event
/// and count no more; an event is opened by a hit or a false alarm. A spoken word that the detector does not report
/// is no target: it cannot be missed, and whatever is reported for it is a false alarm. Words are told apart: a
/// wrong word at the right time is a false alarm, and two wrong words at one time are two.
public struct StreamScoring: Sendable {
    /// How long after the end of a word its detection still counts, and for how long an event lasts.
    public static let grace: Int64 = 1_000_000_000

    /// The words that the detector can report.
    public let reportable: Set<String>

    /// Scores a detector of these words.
    public init(reportable: Set<String>) { self.reportable = reportable }

    /// What came of one spoken word.
    public struct Target: Hashable, Sendable {
        /// What was spoken.
        public var spoken: SpokenWord
        /// The detection that hit it, or nil if it was missed.
        public var detection: Detection?
    }

    /// What came of a stream.
    public struct Outcome: Sendable {
        /// The reportable words that were spoken, by their start.
        public var targets: [Target]
        /// The detections that were false alarms, in order.
        public var falseAlarms: [Detection]

        /// The words that were detected.
        public var hits: Int { targets.count { $0.detection != nil } }

        /// For each hit, the time from the end of the word to its detection in milliseconds; negative if the word
        /// was detected before it ended.
        public var latenciesMilliseconds: [Double] {
            targets.compactMap { target in
                target.detection.map { Double($0.at.nanoseconds - target.spoken.end.nanoseconds) / 1e6 }
            }
        }
    }

    /// Scores `detections`, which may come in any order, against `truth`, likewise.
    public func score(detections: [Detection], truth: [SpokenWord]) -> Outcome {
        let spoken = truth.filter { reportable.contains($0.word) }.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        var targets = spoken.map { Target(spoken: $0, detection: nil) }
        let openTargets = Dictionary(grouping: targets.indices) { targets[$0].spoken.word }
        var falseAlarms: [Detection] = []
        var lastEvent: [String: StreamTime] = [:]
        for detection in detections.sorted(by: { ($0.at, $0.word) < ($1.at, $1.word) }) {
            let hit = openTargets[detection.word, default: []].first {
                targets[$0].detection == nil && targets[$0].spoken.isHit(at: detection.at)
            }
            if let hit {
                targets[hit].detection = detection
            } else if let event = lastEvent[detection.word], detection.at.nanoseconds - event.nanoseconds <= Self.grace
            {
                continue
            } else {
                falseAlarms.append(detection)
            }
            lastEvent[detection.word] = detection.at
        }
        return Outcome(targets: targets, falseAlarms: falseAlarms)
    }
}

extension SpokenWord {
    /// Whether a detection at `time` lies between the start of the word and its end + 1 s, both included.
    func isHit(at time: StreamTime) -> Bool {
        start <= time && time.nanoseconds - end.nanoseconds <= StreamScoring.grace
    }
}
