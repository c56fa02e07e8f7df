import SpikeHeads
import SpikeSignals

/// What `spikeline listen` shows on a terminal: a level bar that moves, and a line for each word.
///
/// ```
///    1.96 s  on      0.92   -17 dB
/// -34 dB [##########··········]  yes 0.41
/// ```
final class ListenScreen {
    /// The level at the left end of the bar, in dB; its right end is full scale.
    static let floor = -60.0
    /// The cells of the bar.
    static let width = 30
    /// The shortest time between two drawings, in seconds.
    static let pause = 0.08

    private var labels: [String] = []
    private var thresholds: [Int32?] = []
    private var loudest = ListenScreen.floor
    private var best: (label: Int, score: Int32)?
    private var drawnAt = 0.0

    /// The words that will be listened for.
    func begin(_ parameters: KeywordParameters) {
        labels = parameters.labels
        thresholds = labels.indices.map { parameters.threshold(ofLabel: $0) }
    }

    /// Takes in a tick of the head and draws the bar when it is time.
    func see(_ glance: KeywordHead.Glance) {
        if glance.level != SpikeBatch.unknownLevel { loudest = max(loudest, Double(glance.level) / 100) }
        for label in labels.indices where thresholds[label] != nil && glance.scores[label] > (best?.score ?? 0) {
            best = (label, glance.scores[label])
        }
        let now = Progress.now()
        guard now - drawnAt >= ListenScreen.pause else { return }
        drawnAt = now
        Console.progress(bar)
        (loudest, best) = (ListenScreen.floor, nil)
    }

    /// Prints a record in the place of the bar.
    func print(_ record: Record) {
        Console.progress("")
        Console.print(ListenScreen.line(record))
    }

    /// The terminal is given back.
    func finish() { Console.progress("") }

    /// A record for people.
    static func line(_ record: Record) -> String {
        let time = Figures.decimal(record.at.seconds, 2)
        let start = String(repeating: " ", count: max(0, 8 - time.count)) + time + " s  "
        switch record {
        case .keyword(let word):
            let name = word.word + String(repeating: " ", count: max(0, 8 - word.word.count))
            let level = word.levelDecibels.map { "  \(Figures.decimal($0, 0)) dB" } ?? ""
            return start + name + Figures.decimal(word.score, 2) + level
        case .sensorFault(let fault):
            let lost = fault.lostMilliseconds.map { ", \($0) ms lost" } ?? ""
            return start + "\(fault.place): \(fault.fault), \(fault.state.rawValue)\(lost)"
        case .gesture, .anomaly, .phase, .received: return start + record.json
        }
    }

    private var bar: String {
        let share = (loudest - ListenScreen.floor) / -ListenScreen.floor
        let filled = min(ListenScreen.width, max(0, Int((share * Double(ListenScreen.width)).rounded())))
        let level = Figures.decimal(loudest, 0)
        let cells =
            String(repeating: "#", count: filled) + String(repeating: "·", count: ListenScreen.width - filled)
        let word = best.map { "\(labels[$0.label]) \(Figures.decimal(Double($0.score) / 65_536, 2))" } ?? ""
        return String(repeating: " ", count: max(0, 4 - level.count)) + "\(level) dB [\(cells)]  \(word)"
    }
}
