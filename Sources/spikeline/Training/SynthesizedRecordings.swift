import SpikeSynthesis
import SpikeTraining

/// People that never were, as a source of training material; one for each thread.
final class SynthesizedRecordings: RecordingSource {
    private let synthesizer: GestureSynthesizer
    private let side: Int
    private let seconds: Double

    /// A source of recordings of that length.
    init(_ options: GestureSynthesisOptions = GestureSynthesisOptions(), seconds: Double) {
        synthesizer = GestureSynthesizer(options)
        side = options.side
        self.seconds = seconds
    }

    func recording(ofLabel label: Int, seed: UInt64) -> LabelledRecording {
        let recording = synthesizer.recording(of: Gesture.allCases[label], seed: seed, seconds: seconds)
        return LabelledRecording(events: recording.events, width: side, height: side, label: label)
    }
}
