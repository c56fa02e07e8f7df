import SpikeInterchange
import SpikeSignals

/// What `spikeline quantize` tells.
struct QuantizeReport {
    let quantized: GraphQuantizer
    let trial: QuantizationTrial
    /// What ran through both networks, in words.
    let input: String

    /// The report for people.
    var text: String {
        var table = TextTable([
            ("layer", .left), ("weights", .right), ("rms error", .right), ("largest error", .right),
            ("vanished", .right), ("leak", .right), ("spike agreement", .right), ("graph", .right), ("network", .right),
        ])
        for (layer, spikes) in zip(quantized.layers, trial.populations) {
            let fires = spikes.share != nil
            table.add([
                layer.node, "\(layer.weights)", Figures.percent(layer.rootMeanSquareError),
                Figures.percent(layer.largestError), "\(layer.vanished)",
                layer.leak == 0 ? "-" : "\(layer.leak)/32768",
                fires ? Figures.decimal((spikes.share ?? 0) * 100, 2) + " %" : "-",
                fires ? "\(spikes.graphSpikes)" : "-", fires ? "\(spikes.networkSpikes)" : "-",
            ])
        }
        let agreement = trial.agreement
        let text = """
            \(table.text)
            Errors are shares of the layer's largest weight; leak is what a membrane without one is given.

            spike agreement  \(Figures.decimal(agreement.share.map { $0 * 100 }, 2)) % of \(agreement.cells) neurons and \
            steps (\(input), \(agreement.steps) steps)
            spikes           \(agreement.graphSpikes) of the graph, \(agreement.networkSpikes) of the network, \
            \(agreement.common) common
            """
        guard trial.samples > 0 else { return text }
        let change = Double(trial.networkCorrect - trial.graphCorrect) / Double(trial.samples) * 100
        return text + """

            accuracy         \(percent(trial.graphCorrect)) of the graph, \(percent(trial.networkCorrect)) of the \
            network: \(change > 0 ? "+" : "")\(Figures.decimal(change, 2)) points on \(trial.samples) samples
            same decision    \(percent(trial.sameDecision)) of the samples
            """
    }

    private func percent(_ count: Int) -> String {
        Figures.decimal(Double(count) / Double(max(trial.samples, 1)) * 100, 2) + " %"
    }

    /// The report for programs; the names are a contract.
    var jsonValue: JSONValue {
        let agreement = trial.agreement
        func share(_ value: Double?) -> JSONValue { value.map { .fixed($0, decimals: 6) } ?? .null }
        let layers = zip(quantized.layers, trial.populations).map { layer, spikes in
            JSONValue.object([
                ("name", .string(layer.node)), ("weights", .integer(layer.weights)),
                ("rms_error", .fixed(layer.rootMeanSquareError, decimals: 6)),
                ("largest_error", .fixed(layer.largestError, decimals: 6)), ("vanished", .integer(layer.vanished)),
                ("leak", .integer(Int(layer.leak))), ("spike_agreement", share(spikes.share)),
                ("graph_spikes", .integer(spikes.graphSpikes)), ("network_spikes", .integer(spikes.networkSpikes)),
            ])
        }
        var members: [(String, JSONValue)] = [
            ("v", .integer(1)), ("layers", .array(layers)), ("steps", .integer(agreement.steps)),
            ("spike_agreement", share(agreement.share)), ("graph_spikes", .integer(agreement.graphSpikes)),
            ("network_spikes", .integer(agreement.networkSpikes)), ("common_spikes", .integer(agreement.common)),
        ]
        if trial.samples > 0 {
            func part(_ count: Int) -> JSONValue { share(Double(count) / Double(trial.samples)) }
            members += [
                ("samples", .integer(trial.samples)), ("graph_accuracy", part(trial.graphCorrect)),
                ("network_accuracy", part(trial.networkCorrect)), ("same_decision", part(trial.sameDecision)),
            ]
        }
        return .object(members)
    }
}
