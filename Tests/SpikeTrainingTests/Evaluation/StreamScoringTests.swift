import SpikeSignals
import SpikeTraining
import Testing

/// A time given in milliseconds.
func time(_ milliseconds: Int64) -> StreamTime { StreamTime(nanoseconds: milliseconds * 1_000_000) }

/// A detection at a time in milliseconds.
func heard(_ word: String, _ milliseconds: Int64, score: Double = 1) -> Detection {
    Detection(word, at: time(milliseconds), score: score)
}

/// A spoken word between times in milliseconds.
func said(_ word: String, _ start: Int64, _ end: Int64) -> SpokenWord {
    SpokenWord(word, start: time(start), end: time(end))
}

@Suite("Scoring of streams")
struct StreamScoringTests {
    let scoring = StreamScoring(reportable: ["yes", "no"])

    private func count(_ detections: [Detection], _ truth: [SpokenWord]) -> [Int] {
        let outcome = scoring.score(detections: detections, truth: truth)
        return [outcome.hits, outcome.falseAlarms.count]
    }

    @Test(
        "a hit lies between the start of the word and its end + 1 s, both included",
        arguments: [
            (999, [0, 1]), (1000, [1, 0]), (2000, [1, 0]), (3000, [1, 0]), (3001, [0, 1]),
        ])
    func window(at: Int, expected: [Int]) {
        #expect(count([heard("yes", Int64(at))], [said("yes", 1000, 2000)]) == expected)
    }

    @Test("the window ends at the nanosecond")
    func nanosecond() {
        let late = Detection("yes", at: StreamTime(nanoseconds: 3_000_000_001), score: 1)
        #expect(count([late], [said("yes", 1000, 2000)]) == [0, 1])
    }

    @Test(
        "detections of a word within 1 s of an event belong to it, later ones are false alarms",
        arguments: [
            ([1500, 1600, 2500], [1, 0]),  // 2500 is exactly 1 s after the hit
            ([1500, 2501], [1, 1]),  // still in the window of the word, but one hit per word
            ([1500, 2400, 2600], [1, 1]),  // an event lasts 1 s from its first detection, not from its last
            ([5000, 5500, 6000], [0, 1]),
            ([5000, 6001], [0, 2]),
            ([5000, 5900, 6800, 7700], [0, 2]),
            ([900, 1100], [1, 1]),  // too early is a false alarm, and yet the word can be hit
        ])
    func debounce(times: [Int], expected: [Int]) {
        #expect(count(times.map { heard("yes", Int64($0)) }, [said("yes", 1000, 2000)]) == expected)
    }

    @Test("another word at the right time is a false alarm, and does not share an event")
    func words() {
        #expect(count([heard("no", 1500)], [said("yes", 1000, 2000)]) == [0, 1])
        #expect(count([heard("yes", 1500), heard("no", 1600)], [said("yes", 1000, 2000)]) == [1, 1])
        #expect(count([heard("yes", 5000), heard("no", 5000)], []) == [0, 2])
    }

    @Test("one detection hits one word: the earliest that is still open")
    func earliest() {
        let truth = [said("yes", 1000, 2000), said("yes", 2500, 3500)]
        let one = scoring.score(detections: [heard("yes", 2800)], truth: truth)
        #expect(one.targets.map { $0.detection != nil } == [true, false])
        #expect(count([heard("yes", 2700), heard("yes", 2900)], truth) == [2, 0])
    }

    @Test("a word that cannot be reported is no target, and what is reported for it is a false alarm")
    func unknown() {
        #expect(count([], [said("happy", 1000, 2000)]) == [0, 0])
        #expect(scoring.score(detections: [], truth: [said("happy", 1000, 2000)]).targets.isEmpty)
        #expect(count([heard("yes", 1500)], [said("happy", 1000, 2000)]) == [0, 1])
    }

    @Test("latency is relative to the end of the word and may be negative")
    func latency() {
        let truth = [said("yes", 1000, 2000), said("no", 4000, 5000)]
        let outcome = scoring.score(detections: [heard("no", 5120), heard("yes", 1900)], truth: truth)
        #expect(outcome.latenciesMilliseconds == [-100, 120])
    }

    @Test("the order of detections and truth does not matter; hits and false alarms never exceed what there is")
    func properties() {
        var random = SplitMix(seed: 7)
        for _ in 0..<200 {
            let words = ["yes", "no", "happy"]
            var detections = (0..<random.below(12)).map { _ in heard(words[random.below(2)], Int64(random.below(9000)))
            }
            var truth = (0..<random.below(6)).map { _ in
                let start = Int64(random.below(8000))
                return said(words[random.below(3)], start, start + Int64(random.below(1000)))
            }
            let first = scoring.score(detections: detections, truth: truth)
            detections.shuffle(using: &random)
            truth.shuffle(using: &random)
            let second = scoring.score(detections: detections, truth: truth)
            #expect(first.hits == second.hits && first.falseAlarms == second.falseAlarms)
            #expect(first.hits + first.falseAlarms.count <= detections.count)
            #expect(first.targets.count == truth.count { $0.word != "happy" })
            for target in first.targets {
                guard let at = target.detection?.at else { continue }
                #expect(target.spoken.start <= at && at <= time(target.spoken.end.nanoseconds / 1_000_000 + 1000))
            }
        }
    }
}

/// A small reproducible generator (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
