import SpikeEncoders
import SpikePictures
import SpikeSignals

/// All codings at a range of settings on the bands of one sound.
struct CodingComparison {
    /// One coding at one setting.
    struct Row {
        var parameters: CodingParameters
        /// Of all bands together.
        var spikesPerSecond: Double
        var signalToNoise: Double?
        var bitsPerSecond: Double?
        var delayMilliseconds: Int

        /// Bits that are kept for each spike.
        var bitsPerSpike: Double? {
            bitsPerSecond.flatMap { spikesPerSecond > 0 ? $0 / spikesPerSecond : nil }
        }
    }

    /// The file.
    let name: String
    let seconds: Double
    let bands: Int
    let bandwidthHertz: Double
    private(set) var rows: [Row] = []

    /// Compares on `values`, `[tick][band]` in Q16 and one tick a millisecond.
    init(
        name: String, values: [[Int64]], bandwidthHertz: Double, progress: (Double) -> Void
    ) throws(SpikelineError) {
        self.name = name
        seconds = Double(values.count) / 1_000
        bands = values.first?.count ?? 0
        self.bandwidthHertz = bandwidthHertz
        let settings = Self.settings
        for (index, parameters) in settings.enumerated() {
            let run = try CodingRun(parameters, values: values)
            rows.append(
                Row(
                    parameters: parameters, spikesPerSecond: run.spikesPerSecond, signalToNoise: run.signalToNoise,
                    bitsPerSecond: run.information(bandwidthHertz: bandwidthHertz),
                    delayMilliseconds: run.delay * parameters.tickMilliseconds))
            progress(Double(index + 1) / Double(settings.count))
        }
    }

    /// The settings that are compared: for each coding from few spikes to many.
    static var settings: [CodingParameters] {
        func all(_ method: CodingParameters.Method, _ changes: [(inout CodingParameters) -> Void]) -> [CodingParameters]
        {
            changes.map { change in
                var parameters = CodingParameters(method)
                change(&parameters)
                return parameters
            }
        }
        let rates = [50.0, 200, 800].map { rate in
            { (parameters: inout CodingParameters) in parameters.rateHertz = rate }
        }
        let windows = [64, 32, 16, 8].map { window in
            { (parameters: inout CodingParameters) in parameters.windowTicks = window }
        }
        let fields = [(4, 32), (8, 32), (8, 16), (16, 32)].map { neurons, window in
            { (parameters: inout CodingParameters) in (parameters.neurons, parameters.windowTicks) = (neurons, window) }
        }
        let steps = [(0.25, 0.0), (0.125, 0), (0.0625, 0), (0.0625, 0.03125), (0.03125, 0)].map { step, hysteresis in
            { (parameters: inout CodingParameters) in (parameters.threshold, parameters.hysteresis) = (step, hysteresis)
            }
        }
        let crossings = [(64, 0.25), (32, 0.25), (32, 0.125), (16, 0.125)].map { window, threshold in
            { (parameters: inout CodingParameters) in
                (parameters.windowTicks, parameters.tauTicks) = (window, Double(window))
                parameters.threshold = threshold
            }
        }
        let ranks = [(64, 0.9), (32, 0.9), (16, 0.9), (16, 0.8), (8, 0.9)].map { window, sensitivity in
            { (parameters: inout CodingParameters) in
                (parameters.windowTicks, parameters.sensitivity) = (window, sensitivity)
            }
        }
        let digits = [16, 8, 4].map { window in
            { (parameters: inout CodingParameters) in parameters.windowTicks = window }
        }
        return all(.poisson, rates) + all(.regular, rates) + all(.latency, windows) + all(.logLatency, windows)
            + all(.firstSpike, crossings) + all(.rankOrder, ranks) + all(.phase, windows) + all(.weightedPhase, digits)
            + all(.population, fields) + all(.delta, steps)
    }

    /// What is printed for people.
    var text: String {
        var table = TextTable([
            ("coding", .left), ("settings", .left), ("spikes/s", .right), ("SNR dB", .right), ("bits/s", .right),
            ("bits/spike", .right), ("late ms", .right),
        ])
        for row in rows {
            table.add([
                row.parameters.method.rawValue, row.parameters.brief, Figures.decimal(row.spikesPerSecond, 0),
                Figures.decimal(row.signalToNoise, 1), Figures.decimal(row.bitsPerSecond, 0),
                Figures.decimal(row.bitsPerSpike, 2), String(row.delayMilliseconds),
            ])
        }
        return """
            \(name): \(Figures.decimal(seconds, 1)) s, \(bands) bands, ticks of 1 ms; information up to \
            \(Figures.short(bandwidthHertz)) Hz, summed over the bands

            \(table.text)
            """
    }

    /// What `--json` prints.
    var jsonValue: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 4) } ?? .null }
        return .object([
            ("v", .integer(1)), ("file", .string(name)), ("seconds", .fixed(seconds, decimals: 3)),
            ("bands", .integer(bands)), ("tick_ms", .integer(1)), ("bandwidth_hz", number(bandwidthHertz)),
            (
                "codings",
                .array(
                    rows.map { row in
                        .object([
                            ("method", .string(row.parameters.method.rawValue)),
                            ("settings", .string(row.parameters.brief)), ("spikes_per_s", number(row.spikesPerSecond)),
                            ("snr_db", number(row.signalToNoise)), ("bits_per_s", number(row.bitsPerSecond)),
                            ("bits_per_spike", number(row.bitsPerSpike)), ("delay_ms", .integer(row.delayMilliseconds)),
                        ])
                    })
            ),
        ])
    }

    /// The picture: bits for each spike, and the error, over the number of spikes.
    var figure: TradeOffFigure {
        func curves(_ value: (Row) -> Double?) -> [TradeOffFigure.Curve] {
            CodingParameters.Method.allCases.map { method in
                let points = rows.filter { $0.parameters.method == method }
                    .sorted { $0.spikesPerSecond < $1.spikesPerSecond }
                    .compactMap { row in value(row).map { (x: row.spikesPerSecond, y: $0) } }
                return TradeOffFigure.Curve(name: method.rawValue, points: points)
            }
        }
        return TradeOffFigure(
            title: "What codings keep of a sound",
            subtitle: "\(name), \(bands) bands; each point is a setting", xLabel: "spikes per second, all bands",
            panels: [
                .init(label: "bits per spike", curves: curves(\.bitsPerSpike)),
                .init(label: "signal to noise of the decoded values, dB", curves: curves(\.signalToNoise)),
            ])
    }
}

extension CodingParameters {
    /// What is varied in the comparison, in few words.
    var brief: String {
        switch method {
        case .poisson, .regular: "\(Figures.short(rateHertz)) Hz, counted over \(windowTicks)"
        case .latency, .logLatency: "window \(windowTicks)"
        case .firstSpike: "window \(windowTicks), threshold \(Figures.short(threshold))"
        case .rankOrder: "window \(windowTicks), sensitivity \(Figures.short(sensitivity))"
        case .phase: "period \(windowTicks)"
        case .weightedPhase: "\(windowTicks) digits"
        case .population: "\(neurons) neurons, window \(windowTicks)"
        case .delta: "step \(Figures.short(threshold))" + (hysteresis > 0 ? " + \(Figures.short(hysteresis))" : "")
        }
    }
}
