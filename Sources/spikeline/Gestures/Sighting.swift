import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeSensors
import SpikeSignals

/// What a model saw in one recording.
struct Sighting {
    /// One gesture of the recording.
    struct Gesture {
        var label: Int
        /// Seconds since the start of the recording.
        var from: Double
        var to: Double
        var score: Double
        var events: Int
    }

    /// The size of the sensor, where the file does not say it and it was taken from the events.
    var guessedSize: SensorSize?
    /// The pixels that were looked at, if they are not the largest square in the middle.
    var region: EventGridParameters.Region?
    /// The gestures, in order, background included.
    var gestures: [Gesture] = []
    /// When each label was first recognised, in seconds since the start.
    var onsets: [(label: Int, at: Double)] = []
    /// The evidence of each label in the ticks with enough events.
    var evidence: RecordingEvidence
    /// The best label of each window, one after the other, that held enough events.
    var windows: [Int] = []
    /// How long the recording is, in seconds, and how many ticks of it were run.
    var seconds = 0.0
    var ticks = 0
    /// Events that were delivered, and how many of them were on.
    var events = 0
    var on = 0
    /// Spikes of each layer that fires, and all synaptic operations.
    var layerSpikes: [Int]
    var synapticOperations = 0
    /// Synaptic operations into each layer, the last one included.
    var layerOperations: [Int] = []
    /// The story of the ticks, for a figure.
    var story = Story()

    /// What is drawn, tick by tick.
    struct Story {
        var times: [Double] = []
        var scores: [[Float]] = []
        var spikes: [[Float]] = []
    }

    /// The label of the whole recording; nil: there were never enough events.
    var decision: Int? { evidence.decision }
    /// The share of the decision.
    var decisionShare: Double { evidence.decisionShare }
}

/// Watches recordings with a model and notes what it sees.
struct Observer {
    let model: GestureModel
    /// Whether the story is kept.
    var keepsStory = false
    /// Where it looks.
    var view = RecordingView.action

    /// Watches the whole recording at `path`; `note` gets every batch.
    ///
    /// Events that step back in time are left out, as the source `event_file` does. Where a file does not say the size of its
    /// sensor, nor the options, it is the smallest usual one that has all its events.
    func watch(
        _ path: String, options: EventFileReader.Options, note: (EventFileReader, EventBatch) -> Void = { _, _ in }
    ) throws(SpikelineError) -> Sighting {
        var source = try EventFileSource(path: path, options: options)
        var (options, guessed) = (options, nil as SensorSize?)
        if source.reader.size == nil, let size = try EventFileReader.usualSize(ofFile: path, options: options) {
            (options.size, guessed) = (size, size)
            source = try EventFileSource(path: path, options: options)
        }
        var sighting = try begin(view.region(ofFile: path, options: options, grid: model.gridParameters))
        sighting.guessedSize = guessed
        if let size = source.reader.size, sighting.region == .middleSquare(ofWidth: size.width, height: size.height) {
            sighting.region = nil
        }
        let batch = EventBatch()
        var first: Int64?
        var last: Int64 = 0
        while try source.read(into: batch) {
            note(source.reader, batch)
            if batch.count > 0 {
                first = first ?? batch.startTime
                last = max(last, batch.time(of: batch[batch.count - 1]))
            }
            try add(batch, to: &sighting, path)
            batch.removeAll()
        }
        // Also of a recording without events one may want to know what was wrong with it.
        note(source.reader, batch)
        if let first { sighting.seconds = Double(last - first) / 1e6 }
        try end(&sighting)
        return sighting
    }

    /// A fresh start, with an eye on `region`.
    func begin(_ region: EventGridParameters.Region? = nil) throws(SpikelineError) -> Sighting {
        try model.begin(region: region)
        return Sighting(
            region: region, evidence: try model.recordingEvidence(),
            layerSpikes: Array(repeating: 0, count: model.spikingLayers.count))
    }

    /// Watches a batch.
    func add(_ batch: EventBatch, to sighting: inout Sighting, _ path: String) throws(SpikelineError) {
        sighting.events += batch.count
        for event in batch where event.isOn { sighting.on += 1 }
        do throws(SpikelineError) {
            try model.watch(batch) { see($0, &sighting) }
        } catch {
            var error = error
            if error.place.isEmpty { error.place = path }
            throw error
        }
    }

    /// The recording has ended.
    func end(_ sighting: inout Sighting) throws(SpikelineError) {
        let reports = try model.end { see($0, &sighting) }
        for report in reports { add(report, at: Double(sighting.ticks) * model.tickSeconds, &sighting) }
        sighting.synapticOperations = model.network.synapticOperations
        sighting.layerOperations = model.file.network.populations.indices.map {
            model.network.synapticOperations(ofPopulation: $0)
        }
        sighting.seconds = max(sighting.seconds, 0)
    }

    private func see(_ tick: GestureModel.Tick, _ sighting: inout Sighting) {
        let end = Double(tick.index + 1) * model.tickSeconds
        sighting.ticks += 1
        for report in tick.reports { add(report, at: end, &sighting) }
        if tick.detector.isActive { sighting.evidence.add(tick.potentials) }
        if tick.detector.isActive, sighting.ticks % tick.detector.windowTicks == 0 {
            sighting.windows.append(tick.detector.best)
        }
        var spikes: [Float] = [Float(tick.inputSpikes)]
        for (place, layer) in model.spikingLayers.enumerated() {
            var count = 0
            model.network.forEachSpike(ofPopulation: layer) { count += Int($0.count) }
            sighting.layerSpikes[place] += count
            spikes.append(Float(count))
        }
        guard keepsStory else { return }
        sighting.story.times.append(end)
        sighting.story.scores.append(tick.detector.scores.map { Float($0) / Float(EvidenceWindow.unity) })
        sighting.story.spikes.append(spikes)
    }

    private func add(_ report: GestureDetector.Report, at time: Double, _ sighting: inout Sighting) {
        switch report {
        case .onset(let segment): sighting.onsets.append((segment.label, time))
        case .end(let segment):
            sighting.gestures.append(
                Sighting.Gesture(
                    label: segment.label, from: Double(segment.first) * model.tickSeconds,
                    to: Double(segment.end) * model.tickSeconds,
                    score: Double(segment.score) / Double(EvidenceWindow.unity), events: segment.events))
        }
    }
}
