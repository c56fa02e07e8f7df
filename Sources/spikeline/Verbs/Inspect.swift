import ArgumentParser
import SpikeContainers
import SpikePictures
import SpikeSensors
import SpikeSignals

/// `spikeline inspect`.
struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what is in an event recording.",
        discussion: """
            Reads AEDAT 2.0, 3.1 and 4, Prophesee RAW (EVT 2.0, 2.1, 3.0) and DAT, Event Stream, N-MNIST, text and HDF5, \
            by the content. The origin of rows is at the top in all of them.
            """)

    @OptionGroup var input: RecordingOptions

    @Option(help: "Where to draw the pixels and the event rate over time (.svg or .png).")
    var plot: String?
    @Option(help: "A folder for a picture (PNG) of each span of time.")
    var frames: String?
    @Option(help: "Where to draw the spans of time as an animated GIF.")
    var gif: String?
    @Option(help: "The span of a frame in milliseconds.")
    var frameMs = 40

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if !(1...60_000).contains(frameMs) { throw ValidationError("--frame-ms expects 1 to 60000, found \(frameMs).") }
        if let plot, !plot.hasSuffix(".svg"), !plot.hasSuffix(".png") {
            throw ValidationError("--plot expects a name that ends in .svg or .png, found \(plot).")
        }
    }

    func run() throws {
        let reader = try input.open()
        var statistics = EventStatistics(size: reader.size)
        var renderer: FrameRenderer?
        if frames != nil || gif != nil {
            let places = FrameRenderer.Places(folder: frames, gif: gif)
            renderer = try FrameRenderer(places, size: reader.size, milliseconds: frameMs)
        }
        let batch = EventBatch()
        while try reader.read(into: batch) {
            statistics.add(batch)
            try renderer?.add(batch)
            batch.removeAll()
        }
        try renderer?.finish()
        if renderer?.isCut ?? false {
            Console.error("\(reader.name): only \(FrameRenderer.mostFrames) frames are drawn")
        }
        if let plot { try draw(reader, statistics, to: plot) }
        let summary = RecordingSummary(reader: reader, statistics: statistics)
        Console.print(json ? summary.jsonValue.text : summary.text)
    }

    private func draw(
        _ reader: EventFileReader, _ statistics: EventStatistics, to path: String
    ) throws(SpikelineError) {
        let pixels = statistics.pixels
        let picture = EventPicture.image(width: pixels.width, height: pixels.height, off: pixels.off, on: pixels.on)
        let timeline = statistics.timeline
        let name = String(reader.name.split(separator: "/").last ?? "")
        let figure = EventRateFigure(
            title: name, subtitle: "\(reader.format.title), \(statistics.events.spaced) events", picture: picture,
            bins: timeline.counts, binSeconds: Double(timeline.binDuration) / 1e6)
        let file = try OutputFile(path: path, append: false)
        try file.write(path.hasSuffix(".png") ? PNG.file(figure.image) : Array(figure.svg.text.utf8))
        try file.close()
    }
}
