import SpikeSignals

/// Labelled recordings of gestures on disk.
///
/// ```
/// a folder for each class                     the layout of DVS128 Gesture (Amir et al. 2017)
/// DIR/arm_roll/a.aedat4                       DIR/user01_led.aedat
/// DIR/arm_roll/b.raw                          DIR/user01_led_labels.csv     class,startTime_usec,endTime_usec
/// DIR/other/c.csv                             DIR/trials_to_test.txt        names of the recordings that count
/// ```
struct GestureDataSet {
    /// A recording, or the part of one in which a gesture is made.
    struct Entry {
        var path: String
        var label: String
        /// The sensor times that belong to it, in microseconds; nil: all.
        var span: Range<Int64>?
    }

    /// The classes of DVS128 Gesture, from 1.
    static let classes = GestureRun.gestures

    /// All recordings, in order of their paths and times.
    let entries: [Entry]

    /// Lists the recordings in `path`; `trials` names the list of a folder in the layout of DVS128 Gesture.
    init(_ path: String, trials: String = "trials_to_test.txt") throws(SpikelineError) {
        let names = try SpeechFolder.names(in: path)
        let labelled = names.filter { $0.hasSuffix("_labels.csv") }
        if !labelled.isEmpty {
            entries = try Self.trials(in: path, names, labelled, trials)
            return
        }
        var entries: [Entry] = []
        for label in names where SpeechFolder.isFolder(path + "/" + label) && !label.hasPrefix("_") {
            for file in try SpeechFolder.names(in: path + "/" + label)
            where !file.hasPrefix(".") && !SpeechFolder.isFolder(path + "/" + label + "/" + file) {
                guard !["md", "txt", "json", "yaml", "png", "svg"].contains(Self.suffix(file)) else { continue }
                entries.append(Entry(path: path + "/" + label + "/" + file, label: label))
            }
        }
        guard !entries.isEmpty else {
            throw SpikelineError(
                "expected a folder of recordings for each class, or recordings with *_labels.csv, found neither",
                at: path)
        }
        self.entries = entries
    }

    private static func trials(
        in path: String, _ names: [String], _ labelled: [String], _ trials: String
    ) throws(SpikelineError) -> [Entry] {
        var chosen: Set<String>?
        if names.contains(trials) {
            let text = try TextInput.read(path + "/" + trials, limit: 1 << 20)
            chosen = Set(
                text.split { $0 == "\n" || $0 == "\r" || $0 == " " }.map { stem(String($0)) }.filter { !$0.isEmpty })
        }
        var entries: [Entry] = []
        for name in labelled {
            let stem = String(name.dropLast("_labels.csv".count))
            if let chosen, !chosen.contains(stem) { continue }
            guard let file = names.first(where: { $0 != name && Self.stem($0) == stem }) else {
                throw SpikelineError("there is no recording beside the labels", at: path + "/" + name)
            }
            entries += try spans(path + "/" + name).map { Entry(path: path + "/" + file, label: $0, span: $1) }
        }
        guard !entries.isEmpty else {
            throw SpikelineError("no recording is named in \(trials)", at: path)
        }
        return entries
    }

    /// The lines of a label file.
    static func spans(_ path: String) throws(SpikelineError) -> [(String, Range<Int64>)] {
        let lines = try TextInput.read(path, limit: 1 << 20).split { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
        var spans: [(String, Range<Int64>)] = []
        for (index, line) in lines.enumerated() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map {
                Int64(String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
            }
            if index == 0, cells.first == .some(nil) { continue }
            guard cells.count >= 3, let kind = cells[0], let start = cells[1], let end = cells[2],
                (1...Int64(classes.count)).contains(kind), start < end
            else {
                throw SpikelineError(
                    "expected class (1 to 11), startTime_usec, endTime_usec, found \"\(line.prefix(60))\"",
                    at: "\(path):\(index + 1)")
            }
            spans.append((classes[Int(kind) - 1], start..<end))
        }
        return spans
    }

    private static func suffix(_ name: String) -> String {
        name.lastIndex(of: ".").map { String(name[name.index(after: $0)...]).lowercased() } ?? ""
    }

    private static func stem(_ name: String) -> String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name }
}
