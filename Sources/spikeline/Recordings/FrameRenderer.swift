import SpikeContainers
import SpikePictures
import SpikeSensors
import SpikeSignals

/// Draws the events of equal spans of time as frames: PNG files in a folder, an animated GIF, or both.
struct FrameRenderer {
    /// Where frames go.
    struct Places {
        /// A folder for `frame-00001.png` and so on.
        var folder: String?
        /// An animated GIF.
        var gif: String?
    }

    /// The most frames that are drawn: a gap of hours in a recording makes no more.
    static let mostFrames = 5_000

    /// Whether there was more to draw than ``mostFrames``.
    private(set) var isCut = false

    private let size: SensorSize
    private let factor: Int
    private let span: Int64
    private let folder: String?
    private let gif: GIF
    private let gifFile: OutputFile?
    private let hundredths: Int
    private var indices: [UInt8]
    private var start: Int64?
    private var frames = 0

    /// Frames of `milliseconds` of a sensor of `size`.
    init(_ places: Places, size: SensorSize?, milliseconds: Int) throws(SpikelineError) {
        guard let size else {
            throw SpikelineError(
                "frames need the size of the sensor, and the recording does not say it", at: "inspect",
                hint: "Give it, as in --size 640x480")
        }
        self.size = size
        factor = max(1, 256 / max(size.width, size.height))
        span = Int64(milliseconds) * 1_000
        folder = places.folder
        gif = GIF(width: size.width * factor, height: size.height * factor, palette: EventPicture.palette)
        gifFile = try places.gif.map { (path) throws(SpikelineError) in try OutputFile(path: path, append: false) }
        // Players show no more than 50 frames a second.
        hundredths = max(2, milliseconds / 10)
        indices = [UInt8](repeating: 0, count: size.width * size.height)
        try gifFile?.write(gif.begin())
    }

    /// Draws the events of `batch`, and writes the frames that are complete.
    mutating func add(_ batch: EventBatch) throws(SpikelineError) {
        for event in batch {
            let time = batch.time(of: event)
            let begin = start ?? time
            start = begin
            if time - begin >= span { try finishFrames(upTo: time) }
            let (x, y) = (Int(event.x), Int(event.y))
            if x < size.width, y < size.height { indices[y * size.width + x] |= event.isOn ? 2 : 1 }
        }
    }

    /// Writes the last frame and closes the GIF.
    mutating func finish() throws(SpikelineError) {
        if start != nil { try writeFrame() }
        try gifFile?.write(gif.end())
        try gifFile?.close()
    }

    private mutating func finishFrames(upTo time: Int64) throws(SpikelineError) {
        while let begin = start, time - begin >= span {
            if frames >= FrameRenderer.mostFrames {
                isCut = true
                start = time
                return
            }
            try writeFrame()
            start = begin + span
        }
    }

    private mutating func writeFrame() throws(SpikelineError) {
        guard frames < FrameRenderer.mostFrames else { return }
        frames += 1
        if let gifFile { try gifFile.write(gif.frame(enlarged, hundredths: hundredths)) }
        if let folder {
            let number = String(repeating: "0", count: max(0, 5 - String(frames).count)) + String(frames)
            let file = try OutputFile(path: folder + "/frame-\(number).png", append: false)
            try file.write(PNG.file(image))
            try file.close()
        }
        for place in indices.indices { indices[place] = 0 }
    }

    private var enlarged: [UInt8] {
        guard factor > 1 else { return indices }
        var large: [UInt8] = []
        large.reserveCapacity(indices.count * factor * factor)
        for y in 0..<(size.height * factor) {
            for x in 0..<(size.width * factor) { large.append(indices[y / factor * size.width + x / factor]) }
        }
        return large
    }

    private var image: PixelImage {
        var image = PixelImage(width: size.width, height: size.height, colour: EventPicture.ground)
        for (place, index) in indices.enumerated() where index > 0 {
            image[place % size.width, place / size.width] = EventPicture.palette[Int(index)]
        }
        return image.enlarged(by: factor)
    }
}
