import SpikeSignals

/// Records of a watch as lines for people.
enum WatchLines {
    /// The record as a line.
    static func line(_ record: Record) -> String {
        switch record {
        case .phase(let phase):
            switch phase.phase {
            case "learning": time(phase.at) + "learning what is normal ..."
            case "calibrating":
                time(phase.at) + "learned from \(Figures.decimal(phase.learnedSeconds, 1)) s; finding thresholds ..."
            default: time(phase.at) + phase.phase
            }
        case .anomaly(let anomaly): time(anomaly.at) + text(anomaly)
        case .sensorFault(let fault): time(fault.at) + "SENSOR \(fault.fault): \(fault.place)"
        default: time(record.at) + record.json
        }
    }

    private static func time(_ time: StreamTime) -> String {
        let text = Figures.decimal(time.seconds, 2)
        return String(repeating: " ", count: max(9 - text.count, 0)) + text + " s  "
    }

    private static func text(_ anomaly: AnomalyRecord) -> String {
        let number = anomaly.id.split(separator: "/").last.map(String.init) ?? anomaly.id
        let score = "score \(Figures.decimal(anomaly.score, 2)), threshold \(Figures.decimal(anomaly.threshold, 2))"
        let causes = anomaly.causes.map { "\($0.place.text) \($0.isMore ? "more" : "less")" }.joined(separator: "; ")
        switch anomaly.state {
        case .onset:
            let note = anomaly.isProvisional ? ", provisional" : ""
            return "ALERT \(number)  \(score)\(note)\n              \(causes)"
        case .update: return "alert \(number) goes on  \(score)  \(causes)"
        case .clear:
            let lasted = (anomaly.to ?? anomaly.at).seconds - anomaly.from.seconds
            return "alert \(number) is over after \(Figures.decimal(lasted, 1)) s, highest \(score)"
        }
    }
}

/// The latest scores as a line of blocks, for a terminal.
struct Sparkline {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private var values: [Double] = []
    private var highest = 0.0
    private var next = 0.0

    /// Takes in a score over threshold at `seconds`; true if there is something new to draw: four times a second.
    mutating func add(_ ratio: Double, at seconds: Double) -> Bool {
        highest = max(highest, ratio)
        guard seconds >= next else { return false }
        next = seconds + 0.25
        values.append(highest)
        highest = 0
        if values.count > 40 { values.removeFirst() }
        return true
    }

    /// The blocks: half height is the threshold.
    var text: String {
        String(values.map { Self.blocks[min(Int($0 * 4), Self.blocks.count - 1)] })
    }
}
