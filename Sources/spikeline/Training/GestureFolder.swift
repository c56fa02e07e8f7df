import SpikeSensors
import SpikeSignals
import SpikeTraining

/// Recordings in a folder for each class, in any format that `spikeline inspect` reads.
struct GestureFolder {
    /// A recording and its class.
    struct Entry {
        var path: String
        var name: String
    }

    /// The recordings, by class and name.
    let entries: [Entry]

    /// Lists the folders in `path`.
    init(_ path: String) throws(SpikelineError) {
        var entries: [Entry] = []
        for folder in try SpeechFolder.names(in: path) where SpeechFolder.isFolder(path + "/" + folder) {
            for file in try SpeechFolder.names(in: path + "/" + folder) where !file.hasPrefix(".") {
                let whole = path + "/" + folder + "/" + file
                if !SpeechFolder.isFolder(whole) { entries.append(Entry(path: whole, name: folder)) }
            }
        }
        guard !entries.isEmpty else {
            throw SpikelineError(
                "expected a folder for each gesture with recordings in it, found none", at: path,
                hint: "Name the folders after the gestures")
        }
        self.entries = entries
    }

    /// The recordings whose class is in `labels`.
    func recordings(_ labels: GestureLabels, seconds: Double) throws(SpikelineError) -> [LabelledRecording] {
        var recordings: [LabelledRecording] = []
        for entry in entries {
            guard let label = labels.names.firstIndex(of: entry.name) else { continue }
            recordings.append(try Self.read(entry.path, label: label, seconds: seconds))
        }
        return recordings
    }

    /// The first `seconds` of a recording.
    static func read(_ path: String, label: Int, seconds: Double) throws(SpikelineError) -> LabelledRecording {
        let reader = try EventFileReader(path: path)
        let batch = EventBatch()
        var events: [PixelEvent] = []
        var start: Int64?
        var size = (width: reader.size?.width ?? 0, height: reader.size?.height ?? 0)
        let last = Int64(min(seconds, 2_000) * 1e6)
        reading: while try reader.read(into: batch) {
            for event in batch {
                let first = start ?? batch.time(of: event)
                start = first
                let time = batch.time(of: event) - first
                if time > last { break reading }
                guard time >= 0 else { continue }
                events.append(PixelEvent(offset: Int32(time), x: event.x, y: event.y, isOn: event.isOn))
                if reader.size == nil {
                    size = (max(size.width, Int(event.x) + 1), max(size.height, Int(event.y) + 1))
                }
            }
            batch.removeAll()
        }
        return LabelledRecording(events: events, width: max(size.width, 1), height: max(size.height, 1), label: label)
    }
}

/// The recordings of a folder as a source of training material.
final class FolderRecordings: RecordingSource {
    private let byLabel: [[LabelledRecording]]

    /// A source of these recordings.
    init(_ recordings: [LabelledRecording], labels: Int) {
        byLabel = (0..<labels).map { label in recordings.filter { $0.label == label } }
    }

    func recording(ofLabel label: Int, seed: UInt64) -> LabelledRecording {
        let all = byLabel[label]
        guard !all.isEmpty else { return LabelledRecording(events: [], width: 128, height: 128, label: label) }
        return all[Int(seed % UInt64(all.count))]
    }
}
