import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeSensors
import SpikeSignals
import SpikeTraining

/// Lets a model watch labelled recordings, one by one and each from a fresh start.
struct GestureEvaluation {
    let model: GestureModel
    /// Whether recordings of classes that the model does not have are left out; otherwise they are an error.
    var skipsUnknown = false
    /// The size of the sensor where a file does not say it; nil: a usual one that has all events.
    var size: SensorSize?
    /// Where the model looks.
    var view = RecordingView.action
    /// Called with a recording that does not say the size of its sensor, and the one that it was taken for.
    var noteSize: (String, SensorSize) -> Void = { _, _ in }

    /// Watches every recording under `data`; `progress` gets the share done.
    func report(data: String, trials: String, progress: (Double) -> Void) throws(SpikelineError) -> GestureReport {
        let entries = try chosen(GestureDataSet(data, trials: trials).entries, in: data)
        let populations = model.file.network.populations
        var report = GestureReport(
            labels: model.labels,
            layers: populations.map { .init(name: $0.name, neurons: $0.size) })
        var done = 0
        while done < entries.count {
            // The parts of one recording stand together and are read in one go.
            let path = entries[done].path
            let parts = entries[done...].prefix { $0.path == path }
            try watch(path, Array(parts), into: &report)
            done += parts.count
            progress(Double(done) / Double(entries.count))
        }
        return report
    }

    private func chosen(_ entries: [GestureDataSet.Entry], in data: String) throws(SpikelineError) -> [GestureDataSet
        .Entry]
    {
        let known = entries.filter { model.labels.contains($0.label) }
        let unknown = Set(entries.map(\.label)).subtracting(model.labels).sorted()
        guard unknown.isEmpty || (skipsUnknown && !known.isEmpty) else {
            throw SpikelineError(
                "the model has no label for " + unknown.map { "\"\($0)\"" }.joined(separator: ", ")
                    + "; its labels are " + model.labels.joined(separator: ", "), at: data,
                hint: "Rename the folders, or leave them out with --skip-unknown")
        }
        return known
    }

    private func watch(
        _ path: String, _ parts: [GestureDataSet.Entry], into report: inout GestureReport
    ) throws(SpikelineError) {
        let observer = Observer(model: model, view: view)
        var options = EventFileReader.Options()
        options.size = size
        if parts.count == 1, parts[0].span == nil {
            let sighting = try observer.watch(path, options: options)
            if let size = sighting.guessedSize { noteSize(path, size) }
            return try add(sighting, label: parts[0].label, to: &report)
        }
        let source = try EventFileSource(path: path, options: options)
        let region = try view.region(ofFile: path, options: options, grid: model.gridParameters)
        let (batch, cut) = (EventBatch(), EventBatch())
        var rest = parts[...].sorted { ($0.span?.lowerBound ?? 0) < ($1.span?.lowerBound ?? 0) }[...]
        var sighting = try observer.begin(region)
        while let part = rest.first, let span = part.span, try source.read(into: batch) {
            var (part, span) = (part, span)
            var next = 0
            while next < batch.count {
                Self.cut(batch, from: &next, to: span, into: cut)
                try observer.add(cut, to: &sighting, path)
                guard next < batch.count else { break }
                try finish(&sighting, part, observer, &report)
                rest.removeFirst()
                guard let following = rest.first, let times = following.span else { break }
                (part, span) = (following, times)
            }
            batch.removeAll()
        }
        if let part = rest.first { try finish(&sighting, part, observer, &report) }
        for part in rest.dropFirst() {
            throw SpikelineError("ends before a gesture that is labelled \(part.label)", at: path)
        }
    }

    private func finish(
        _ sighting: inout Sighting, _ part: GestureDataSet.Entry, _ observer: Observer, _ report: inout GestureReport
    ) throws(SpikelineError) {
        try observer.end(&sighting)
        try add(sighting, label: part.label, to: &report)
        sighting = try observer.begin(sighting.region)
    }

    /// Moves `next` to the first event after `span`, and copies the events in it, with times that count from its start.
    private static func cut(_ batch: EventBatch, from next: inout Int, to span: Range<Int64>, into cut: EventBatch) {
        cut.copyFrame(of: batch)
        cut.removeAll()
        cut.startTime = span.lowerBound
        cut.upTo = .zero
        while next < batch.count {
            let event = batch[next]
            let time = batch.time(of: event)
            if time >= span.upperBound { return }
            next += 1
            guard time >= span.lowerBound else { continue }
            unsafe cut.words[cut.count] = event.bits
            cut.count += 1
        }
    }

    private func add(_ sighting: Sighting, label: String, to report: inout GestureReport) throws(SpikelineError) {
        guard let truth = model.labels.firstIndex(of: label) else { return }
        try report.recordings.add(truth: truth, decided: sighting.decision ?? model.labels.count)
        for window in sighting.windows { try report.windows.add(truth: truth, decided: window) }
        if model.head.isReported(truth) {
            report.reportable += 1
            if let onset = sighting.onsets.first(where: { $0.label == truth }) {
                report.decisionTimes.append(onset.at * 1e3)
            }
        }
        for (place, layer) in model.spikingLayers.enumerated() {
            report.layers[layer].spikes += sighting.layerSpikes[place]
        }
        for layer in report.layers.indices {
            report.layers[layer].synapticOperations += sighting.layerOperations[layer]
        }
        report.synapticOperations += sighting.synapticOperations
        report.seconds += Double(sighting.ticks) * model.tickSeconds
        report.events += sighting.events
    }
}

extension GestureReport {
    /// The report as tables for people.
    var text: String {
        let labels = recordings.labels
        let isUnknownUsed = recordings.decided(labels.count - 1) > 0
        var classes = TextTable([("class", .left), ("recordings", .right), ("recall", .right), ("precision", .right)])
        for (index, label) in labels.enumerated().dropLast() {
            classes.add([
                label, String(recordings.spoken(index)), Figures.percent(recordings.recall(index)),
                Figures.percent(recordings.precision(index)),
            ])
        }
        let columns = isUnknownUsed ? labels : Array(labels.dropLast())
        var matrix = TextTable([("made \\ seen", .left)] + columns.indices.map { ("\($0 + 1)", .right) })
        for (index, label) in labels.enumerated().dropLast() {
            let counts = recordings.counts[index].prefix(columns.count)
            matrix.add(["\(index + 1) \(label)"] + counts.map { $0 == 0 ? "." : String($0) })
        }
        var cost = TextTable([
            ("layer", .left), ("neurons", .right), ("spikes/s", .right), ("synaptic operations/s", .right),
        ])
        for layer in layers {
            cost.add([
                layer.name, String(layer.neurons), Figures.short(perSecond(layer.spikes)),
                Figures.short(perSecond(layer.synapticOperations)),
            ])
        }
        return """
            accuracy  \(Figures.percent(recordings.accuracy)) of \(recordings.total) recordings, \
            \(Figures.percent(windows.accuracy)) of \(windows.total) windows
            decision  \(decisionTimes.count) of \(reportable) gestures recognised, median \
            \(Figures.decimal(Percentile.median(of: decisionTimes), 0)) ms, 95 % within \
            \(Figures.decimal(Percentile.value(0.95, of: decisionTimes), 0)) ms of their start
            cost      \(Figures.short(synapticOperationsPerSecond)) synaptic operations and \
            \(Figures.short(spikesPerSecond)) spikes per second, for \(Figures.short(perSecond(events))) events per second

            \(classes.text)

            \(matrix.text)

            \(cost.text)
            """
    }
}
