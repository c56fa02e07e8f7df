import SpikeSensors
import SpikeSignals

/// What kind of recording it is, and which pipeline fits.
enum WatchedKind {
    case sound, vibration, events

    /// Looks into the recording.
    init(of path: String?) throws(SpikelineError) {
        guard let path, path != "-" else {
            let found = path == nil ? "none" : "standard input, which can be read only once"
            throw SpikelineError(
                "expected a recording to look into, found \(found)",
                hint: "Name a recording, or a pipeline with --pipeline FILE")
        }
        var parameters = AudioFileSource.Parameters()
        (parameters.channel, parameters.sampleRateHz) = (.all, nil)
        let sound: AudioFileSource
        do throws(SpikelineError) {
            sound = try AudioFileSource(path: path, parameters: parameters)
        } catch {
            do throws(SpikelineError) {
                _ = try EventFileReader(path: path)
            } catch {
                throw SpikelineError(
                    "this is no sound that can be played and no recording of events: " + error.what, at: error.place,
                    hint: error.hint)
            }
            self = .events
            return
        }
        self = sound.channels > 1 || sound.sampleRate < 4_000 ? .vibration : .sound
    }

    /// The pipeline that comes with the program.
    var pipeline: String {
        get throws(SpikelineError) {
            switch self {
            case .sound: try ShippedFile.pipeline("machine-sound.yaml")
            case .vibration: try ShippedFile.pipeline("vibration.yaml")
            case .events: try ShippedFile.pipeline("scene.yaml")
            }
        }
    }
}
