import SpikeEncoders
import SpikeSensors
import SpikeSignals
import SpikeSynthesis
import SpikeTraining

/// Labelled recordings for training, in a folder for each class or in the layout of DVS128 Gesture.
struct GestureFolder {
    private let set: GestureDataSet

    /// Lists the recordings in `path`; in the layout of DVS128 Gesture those of `trials_to_train.txt`.
    init(_ path: String) throws(SpikelineError) {
        set = try GestureDataSet(path, trials: "trials_to_train.txt")
    }

    /// The recordings whose class is in `labels`, `seconds` of each, as `grid` looks at them.
    func recordings(
        _ labels: GestureLabels, seconds: Double, grid: EventGridParameters
    ) throws(SpikelineError) -> [LabelledRecording] {
        var recordings: [LabelledRecording] = []
        for entry in set.entries {
            guard let label = labels.names.firstIndex(of: entry.label) else { continue }
            recordings.append(try Self.read(entry.path, label: label, seconds: seconds, span: entry.span, grid: grid))
        }
        return recordings
    }

    /// The first `seconds` of a recording, or of the part of it whose sensor times are in `span`; of a large sensor the part
    /// in which something moves, if `grid` has no crop.
    static func read(
        _ path: String, label: Int, seconds: Double, span: Range<Int64>? = nil, grid: EventGridParameters
    ) throws(SpikelineError) -> LabelledRecording {
        let reader = try EventFileReader(path: path)
        let batch = EventBatch()
        var events: [PixelEvent] = []
        var start: Int64?
        var size = (width: reader.size?.width ?? 0, height: reader.size?.height ?? 0)
        let last = Int64(min(seconds, 2_000) * 1e6)
        reading: while try reader.read(into: batch) {
            for event in batch {
                if let span {
                    guard batch.time(of: event) >= span.lowerBound else { continue }
                    guard batch.time(of: event) < span.upperBound else { break reading }
                }
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
        if reader.size == nil, let usual = SensorSize.usual(withColumn: size.width - 1, row: size.height - 1) {
            size = (usual.width, usual.height)
        }
        let recording = LabelledRecording(
            events: events, width: max(size.width, 1), height: max(size.height, 1), label: label)
        do throws(SpikelineError) {
            return try recording.framed(for: grid)
        } catch {
            throw SpikelineError(error.what, at: path, hint: error.hint)
        }
    }
}

/// Recordings from folders and synthesised people as one source of training material; one for each thread.
final class MixedRecordings: RecordingSource {
    private let byLabel: [[LabelledRecording]]
    private let synthesized: SynthesizedRecordings
    private let share: Float

    /// A source in which the share `synthesizedShare` of the examples of a label are synthesised; all of them where
    /// there are no recordings.
    init(
        _ recordings: [LabelledRecording], labels: Int, synthesizedShare: Double, seconds: Double,
        synthesis: GestureSynthesisOptions = GestureSynthesisOptions()
    ) {
        byLabel = (0..<labels).map { label in recordings.filter { $0.label == label } }
        synthesized = SynthesizedRecordings(synthesis, seconds: seconds)
        share = Float(synthesizedShare)
    }

    func recording(ofLabel label: Int, seed: UInt64) -> LabelledRecording {
        let all = byLabel[label]
        guard !all.isEmpty else { return synthesized.recording(ofLabel: label, seed: seed) }
        var generator = SeededGenerator(seed, 0x6D69_7865)
        guard !generator.chance(share) else { return synthesized.recording(ofLabel: label, seed: seed) }
        return all[generator.index(below: all.count)]
    }
}
