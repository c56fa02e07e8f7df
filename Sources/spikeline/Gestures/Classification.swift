import SpikeContainers
import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikePictures
import SpikeSignals

/// What `spikeline classify` tells of one recording.
struct Classification {
    let file: String
    let model: GestureModel
    let sighting: Sighting

    private var gestures: [Sighting.Gesture] { sighting.gestures.filter { model.head.isReported($0.label) } }

    /// The name of the decision about the whole recording.
    private var decision: String { sighting.decision.map { model.labels[$0] } ?? "unknown" }

    /// What one should know about the recording to judge the result.
    var remarks: [String] {
        if sighting.events == 0 { return ["the recording has no events"] }
        var remarks: [String] = []
        if let size = sighting.guessedSize {
            remarks.append(
                "does not say the size of the sensor; taken for \(size), the smallest usual one that has all events; "
                    + "--size says another")
        }
        if let region = sighting.region {
            remarks.append(
                "looked at \(region.width) x \(region.height) pixels from column \(region.x) and row \(region.y) on; "
                    + "--crop whole looks where the model says")
        }
        if sighting.on == 0 || sighting.on == sighting.events {
            let one = sighting.on == 0 ? "off" : "on"
            remarks.append("all events are \(one); models expect both polarities")
        }
        if sighting.decision == nil {
            remarks.append(
                "never \(model.head.minimumEventsPerSecond) events per second, the least that is decided on")
        }
        let window = Double(model.head.windowMilliseconds) / 1e3
        if sighting.seconds < window {
            remarks.append(
                "lasts \(Figures.decimal(sighting.seconds * 1e3, 1)) ms, less than the window of "
                    + "\(model.head.windowMilliseconds) ms")
        }
        return remarks
    }

    /// A JSON object for each gesture; one for a recording without any.
    var jsonLines: [String] {
        let all =
            gestures.isEmpty
            ? [
                Sighting.Gesture(
                    label: -1, from: 0, to: sighting.seconds, score: sighting.decisionShare, events: sighting.events)
            ] : gestures
        return all.enumerated().map { index, gesture in
            func time(_ seconds: Double) -> StreamTime { StreamTime(nanoseconds: Int64(seconds * 1e9)) }
            let record = GestureRecord(
                gesture: gesture.label < 0 ? "unknown" : model.labels[gesture.label], state: .end,
                score: gesture.score, at: time(gesture.to), from: time(gesture.from), to: time(gesture.to),
                events: gesture.events, pipeline: "classify", stage: "gesture", sequence: index + 1)
            var fields = record.fields
            fields.insert(("file", .string(file)), at: 2)
            fields.append(("recording", .string(decision)))
            fields.append(("recording_score", .fixed(sighting.decisionShare, decimals: 3)))
            return JSONValue.object(fields).text
        }
    }

    /// The decision and the gestures for people.
    var text: String {
        let share = sighting.decision == nil ? "" : " \(Figures.percent(sighting.decisionShare))"
        let head =
            "\(file)  \(decision)\(share)  (\(Figures.decimal(sighting.seconds, 2)) s, "
            + "\(sighting.events.spaced) events)"
        let lines = gestures.map { gesture in
            "  \(Figures.decimal(gesture.from, 2)) to \(Figures.decimal(gesture.to, 2)) s  "
                + "\(model.labels[gesture.label])  score \(Figures.decimal(gesture.score, 2)), "
                + "\(gesture.events.spaced) events"
        }
        return ([head] + (lines.isEmpty ? ["  no gesture was recognised"] : lines)).joined(separator: "\n")
    }

    /// Draws the recording, the decision over time and the spikes over time.
    func draw(_ picture: PixelImage, to path: String) throws(SpikelineError) {
        let populations = model.file.network.populations
        let layers = ["grid"] + model.spikingLayers.map { populations[$0].name }
        let story = sighting.story
        let name = String(file.split(separator: "/").last ?? "")
        let figure = GestureFigure(
            title: name, subtitle: "\(decision), \(sighting.events.spaced) events", picture: picture,
            times: story.times,
            scores: model.labels.indices.map { label in
                .init(name: model.labels[label], values: story.scores.map { Double($0[label]) })
            },
            threshold: model.head.threshold,
            spikes: layers.indices.map { layer in
                .init(
                    name: layers[layer], values: story.spikes.map { Double($0[layer]) / model.tickSeconds })
            },
            gestures: gestures.map { .init(model.labels[$0.label], start: $0.from, end: $0.to) })
        let file = try OutputFile(path: path, append: false)
        try file.write(path.hasSuffix(".png") ? PNG.file(figure.image) : Array(figure.svg.text.utf8))
        try file.close()
    }
}
