import ArgumentParser
import SpikeInterchange
import SpikeNetwork
import SpikeSignals

/// `spikeline quantize`.
struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a NIR graph of another program into an integer network, and tell what that changes.",
        discussion: """
            Takes graphs of dense layers of LIF, CubaLIF, IF and LI neurons, recurrent ones too. NIR does not say how \
            long a step is and how neurons are reset; --dt, --integration and --reset do. The report tells, for each \
            layer, how far weights of 8 bits are from those of the file, and on some input how far the spikes of the \
            network are those of the graph in double precision. The file that is written has neither encoder nor head: \
            both are "none".
            """)

    @Argument(help: "The NIR graph.")
    var input: String
    @Argument(help: "Where to write the model file.")
    var output: String
    @Option(help: "The length of a step in seconds.")
    var dt = 1e-4
    @Option(
        help: "The solution of the leak: \(StepRule.Integration.allCases.map(\.rawValue).joined(separator: " or ")).")
    var integration: StepRule.Integration = .euler
    @Option(
        help:
            "What a spike does to the potential: \(StepRule.Reset.allCases.map(\.rawValue).joined(separator: " or ")).")
    var reset: StepRule.Reset = .zero
    @Option(help: "Input spikes: CSV with the columns step and channel. Default: random ones.")
    var data: String?
    @Option(help: "Random input: the number of steps.")
    var steps = 1_000
    @Option(help: "Random input: the probability of a spike in a channel and a step.")
    var rate = 0.1
    @Option(help: "Random input: its seed.")
    var seed = 1
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if !(1...1_000_000).contains(steps) { throw ValidationError("--steps expects 1 to 1000000, found \(steps).") }
        if !(0...1).contains(rate) { throw ValidationError("--rate expects 0 to 1, found \(rate).") }
        if !(dt > 0 && dt <= 10) { throw ValidationError("--dt expects more than 0 and at most 10 s, found \(dt).") }
        if seed < 0 { throw ValidationError("--seed expects 0 or more, found \(seed).") }
    }

    func run() throws {
        let rule = StepRule(dt: dt, integration: integration, reset: reset)
        let graph = try NeuronGraph(contentsOf: input)
        let quantized = try GraphQuantizer(graph, rule: rule)
        let agreement = try SpikeAgreement(
            of: quantized, and: graph, rule: rule, input: try spikes(channels: quantized.network.inputs))
        try ModelFile(
            network: quantized.network, encoder: ModelFile.Stage(type: "none"), head: ModelFile.Stage(type: "none"),
            information: ["source": .string(input), "reset": .string(reset.rawValue)]
        ).write(to: output)
        Console.print(json ? value(quantized, agreement).text : text(quantized, agreement))
    }

    private func spikes(channels: Int) throws(SpikelineError) -> [[Int]] {
        func check(_ steps: Int, _ place: String) throws(SpikelineError) {
            guard steps <= (1 << 24) / max(channels, 1) else {
                throw SpikelineError("\(steps) steps of \(channels) channels are more than 2^24 numbers", at: place)
            }
        }
        guard let data else {
            try check(steps, "--steps")
            return SpikeAgreement.randomInput(channels: channels, steps: steps, rate: rate, seed: UInt64(seed))
        }
        let places = try SpikeTable.read(try TextInput.read(data, limit: 64 << 20), channels: channels, place: data)
        let count = (places.map(\.step).max() ?? -1) + 1
        try check(count, data)
        var counts = [[Int]](repeating: Array(repeating: 0, count: channels), count: count)
        for place in places { counts[place.step][place.channel] = 1 }
        return counts
    }

    private func text(_ quantized: GraphQuantizer, _ agreement: SpikeAgreement) -> String {
        var table = TextTable([
            ("layer", .left), ("weights", .right), ("rms error", .right), ("largest error", .right),
            ("vanished", .right),
        ])
        for layer in quantized.layers {
            table.add([
                layer.node, "\(layer.weights)", Figures.percent(layer.rootMeanSquareError),
                Figures.percent(layer.largestError), "\(layer.vanished)",
            ])
        }
        return """
            \(table.text)
            Errors are shares of the layer's largest weight.

            spike agreement  \(Figures.percent(agreement.share)) of \(agreement.cells) neurons and steps \
            (\(data ?? "random input, seed \(seed)"), \(agreement.steps) steps)
            spikes           \(agreement.graphSpikes) of the graph, \(agreement.networkSpikes) of the network, \
            \(agreement.common) common
            """
    }

    private func value(_ quantized: GraphQuantizer, _ agreement: SpikeAgreement) -> JSONValue {
        .object([
            ("v", .integer(1)),
            (
                "layers",
                .array(
                    quantized.layers.map { layer in
                        .object([
                            ("name", .string(layer.node)), ("weights", .integer(layer.weights)),
                            ("rms_error", .fixed(layer.rootMeanSquareError, decimals: 6)),
                            ("largest_error", .fixed(layer.largestError, decimals: 6)),
                            ("vanished", .integer(layer.vanished)),
                        ])
                    })
            ), ("steps", .integer(agreement.steps)),
            ("spike_agreement", agreement.share.map { .fixed($0, decimals: 6) } ?? .null),
            ("graph_spikes", .integer(agreement.graphSpikes)), ("network_spikes", .integer(agreement.networkSpikes)),
            ("common_spikes", .integer(agreement.common)),
        ])
    }
}

/// Input spikes as text: lines `step,channel`, after a header if there is one.
enum SpikeTable {
    /// Steps that are read.
    static let maximumSteps = 1_000_000

    /// The spikes in `text`.
    static func read(
        _ text: String, channels: Int, place: String
    ) throws(SpikelineError) -> [(step: Int, channel: Int)] {
        var spikes: [(step: Int, channel: Int)] = []
        for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map {
                String($0.filter { $0 != " " })
            }
            if index == 0, fields == ["step", "channel"] { continue }
            guard fields.count == 2, let step = Int(fields[0]), let channel = Int(fields[1]),
                (0..<maximumSteps).contains(step), (0..<channels).contains(channel)
            else {
                throw SpikelineError(
                    "expected a step below \(maximumSteps) and a channel below \(channels), found \"\(line.prefix(40))\"",
                    at: "\(place):\(index + 1)")
            }
            spikes.append((step, channel))
        }
        return spikes
    }
}

extension StepRule.Integration: ExpressibleByArgument {}
extension StepRule.Reset: ExpressibleByArgument {}
