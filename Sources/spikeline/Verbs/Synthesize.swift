import ArgumentParser
import SpikeContainers
import SpikeSensors
import SpikeSignals
import SpikeSynthesis

/// `spikeline synthesize`: makes recordings of what never happened.
struct Synthesize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make recordings by rendering and emulation.",
        subcommands: [
            SynthesizeGesture.self, SynthesizeEvents.self, SynthesizeMachine.self, SynthesizeScene.self,
            SynthesizeDigits.self,
        ])
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
    @OptionGroup var scenes: SceneOptions
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

/// `spikeline synthesize machine`: a machine that goes wrong.
struct SynthesizeMachine: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "machine", abstract: "Make the sound of a machine that goes wrong at a known time.",
        discussion: "A shaft with harmonics, a gear and noise; the fault grows within half a second.")

    @Argument(help: "Where the sound goes (.wav).")
    var out: String
    @Option(help: "The length in seconds.")
    var seconds = 60.0
    @Option(help: "What goes wrong: none, bearing, imbalance or tone.")
    var fault = MachineFault.bearing
    @Option(help: "When it begins, in seconds.")
    var faultAt = 45.0
    @Option(help: "How strong it is; 1 is clearly heard.")
    var strength = 1.0
    @Option(help: "Where a whistle lies and impacts ring, in hertz.")
    var ringHz = 3_100.0
    @Option(help: "Samples per second.")
    var sampleRate = 16_000
    @Option(help: "Draws the machine.")
    var seed: UInt64 = 1

    func validate() throws {
        guard (0.1...3_600).contains(seconds) else { throw ValidationError("--seconds: expected 0.1 to 3600") }
        guard (100...192_000).contains(sampleRate) else {
            throw ValidationError("--sample-rate: expected 100 to 192000")
        }
        guard (0...100).contains(strength), faultAt >= 0, faultAt.isFinite else {
            throw ValidationError("--strength: expected 0 to 100, and --fault-at 0 or more")
        }
        guard ringHz > 0, ringHz < Double(sampleRate) / 2 else {
            throw ValidationError("--ring-hz: expected less than half of the sample rate")
        }
    }

    func run() throws {
        var settings = MachineSynthesizer.Settings()
        (settings.fault, settings.faultSeconds, settings.strength) = (fault.fault, faultAt, strength)
        (settings.ringHertz, settings.sampleRate) = (ringHz, sampleRate)
        var machine = MachineSynthesizer(settings, seed: seed)
        let samples = machine.next(Int(seconds * Double(sampleRate)))
        try WholeFile.write(WAVFile.bytes(samples, rate: sampleRate), to: out)
    }
}

/// What goes wrong, on the command line.
struct MachineFault: ExpressibleByArgument {
    static let bearing = MachineFault(fault: .bearing)
    let fault: MachineSynthesizer.Fault

    init(fault: MachineSynthesizer.Fault) { self.fault = fault }

    init?(argument: String) {
        guard let fault = MachineSynthesizer.Fault(rawValue: argument) else { return nil }
        self.fault = fault
    }

    var defaultValueDescription: String { fault.rawValue }
    static var allValueStrings: [String] { MachineSynthesizer.Fault.allCases.map(\.rawValue) }
}

/// `spikeline synthesize scene`: a place where something goes on, and where a lamp begins to flicker.
struct SynthesizeScene: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scene", abstract: "Make events of a scene in which a lamp begins to flicker at a known time.",
        discussion: "A wheel turns and a box passes by now and then; pictures are rendered and the camera is emulated.")

    @Argument(help: "Where the events go.")
    var out: String
    @Option(help: "The length in seconds.")
    var seconds = 45.0
    @Option(help: "When the lamp begins to flicker, in seconds.")
    var faultAt = 38.0
    @Option(help: "How often it flickers in a second.")
    var flickerHz = 50.0
    @Option(help: "Columns and rows of the sensor.")
    var size = 64
    @Option(help: "Pictures per second.")
    var framesPerSecond = 400.0
    @Option(help: "Draws motion, pixels and noise.")
    var seed: UInt64 = 1
    @Option(help: "The format to write. Default: by the end of the name.")
    var to: WritableFormat?

    func validate() throws {
        guard (0.1...3_600).contains(seconds) else { throw ValidationError("--seconds: expected 0.1 to 3600") }
        guard (16...1_024).contains(size) else { throw ValidationError("--size: expected 16 to 1024") }
        guard (10...10_000).contains(framesPerSecond) else {
            throw ValidationError("--frames-per-second: expected 10 to 10000")
        }
        guard faultAt >= 0, faultAt.isFinite, (0.1...5_000).contains(flickerHz) else {
            throw ValidationError("--fault-at: expected 0 or more, and --flicker-hz 0.1 to 5000")
        }
    }

    func run() throws {
        guard let format = to?.format ?? EventFileWriter.format(ofName: out) else {
            throw SpikelineError(
                "the name does not tell a format that can be written", at: out, hint: "Give one, as in --to evt3")
        }
        var scene = SceneSynthesizer(size: size, faultSeconds: faultAt, flickerHertz: flickerHz, seed: seed)
        let emulator = try VideoEmulator(width: size, height: size, settings: PixelSettings(), seed: seed)
        let recording = try EventRecording(path: out, format: format, width: size, height: size)
        let start = Progress.now()
        let frames = Int(seconds * framesPerSecond)
        var before: Int64 = 0
        for frame in 0...frames {
            let time = Int64((Double(frame) * 1e6 / framesPerSecond).rounded())
            let picture = scene.picture(at: Double(time) / 1e6)
            try recording.append(try emulator.events(picture, at: time), start: before)
            before = time
            Progress.show("synthesize", share: Double(frame + 1) / Double(frames + 1), since: start)
        }
        Console.progress("")
        Console.error("\(try recording.close()) events")
    }
}
