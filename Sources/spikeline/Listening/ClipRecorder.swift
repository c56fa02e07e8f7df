import SpikeHeads
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Keeps the sound around words that were reported, and around those that nearly were.
///
/// A file is called after when it was heard, what it was taken for and with which score:
/// ```
/// 2026-11-24T17-51-32.120Z_yes_0.93.wav            live: the time of day (UTC)
/// 00012.340s_yes_0.61_near.wav                     of a file: the time in it; not reported
/// ```
final class ClipRecorder {
    private let folder: ClipFolder
    private let rolls: (pre: Int, post: Int)
    private let nearMissShare: Double
    private let isLive: Bool
    private var roll: ClipRoll?
    private var rate = 16_000
    private var watch: NearMissWatch?
    private var labels: [String] = []
    private var names: [Int: String] = [:]
    private var tickets = 0
    private var hasTold = false
    /// Says what was saved and what could not be.
    var tell: (String) -> Void = { Console.error($0) }

    /// Saves to `folder`; see ``ClipOptions`` for the rest.
    init(folder: ClipFolder, preRollMs: Int, postRollMs: Int, nearMissShare: Double, isLive: Bool) {
        self.folder = folder
        rolls = (preRollMs, postRollMs)
        self.nearMissShare = nearMissShare
        self.isLive = isLive
    }

    /// The words that will be listened for.
    func begin(_ parameters: KeywordParameters) {
        labels = parameters.labels
        watch = nearMissShare < 1 ? NearMissWatch(parameters, share: nearMissShare) : nil
    }

    /// Takes in a block of sound.
    func hear(_ block: AudioBatch) {
        if roll == nil {
            rate = block.sampleRate
            roll = ClipRoll(rate: rate, preRollMs: rolls.pre, postRollMs: rolls.post)
        }
        for clip in roll?.add(block.samples, at: block.firstSample) ?? [] { save(clip) }
    }

    /// Takes in a tick of the head.
    func see(_ glance: KeywordHead.Glance) {
        for miss in watch?.add(glance) ?? [] {
            let score = Double(miss.score) / Double(EvidenceWindow.unity)
            ask(labels[miss.label], score, from: miss.from, to: miss.to, at: miss.to, now: glance.at, suffix: "_near")
        }
    }

    /// Takes in a word that was reported.
    func report(_ record: KeywordRecord) {
        ask(record.word, record.score, from: record.from, to: record.to, at: record.at, now: record.at, suffix: "")
    }

    /// The stream is over.
    func finish() { for clip in roll?.finish() ?? [] { save(clip) } }

    private func ask(
        _ word: String, _ score: Double, from: StreamTime, to: StreamTime, at: StreamTime, now: StreamTime,
        suffix: String
    ) {
        guard !folder.isFull else {
            if !hasTold { tell("\(folder.path): holds as many clips as it may; no more are saved") }
            hasTold = true
            return
        }
        tickets += 1
        guard roll?.ask(tickets, from: from, to: to) == true else { return }
        let time = isLive ? ClipRecorder.timeOfDay() : ClipRecorder.streamTime(at)
        names[tickets] = "\(time)_\(ClipRecorder.plain(word))_\(Figures.decimal(score, 2))\(suffix)"
    }

    private func save(_ clip: ClipRoll.Clip) {
        guard let name = names.removeValue(forKey: clip.ticket), !folder.isFull else { return }
        do throws(SpikelineError) {
            _ = try folder.save(clip.samples, rate: rate, name: name)
        } catch {
            tell("\(error)")
        }
    }

    /// A word as a part of a file's name.
    static func plain(_ word: String) -> String {
        String(word.prefix(40).map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "_" })
    }

    /// As in `00012.340s`, so that names are in the order of time.
    static func streamTime(_ time: StreamTime) -> String {
        let text = Figures.decimal(time.seconds, 3)
        return String(repeating: "0", count: max(0, 9 - text.count)) + text + "s"
    }

    /// As in `2026-11-24T17-51-32.120Z`.
    private static func timeOfDay() -> String {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var parts = unsafe tm()
        unsafe gmtime_r(&now.tv_sec, &parts)
        func digits(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = unsafe [Int(parts.tm_year) + 1_900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let hours = unsafe [Int(parts.tm_hour), Int(parts.tm_min), Int(parts.tm_sec)]
        let day = zip(date, [4, 2, 2]).map(digits)
        let time = hours.map { digits($0, 2) }
        return day.joined(separator: "-") + "T" + time.joined(separator: "-") + "."
            + digits(now.tv_nsec / 1_000_000, 3) + "Z"
    }
}
