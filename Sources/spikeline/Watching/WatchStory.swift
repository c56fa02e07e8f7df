import SpikeHeads
import SpikePictures
import SpikeSignals

/// What a watch saw over any length of time in bounded memory: bins that become twice as long when there are too many.
final class WatchStory {
    /// The most bins that are kept.
    static let most = 1_000

    private(set) var bins: [AnomalyFigure.Bin] = []
    private var perBin = 1
    private var fill = 0
    private var tickSeconds = 0.0
    private var start: Double?
    /// The records that came.
    var records: [Record] = []
    var legend: ChannelLegend?

    /// Adds what a detector found in a tick that ended at `time`.
    func add(_ detector: AnomalyDetector, _ time: StreamTime) {
        if let start, tickSeconds == 0 { tickSeconds = time.seconds - start }
        if start == nil { start = time.seconds }
        let isScored = detector.phase == .armed || detector.phase == .calibrating
        let deviations = isScored ? detector.deviations : []
        let ratio = detector.threshold == nil ? 0 : detector.ratio
        if fill == 0 {
            bins.append(AnomalyFigure.Bin(ratio: ratio, phase: detector.phase.name, deviations: deviations))
        } else {
            merge(AnomalyFigure.Bin(ratio: ratio, phase: detector.phase.name, deviations: deviations), bins.count - 1)
        }
        fill = fill + 1 == perBin ? 0 : fill + 1
        if bins.count == WatchStory.most, fill == 0 { halve() }
    }

    private func merge(_ bin: AnomalyFigure.Bin, _ index: Int) {
        bins[index].ratio = max(bins[index].ratio, bin.ratio)
        bins[index].phase = bin.phase
        if bins[index].deviations.count != bin.deviations.count {
            bins[index].deviations = bin.deviations.isEmpty ? bins[index].deviations : bin.deviations
            return
        }
        for channel in bin.deviations.indices
        where bin.deviations[channel].magnitude > bins[index].deviations[channel].magnitude {
            bins[index].deviations[channel] = bin.deviations[channel]
        }
    }

    private func halve() {
        for index in 0..<(bins.count / 2) {
            let second = bins[2 * index + 1]
            bins[index] = bins[2 * index]
            merge(second, index)
        }
        bins.removeLast(bins.count - bins.count / 2)
        perBin *= 2
    }

    /// The figure of what was seen.
    func figure(title: String) -> AnomalyFigure {
        let seconds = tickSeconds * Double(perBin)
        let end = seconds * Double(bins.count)
        var alerts: [String: RasterFigure.Word] = [:]
        var faults: [RasterFigure.Word] = []
        for record in records {
            switch record {
            case .anomaly(let anomaly):
                let cause = anomaly.causes.first.map { $0.place.text + ($0.isMore ? " +" : " -") } ?? "alert"
                let from = alerts[anomaly.id]?.start ?? anomaly.from.seconds
                alerts[anomaly.id] = .init(
                    alerts[anomaly.id]?.text ?? cause, start: from, end: anomaly.to?.seconds ?? end)
            case .sensorFault(let fault):
                faults.append(.init("\(fault.fault): \(fault.place)", start: fault.at.seconds, end: fault.at.seconds))
            default: break
            }
        }
        let count = alerts.count
        return AnomalyFigure(
            title: title,
            subtitle: "\(count) \(count == 1 ? "alert" : "alerts"), \(faults.count) sensor faults, "
                + "\(Figures.decimal(end, 1)) s",
            binSeconds: seconds, bins: bins, labels: labels, alerts: alerts.values.sorted { $0.start < $1.start },
            faults: Array(faults.prefix(20)))
    }

    /// About eight labels of channels.
    private var labels: [(Int, String)] {
        let channels = bins.map(\.deviations.count).max() ?? 0
        guard channels > 0 else { return [] }
        return stride(from: 0, to: channels, by: max((channels + 7) / 8, 1)).map { channel in
            guard let place = legend?.place(of: channel) else { return (channel, "channel \(channel)") }
            switch place {
            case .band(_, let centre, _, let axis):
                let axes = legend?.axes ?? 1
                return (channel, "\(Figures.short(centre)) Hz" + (axes > 1 ? ", \(axis)" : ""))
            case .cell(let region, _): return (channel, "pixel \(region.x), \(region.y)")
            case .channel(let channel): return (channel, "channel \(channel)")
            }
        }
    }
}
