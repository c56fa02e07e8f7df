import ArgumentParser
import SpikeInterchange
import SpikeSignals

/// `spikeline quantize`.
struct Quantize: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Turn a NIR graph of another program into an integer network, and tell what that changes.",
        discussion: """
            Takes graphs of dense and convolutional layers of LIF, CubaLIF, IF, LI and I neurons, with sum and average \
            pools, recurrent ones too. NIR does not say how long a step is and how neurons are reset; --from \
            and the options after it do. The integer network resets in the step of the spike. The report tells, for each layer, how far weights of 8 bits are from \
            those of the file, and on some input how far the spikes of the network are those of the graph in double \
            precision. With --data DIR, a folder of samples for each class in the order of the outputs, it tells how \
            often the graph and the network are right; the highest sum of an output over all steps decides. The file \
            that is written has neither encoder nor head: both are "none".
            """)

    @Argument(help: "The NIR graph.")
    var input: String
    @Argument(help: "Where to write the model file.")
    var output: String
    @Option(
        help: ArgumentHelp(
            "Where to write the graph with rounded weights for other programs (.nir).",
            discussion: "Its nodes are those of the input, in single precision and without subgraphs."))
    var graphOut: String?
    @OptionGroup var stepping: StepOptions
    @Option(
        help: ArgumentHelp(
            "Input: a file, or a folder of files for each class. Default: random spikes.",
            discussion: """
                CSV with the columns step and channel, an event recording as large as the graph's input, or a grey picture \
                whose pixels fire for --steps.
                """))
    var data: String?
    @Option(help: "Random input and pictures: the number of steps.")
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
        if output == graphOut { throw ValidationError("--graph-out expects another file than OUT, found the same.") }
        if seed < 0 { throw ValidationError("--seed expects 0 or more, found \(seed).") }
    }

    func run() throws {
        for path in [output, graphOut].compactMap({ $0 }) { try Folders.expectWritable(path) }
        let rule = stepping.rule
        let graph = try stepping.graph(at: input)
        let quantized = try GraphQuantizer(graph, rule: rule)
        var trial = try QuantizationTrial(of: quantized, and: graph, rule: rule)
        let words = try feed(&trial)
        try ModelFile(
            network: quantized.network, encoder: ModelFile.Stage(type: "none"), head: ModelFile.Stage(type: "none"),
            information: ["source": .string(input), "reset": .string(rule.reset.rawValue)]
        ).write(to: output)
        if let graphOut { try quantized.roundedGraph.write(to: graphOut, rule: rule) }
        let report = QuantizeReport(quantized: quantized, trial: trial, input: words)
        Console.print(json ? report.jsonValue.text : report.text)
    }

    /// Runs the input through both; what it was, in words.
    private func feed(_ trial: inout QuantizationTrial) throws(SpikelineError) -> String {
        let reader = SpikeSample(shape: trial.inputShape, dt: stepping.rule.dt, steps: steps)
        guard let data else {
            let channels = trial.inputShape.reduce(1, *)
            _ = try reader.silence(steps, at: "--steps")
            try trial.run(
                QuantizationTrial.randomInput(channels: channels, steps: steps, rate: rate, seed: UInt64(seed)))
            return "random input, seed \(seed)"
        }
        guard SpeechFolder.isFolder(data) else {
            try trial.run(try reader.read(data))
            return data
        }
        let folder = try SampleFolder(data, outputs: trial.outputs)
        let start = Progress.now()
        for (index, sample) in folder.samples.enumerated() {
            try trial.run(try reader.read(sample.path), label: sample.label)
            Progress.show("measure", share: Double(index + 1) / Double(folder.samples.count), since: start)
        }
        Console.progress("")
        return data
    }
}
