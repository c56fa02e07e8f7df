import ArgumentParser
import SpikeSensors
import SpikeSignals
import SpikeSynthesis

/// `spikeline synthesize`: makes recordings of what never happened.
struct Synthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make recordings of an event camera by rendering and emulation.",
        subcommands: [SynthesizeGesture.self, SynthesizeEvents.self])
}

/// `spikeline synthesize gesture`: people who perform gestures.
struct SynthesizeGesture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gesture", abstract: "Render people who perform the gestures of the DVS128 Gesture data set.",
        discussion: """
            Writes a folder for each gesture and labels.csv. Bodies, clothes, backgrounds, cameras, light and pixels are \
            drawn from the seed: equal commands write equal files.
            """)

    @Argument(help: "The folder to write to.")
    var out: String
    @Option(help: "Recordings of each gesture.")
    var recordings = 10
    @Option(help: "The length of a recording in seconds.")
    var seconds = 3.0
    @Option(help: "Draws everything.")
    var seed: UInt64 = 1
    @Option(help: "The gestures, separated by commas; default all.")
    var gestures: String?
    @Option(help: "The format of the recordings: aedat4, evt2, evt3, dat, es, csv.")
    var format = WritableFormat.aedat4
    @Flag(help: "Draw body sizes and speeds from just outside the ranges that models are trained on.")
    var outside = false
    @Option(help: "Threads.")
    var threads = 2

    func run() throws {
        try GestureSynthesis(self).write()
    }
}

/// `spikeline synthesize events`: what an event camera would have seen of a video.
struct SynthesizeEvents: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Emulate the event camera that sees a sequence of images.",
        discussion: """
            The images (PNG, PGM or PPM) of a folder are shown in the order of their names. Between two of them the \
            logarithm of the luminance goes in a straight line, so give some hundred per second for quick motion.
            """)

    @Option(help: "The folder of images.")
    var video: String
    @Argument(help: "Where the events go.")
    var out: String
    @Option(help: "Images per second.")
    var framesPerSecond: Double
    @Option(help: "The change of the natural logarithm of the luminance that makes an event.")
    var threshold = 0.22
    @Option(help: "Draws the differences between pixels, and the noise.")
    var seed: UInt64 = 1
    @Option(help: "The format to write. Default: by the end of the name.")
    var to: WritableFormat?

    func validate() throws {
        guard (0.03...5).contains(threshold) else { throw ValidationError("--threshold: expected 0.03 to 5") }
    }

    func run() throws {
        try VideoSynthesis(self).write()
    }
}
