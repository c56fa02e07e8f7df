import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikePictures
import SpikeSignals
import SpikeTraining

extension DETCurve {
    /// The curve as a picture, with the point `marked`.
    func figure(title: String, name: String, marked: StreamReport) -> DETFigure {
        let hours = points.first.map { $0.otherHours > 0 ? $0.otherHours : $0.hours } ?? 0
        let words = points.first?.spokenWords ?? 0
        return DETFigure(
            title: title,
            subtitle: "\(words) spoken words; false alarms counted in \(Figures.decimal(hours * 60, 0)) minutes "
                + (points.first.map { $0.otherHours > 0 } == true ? "of other sound" : "of the same recording"),
            curves: [DETFigure.Curve(name: name, points: points.map(\.figurePoint), marked: marked.figurePoint)])
    }
}

extension StreamReport {
    /// The report as a point of a figure.
    fileprivate var figurePoint: DETFigure.Point {
        DETFigure.Point(
            falseAlarmsPerHour: operatingFalseAlarmsPerHour ?? 0, hitRate: hitRate ?? 0,
            threshold: thresholds.isEmpty ? threshold : nil)
    }
}

/// Watches a model listen for a few seconds and draws what it saw.
struct RasterRecorder {
    let model: ListeningModel

    /// The ear's spikes, the layers' spikes and the scores in `span` (seconds) of the recording at `path`.
    func figure(
        of path: String, span: ClosedRange<Double>, spoken: [SpokenWord], detections: [Detection]
    ) throws(SpikelineError) -> RasterFigure {
        let tick = Double(model.file.network.tickNanoseconds) / 1e9
        let populations = model.file.network.populations
        let (filters, phases) = (model.ear.parameters.filters.channels, model.ear.parameters.phases)
        var ear: [RasterFigure.Spike] = []
        var layers = populations.map { _ in [RasterFigure.Spike]() }
        let potentials = PotentialBatch()
        _ = try model.listen(toFile: path, into: potentials) { seen in
            let time = Double(seen.index) * tick
            guard time < span.upperBound else { return false }
            guard time >= span.lowerBound else { return true }
            for spike in seen.spikes {
                // A channel of a later phase of the tick is the same filter, a part of a tick later.
                let (phase, filter) = Int(spike.channel).quotientAndRemainder(dividingBy: filters)
                let offset = Double(phase) * tick / Double(phases)
                ear.append(.init(time: time + offset, channel: filter, count: Int(spike.count)))
            }
            for index in populations.indices where populations[index].neuron.spiking != nil {
                model.network.forEachSpike(ofPopulation: index) { spike in
                    layers[index].append(.init(time: time, channel: Int(spike.channel), count: Int(spike.count)))
                }
            }
            return true
        }
        var panels = [
            RasterFigure.SpikePanel(
                name: "ear: \(filters) channels, spikes by centre frequency", channels: filters,
                spikes: ear, frequencies: model.ear.centreFrequencies, tick: tick / Double(phases))
        ]
        for index in populations.indices where populations[index].neuron.spiking != nil {
            panels.append(
                RasterFigure.SpikePanel(
                    name: "\(populations[index].name): \(populations[index].size) neurons",
                    channels: populations[index].size, spikes: layers[index], tick: tick))
        }
        return RasterFigure(
            title: "What the network hears",
            subtitle: "one mark per spike; bands: the words that were said; \u{25BC}: the words that were reported",
            span: span, panels: panels, scores: try scores(of: potentials, tick: tick, span: span),
            spoken: spoken.map { .init($0.word, start: $0.start.seconds, end: $0.end.seconds) },
            detected: detections.map { .init($0.word, start: $0.at.seconds, end: $0.at.seconds) })
    }

    /// The smoothed scores that the head compares with its threshold.
    private func scores(
        of potentials: PotentialBatch, tick: Double, span: ClosedRange<Double>
    ) throws(SpikelineError) -> RasterFigure.ScorePanel {
        let labels = model.labels.count
        func ticks(_ milliseconds: Int) -> Int { max(Int((Double(milliseconds) / 1000 / tick).rounded(.up)), 1) }
        let smoothing = ticks(model.head.smoothingMilliseconds)
        var window = try EvidenceWindow(
            labels: labels, ticks: ticks(model.head.windowMilliseconds), scaleBits: model.head.potentialScaleBits)
        var lines = Array(repeating: [Double](), count: labels)
        for index in 0..<potentials.count {
            window.add(potentials.potentials, at: index * labels)
            for label in 0..<labels { lines[label].append(Double(window.scores[label]) / Double(EvidenceWindow.unity)) }
        }
        let first = min(Int(span.lowerBound / tick), potentials.count)
        let series = model.labels.indices.filter { model.words.contains(model.labels[$0]) }.map { label in
            let line = lines[label]
            let values = (first..<line.count).map { index in
                line[max(0, index - smoothing + 1)...index].reduce(0, +) / Double(smoothing)
            }
            return RasterFigure.Series(name: model.labels[label], values: values)
        }
        return RasterFigure.ScorePanel(
            name: "score of each word", series: series, clock: (Double(first + 1) * tick, tick),
            threshold: model.head.threshold ?? (model.head.thresholds.isEmpty ? model.threshold : nil))
    }
}
