import SpikeSignals
import SpikeSynthesis
import SpikeTraining

/// One run of `spikeline synthesize gesture`.
struct GestureSynthesis {
    private let options: SynthesizeGesture
    private let gestures: [Gesture]

    /// Checks the options.
    init(_ options: SynthesizeGesture) throws(SpikelineError) {
        self.options = options
        guard (1...100_000).contains(options.recordings) else {
            throw SpikelineError("expected 1 to 100,000, found \(options.recordings)", at: "--recordings")
        }
        guard (0.01...600).contains(options.seconds) else {
            throw SpikelineError("expected 0.01 to 600, found \(options.seconds)", at: "--seconds")
        }
        guard (1...256).contains(options.threads) else {
            throw SpikelineError("expected 1 to 256, found \(options.threads)", at: "--threads")
        }
        guard let names = options.gestures else {
            gestures = Gesture.allCases
            return
        }
        gestures = try names.split(separator: ",").map { (name) throws(SpikelineError) in
            guard let gesture = Gesture(rawValue: String(name)) else {
                throw SpikelineError(
                    "\"\(name)\" is no gesture", at: "--gestures",
                    hint: "They are " + Gesture.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return gesture
        }
    }

    /// Writes everything.
    func write() throws(SpikelineError) {
        var synthesis = try options.scenes.chosen()
        synthesis.isOutside = options.outside
        for gesture in gestures { try Folders.make(options.out + "/" + gesture.rawValue) }
        let synthesizers = (0..<options.threads).map { _ in GestureSynthesizer(synthesis) }
        var table = "file,class,seed,period_s,events,duration_us,visible_share\n"
        let start = Progress.now()
        let all = gestures.flatMap { gesture in (0..<options.recordings).map { (gesture, $0) } }
        for first in Swift.stride(from: 0, to: all.count, by: options.threads) {
            let part = Array(all[first..<min(first + options.threads, all.count)])
            let made = Workers.map(part.count) { index in
                synthesizers[index].recording(
                    of: part[index].0, seed: options.seed &* 1_000_003 &+ UInt64(part[index].1),
                    seconds: options.seconds)
            }
            for (index, recording) in made.enumerated() {
                let name = part[index].0.rawValue + "/" + Self.digits(part[index].1) + "." + options.format.suffix
                let file = try EventRecording(
                    path: options.out + "/" + name, format: options.format.format, width: synthesis.side,
                    height: synthesis.side)
                try file.append(recording.events)
                _ = try file.close()
                table +=
                    "\(name),\(part[index].0.rawValue),\(options.seed &* 1_000_003 &+ UInt64(part[index].1)),"
                    + "\(JSONValue.decimal(recording.period, decimals: 3) ?? "0"),\(recording.events.count),"
                    + "\(Int(options.seconds * 1e6)),\(JSONValue.decimal(Double(recording.visibleShare), decimals: 3) ?? "0")\n"
            }
            Progress.show("synthesize", share: Double(first + part.count) / Double(all.count), since: start)
        }
        Console.progress("")
        try TextOutput.write(table, to: options.out + "/labels.csv")
        Console.error("\(all.count) recordings in \(JSONValue.decimal(Progress.now() - start, decimals: 1) ?? "-") s")
    }

    private static func digits(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 4 - String(number).count)) + String(number)
    }
}
