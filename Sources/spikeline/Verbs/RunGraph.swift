import ArgumentParser
import SpikeContainers
import SpikeInterchange
import SpikeSignals

/// `spikeline run-graph`.
struct RunGraph: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-graph", abstract: "Run a NIR graph of another program in double precision.",
        discussion: """
            Writes what each neuron gave in each step as CSV with the columns step, node, neuron and value: the number of \
            spikes of a neuron that fires and the potential of one that does not, where they are not zero. Neurons are \
            counted in NIR's order. NIR does not say how long a step is and how neurons are reset; the options do. This \
            is the reference that `spikeline quantize` compares with.
            """)

    @Argument(help: "The NIR graph.")
    var graph: String
    @Option(help: "Input: CSV with the columns step and channel, an event recording, or a grey picture.")
    var data: String
    @Option(help: "Where to write the values (.csv).")
    var out: String
    @OptionGroup var stepping: StepOptions
    @Option(help: "The number of steps. Default: up to the last spike of the input; a picture is shown for 1000.")
    var steps: Int?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let steps, !(1...1_000_000).contains(steps) {
            throw ValidationError("--steps expects 1 to 1000000, found \(steps).")
        }
    }

    func run() throws {
        try Folders.expectWritable(out)
        let runner = try GraphRunner(try stepping.graph(at: graph), rule: stepping.rule)
        let reader = SpikeSample(shape: runner.inputShape, dt: stepping.rule.dt, steps: steps ?? 1_000)
        var input = try reader.read(data)
        if let steps {
            input = Array(input.prefix(steps)) + (try reader.silence(max(steps - input.count, 0), at: "--steps"))
        }
        let file = try OutputFile(path: out, append: false)
        let nodes = runner.neuronNodes
        var (sums, lines) = ([Int](repeating: 0, count: nodes.count), "step,node,neuron,value\n")
        for (step, counts) in input.enumerated() {
            try runner.step(counts.map(Double.init))
            for (index, node) in nodes.enumerated() {
                let isFiring = runner.isFiring(node)
                for (neuron, value) in (runner.values(of: node) ?? []).enumerated() where value != 0 {
                    if isFiring { sums[index] += Int(value) }
                    lines += "\(step),\(SpikeTable.cell(node)),\(neuron),\(isFiring ? "\(Int(value))" : "\(value)")\n"
                }
                guard lines.utf8.count >= 1 << 16 else { continue }
                try file.write(Array(lines.utf8))
                lines = ""
            }
        }
        try file.write(Array(lines.utf8))
        try file.close()
        let firing = zip(nodes, sums).filter { runner.isFiring($0.0) }
        guard out != "-" else { return }
        if json {
            let spikes = firing.map { JSONValue.object([("name", .string($0)), ("spikes", .integer($1))]) }
            Console.print(
                JSONValue.object([("v", .integer(1)), ("steps", .integer(input.count)), ("nodes", .array(spikes))]).text
            )
        } else {
            Console.print("steps  \(input.count)\n" + firing.map { "spikes \($0): \($1)" }.joined(separator: "\n"))
        }
    }
}
