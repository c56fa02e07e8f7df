import SpikeSignals

/// An estimate of when a detected word began and ended, in ticks before the newest.
///
/// With levels: the loudest tick near the peak of the word's evidence (up to 600 ms before it, as the network answers
/// after the sound, or 200 ms after) is the anchor. The word is the region around it that is at most 25 dB quieter,
/// over pauses of at most 120 ms (closures of stops are shorter), and at most 1.2 s long (longer than nearly every
/// single word). Without levels: the ticks that hold the middle 90 % of the word's evidence.
struct WordExtent: Equatable {
    /// How many ticks ago the first tick of the word was.
    var first: Int
    /// How many ticks ago the last tick of the word was.
    var last: Int
    /// The loudest level in the word in hundredths of a dB, or unknown.
    var level: Int16

    /// The lengths and levels above, in ticks and hundredths of a dB.
    struct Rule {
        var before: Int
        var after: Int
        var pause: Int
        var longest: Int
        var depth: Int32 = 2_500

        /// The rule for ticks of that many nanoseconds.
        init(tickNanoseconds: Int64) {
            func ticks(_ milliseconds: Int64) -> Int { Int(milliseconds * 1_000_000 / max(tickNanoseconds, 1)) }
            before = ticks(600)
            after = ticks(200)
            pause = ticks(120)
            longest = max(ticks(1_200), 1)
        }

        /// How long a level track has to be beside an evidence window of `window` ticks.
        func trackTicks(window: Int) -> Int { window + before + longest + 1 }
    }

    /// The extent of the word `label`, as seen in the newest tick.
    init(of label: Int, in window: EvidenceWindow, levels: LevelTrack, rule: Rule) {
        let peak = WordExtent.peak(of: label, in: window)
        guard let anchor = levels.loudest(from: peak + rule.before, to: peak - rule.after) else {
            self = WordExtent.middle(of: label, in: window)
            return
        }
        let floor = Int32(anchor.level) - rule.depth
        first = anchor.ago
        last = anchor.ago
        level = anchor.level
        var grows = true
        while grows {
            let earlier = WordExtent.next(from: first, by: 1, floor: floor, levels: levels, rule: rule)
            if let earlier, earlier - last < rule.longest { first = earlier }
            let later = WordExtent.next(from: last, by: -1, floor: floor, levels: levels, rule: rule)
            if let later, first - later < rule.longest { last = later }
            grows = earlier == first || later == last
        }
        level = levels.loudest(from: first, to: last)?.level ?? anchor.level
    }

    private init(first: Int, last: Int) {
        self.first = first
        self.last = last
        level = SpikeBatch.unknownLevel
    }

    /// The next loud enough tick in direction `step`, not farther than a pause allows.
    private static func next(from tick: Int, by step: Int, floor: Int32, levels: LevelTrack, rule: Rule) -> Int? {
        for distance in 1...(rule.pause + 1) {
            let level = levels.level(ago: tick + step * distance)
            if level != SpikeBatch.unknownLevel, Int32(level) >= floor { return tick + step * distance }
        }
        return nil
    }

    /// How many ticks ago the word's evidence was greatest, the earliest of equals.
    private static func peak(of label: Int, in window: EvidenceWindow) -> Int {
        var best = max(window.filled - 1, 0)
        for ago in stride(from: window.filled - 1, through: 0, by: -1)
        where window.evidence(of: label, ago: ago) > window.evidence(of: label, ago: best) {
            best = ago
        }
        return best
    }

    /// From the tick in which the word's evidence passes 5 % to the one in which it reaches 95 %.
    private static func middle(of label: Int, in window: EvidenceWindow) -> WordExtent {
        let tail = window.sum(of: label) / 20
        var heard: UInt64 = 0
        var first: Int?
        for ago in stride(from: window.filled - 1, through: 0, by: -1) {
            heard += window.evidence(of: label, ago: ago)
            if first == nil, heard > tail { first = ago }
            if heard >= window.sum(of: label) - tail { return WordExtent(first: first ?? ago, last: ago) }
        }
        return WordExtent(first: first ?? 0, last: 0)
    }
}
