import SpikePictures
import SpikeSensors
import SpikeSignals
import SpikeSynthesis

/// One run of `spikeline synthesize events`.
struct VideoSynthesis {
    private let options: SynthesizeEvents
    private let frames: [String]

    /// Lists the images.
    init(_ options: SynthesizeEvents) throws(SpikelineError) {
        self.options = options
        guard (0.01...1e6).contains(options.framesPerSecond) else {
            throw SpikelineError(
                "expected 0.01 to 1,000,000, found \(options.framesPerSecond)", at: "--frames-per-second")
        }
        let endings = [".png", ".pgm", ".ppm"]
        frames = try SpeechFolder.names(in: options.video).filter { name in
            endings.contains { name.lowercased().hasSuffix($0) }
        }
        guard frames.count >= 2 else {
            throw SpikelineError(
                "expected at least two images (.png, .pgm, .ppm), found \(frames.count)", at: options.video,
                hint: "Make them, as with: ffmpeg -i video.mp4 \(options.video)/%06d.png")
        }
    }

    /// Writes the events.
    func write() throws(SpikelineError) {
        guard let format = options.to?.format ?? EventFileWriter.format(ofName: options.out) else {
            throw SpikelineError(
                "the name does not tell a format that can be written", at: options.out,
                hint: "Give one, as in --to evt3")
        }
        let first = try read(frames[0])
        var settings = PixelSettings()
        settings.onThreshold = Float(options.threshold)
        settings.offThreshold = Float(options.threshold)
        let emulator = try VideoEmulator(
            width: first.width, height: first.height, settings: settings, seed: options.seed)
        let recording = try EventRecording(
            path: options.out, format: format, width: first.width, height: first.height)
        let start = Progress.now()
        var before: Int64 = 0
        for (index, name) in frames.enumerated() {
            let image = try read(name)
            guard image.width == first.width, image.height == first.height else {
                throw SpikelineError(
                    "expected \(first.width) x \(first.height) pixels as in \(frames[0]), found \(image.width) x "
                        + "\(image.height)", at: options.video + "/" + name)
            }
            let time = Int64((Double(index) * 1e6 / options.framesPerSecond).rounded())
            try recording.append(try emulator.events(image.values, at: time), start: before)
            before = time
            Progress.show("synthesize", share: Double(index + 1) / Double(frames.count), since: start)
        }
        Console.progress("")
        Console.error("\(frames.count) images, \(try recording.close()) events")
    }

    private func read(_ name: String) throws(SpikelineError) -> GrayImage {
        let path = options.video + "/" + name
        return try GrayImage(bytes: try TextInput.bytes(path, limit: 1 << 30), name: path)
    }
}
