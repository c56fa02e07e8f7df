import SpikeSignals

/// Input spikes as text: lines `step,channel`, after a header if there is one.
enum SpikeTable {
    /// Steps that are read.
    static let maximumSteps = 1_000_000

    /// The spikes in `text`.
    static func read(
        _ text: String, channels: Int, place: String
    ) throws(SpikelineError) -> [(step: Int, channel: Int)] {
        var spikes: [(step: Int, channel: Int)] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.allSatisfy({ $0 == " " }) { continue }
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                String($0.filter { $0 != " " })
            }
            if index == 0, fields == ["step", "channel"] { continue }
            guard fields.count == 2, let step = Int(fields[0]), let channel = Int(fields[1]),
                (0..<maximumSteps).contains(step), (0..<channels).contains(channel)
            else {
                throw SpikelineError(
                    "expected a step below \(maximumSteps) and a channel below \(channels), found \"\(line.prefix(40))\"",
                    at: "\(place):\(index + 1)")
            }
            spikes.append((step, channel))
        }
        return spikes
    }

    /// `name` as a cell of CSV: in quotation marks where it holds what separates cells.
    static func cell(_ name: String) -> String {
        let isPlain = name.unicodeScalars.allSatisfy { $0 != "," && $0 != "\"" && $0.value >= 32 }
        return isPlain
            ? name
            : "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
