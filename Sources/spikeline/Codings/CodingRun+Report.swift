import SpikeEncoders
import SpikePictures
import SpikeSignals

extension CodingRun {
    /// The most spikes that are listed for people.
    static let mostListed = 24

    /// What is printed for people; `source` says what the values are.
    func text(source: String) -> String {
        let method = parameters.method.rawValue
        var lines = [
            "coding    \(method): \(parameters.text)",
            "values    \(source): \(ticks) ticks, \(signal.count) \(signal.count == 1 ? "value" : "values")",
            "spikes    \(spikeCount), \(Figures.short(spikesPerSecond)) per second",
        ]
        if let error {
            lines.append(
                "decoded   \(delay) ticks late; rms error \(Figures.decimal(error.rms, 4)), largest "
                    + "\(Figures.decimal(error.largest, 4)), SNR \(Figures.decimal(signalToNoise, 1)) dB")
        } else {
            lines.append("decoded   not judged: the decoder is \(delay) ticks late, and has not heard a whole window")
        }
        if let bound { lines.append("bound     \(Figures.decimal(bound, 4)) for a value that rests") }
        if let last = decoded.first?.last, signal.count == 1 {
            lines.append(
                "at last   value \(Figures.decimal(signal[0].last, 4)), decoded \(Figures.decimal(last, 4))")
        }
        var table = TextTable([("tick", .right), ("channel", .right), ("spikes", .right)])
        for spike in spikes.prefix(Self.mostListed) {
            table.add([String(spike.tick), String(spike.channel), String(spike.count)])
        }
        lines += ["", table.text]
        if spikes.count > Self.mostListed { lines.append("... and \(spikes.count - Self.mostListed) more rows") }
        return lines.joined(separator: "\n")
    }

    /// What `--json` prints.
    func jsonValue(source: String) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 6) } ?? .null }
        return .object([
            ("v", .integer(1)), ("method", .string(parameters.method.rawValue)), ("settings", .string(parameters.text)),
            ("values", .string(source)), ("ticks", .integer(ticks)), ("tick_ms", .integer(parameters.tickMilliseconds)),
            ("channels", .integer(signal.count * parameters.channelsPerValue)), ("spikes", .integer(spikeCount)),
            ("spikes_per_s", number(spikesPerSecond)), ("delay_ticks", .integer(delay)), ("bound", number(bound)),
            ("rms_error", number(error?.rms)), ("largest_error", number(error?.largest)),
            ("snr_db", number(signalToNoise)),
        ])
    }

    /// Every spike as a line of CSV.
    var spikesCSV: String {
        var text = "tick,channel,count\n"
        for spike in spikes { text += "\(spike.tick),\(spike.channel),\(spike.count)\n" }
        return text
    }

    /// Every value as a line of CSV; the decoded one is `delay` ticks late.
    var valuesCSV: String {
        var text = "tick,value,signal,decoded\n"
        for tick in 0..<ticks {
            for index in signal.indices {
                text +=
                    "\(tick),\(index),\(Figures.decimal(signal[index][tick], 6)),"
                    + "\(Figures.decimal(decoded[index][tick], 6))\n"
            }
        }
        return text
    }

    /// The picture: value `shown` and its decoded twin, moved back by the delay, above the spikes of all channels.
    func figure(source: String, shown: Int, frequencies: [Double]) -> CodingFigure {
        let tick = Double(parameters.tickMilliseconds) / 1_000
        let channels = signal.count * parameters.channelsPerValue
        let early = Array(decoded[shown].dropFirst(delay))
        let name = "\(channels) \(channels == 1 ? "channel" : "channels") of spikes"
        return CodingFigure(
            title: "\(parameters.method.rawValue): \(parameters.text)",
            subtitle: "\(source); \(spikeCount) spikes, SNR \(Figures.decimal(signalToNoise, 1)) dB",
            seconds: Double(ticks) * tick, signal: signal[shown], decoded: early,
            spikes: RasterFigure.SpikePanel(
                name: name, channels: channels,
                spikes: spikes.map { .init(time: Double($0.tick) * tick, channel: $0.channel, count: $0.count) },
                frequencies: parameters.channelsPerValue == 1 ? frequencies : [], tick: tick))
    }
}
