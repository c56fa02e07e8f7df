import SpikeInterchange
import SpikePictures
import SpikeSensors
import SpikeSignals

/// Reads files of spikes, events or pixels as spikes for a NIR graph.
///
/// ```
/// .csv with two columns       step,channel: one spike each, channels in NIR's order
/// .png .pgm .ppm              grey pixels that fire regularly as often as they are bright, for a number of steps
/// anything else, and .csv     events: a pixel and polarity fires once in a step in which it has any; polarity 0 (darker) is
/// with more columns           the first channel, 1 the second; a single channel takes both
/// ```
struct SpikeSample {
    /// The shape of the graph's input: `[values]` or `[channels, rows, columns]`.
    let shape: [Int]
    /// The length of a step in seconds.
    let dt: Double
    /// For how many steps a picture is shown.
    let steps: Int

    /// The most numbers of a sample.
    static let most = 1 << 24
    /// The most pixels of a picture: its coder numbers channels in 16 bits.
    private static let mostPixels = 65_536

    private var channels: Int { shape.reduce(1, *) }

    /// The spike counts `[step][channel]` in the file at `path`.
    ///
    /// - Throws: naming the file and what does not fit the graph.
    func read(_ path: String) throws(SpikelineError) -> [[Int]] {
        let name = path.lowercased()
        if [".png", ".pgm", ".ppm"].contains(where: { name.hasSuffix($0) }) { return try picture(path) }
        guard name.hasSuffix(".csv") else { return try events(path) }
        let text = try TextInput.read(path, limit: 64 << 20)
        let first = text.split(maxSplits: 1, whereSeparator: \.isNewline).first ?? ""
        return first.count { $0 == "," } > 1 ? try events(path) : try table(text, path)
    }

    /// Empty counts of `steps` steps.
    func silence(_ steps: Int, at place: String) throws(SpikelineError) -> [[Int]] {
        guard steps <= Self.most / max(channels, 1) else {
            throw SpikelineError(
                "\(steps) steps of \(channels) channels are more than 2^24 numbers", at: place,
                hint: "Give fewer steps, or a longer --dt")
        }
        return Array(repeating: Array(repeating: 0, count: channels), count: steps)
    }

    private func table(_ text: String, _ path: String) throws(SpikelineError) -> [[Int]] {
        let places = try SpikeTable.read(text, channels: channels, place: path)
        var counts = try silence((places.map(\.step).max() ?? -1) + 1, at: path)
        for place in places { counts[place.step][place.channel] = 1 }
        return counts
    }

    private func picture(_ path: String) throws(SpikelineError) -> [[Int]] {
        let image = try GrayImage(bytes: try TextInput.bytes(path, limit: 1 << 26), name: path)
        let fits = shape.count == 1 ? image.values.count == channels : shape == [1, image.height, image.width]
        guard fits else {
            throw SpikelineError(
                "expected a picture for an input of the shape \(shape), found \(image.height) rows of \(image.width) grey "
                    + "pixels", at: path)
        }
        guard channels <= Self.mostPixels else {
            throw SpikelineError(
                "has \(channels) pixels, expected at most \(Self.mostPixels)", at: path,
                hint: "Give the spikes as CSV with the columns step and channel")
        }
        var counts = try silence(steps, at: path)
        var coder = PixelCoder(image.values, shape: ReLUNetwork.Shape(channels: channels), most: 1)
        var spikes: [ChannelSpikes] = []
        for step in counts.indices {
            coder.next(into: &spikes)
            for spike in spikes { counts[step][Int(spike.channel)] = Int(spike.count) }
        }
        return counts
    }

    private func events(_ path: String) throws(SpikelineError) -> [[Int]] {
        guard shape.count == 3, shape[0] <= 2 else {
            throw SpikelineError(
                "events need an input of one or two channels of rows and columns, found one of the shape \(shape)",
                at: path, hint: "Give the spikes as CSV with the columns step and channel")
        }
        let (height, width) = (shape[1], shape[2])
        let source = try EventFileSource(path: path)
        let batch = EventBatch()
        var counts: [[Int]] = []
        var first: Int64?
        while try source.read(into: batch) {
            for event in batch {
                guard Int(event.x) < width, Int(event.y) < height else {
                    throw SpikelineError(
                        "has an event in column \(event.x) and row \(event.y), expected \(width) columns and \(height) rows",
                        at: path, hint: "Crop or scale the recording to the graph's input")
                }
                let time = batch.time(of: event)
                let begin = first ?? time
                first = begin
                // Sensor times are below 2^53 us, so the difference is exact. A time at the border of a step, up to
                // what rounding dt did, belongs to the later one.
                let exact = max(Double(time - begin) / (dt * 1e6), 0)
                let step = abs(exact - exact.rounded()) < 1e-6 ? exact.rounded() : exact
                if step >= Double(counts.count) {
                    // Refuses what is too long before anything is allocated for it.
                    guard step < Double(Self.most / channels) else {
                        throw SpikelineError(
                            "lasts longer than \(Self.most / channels) steps of \(channels) channels, which are 2^24 "
                                + "numbers", at: path, hint: "Give a shorter recording, or a longer --dt")
                    }
                    counts += try silence(Int(step) + 1 - counts.count, at: path)
                }
                let polarity = shape[0] == 2 && event.isOn ? 1 : 0
                counts[Int(step)][(polarity * height + Int(event.y)) * width + Int(event.x)] = 1
            }
            batch.removeAll()
        }
        return counts
    }
}
