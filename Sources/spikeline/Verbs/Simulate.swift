import ArgumentParser
import SpikeContainers
import SpikePictures
import SpikeSignals
import SpikeSimulation

/// `spikeline simulate`.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate a network that a YAML file describes, in floating point and in whole numbers.",
        discussion: """
            Leaky integrate-and-fire neurons in millivolts and milliseconds, with Poisson or regular inputs and random \
            wiring; Documentation/simulate.md says what a file may say. The same seed gives the same spikes.
            """)

    @Argument(help: "The simulation, such as Pipelines/lif-population.yaml.")
    var file: String

    @Option(help: "Draw wiring and inputs from this seed instead of the file's.")
    var seed: UInt64?
    @Option(help: "Run so many seeds, from the seed on, and print the rates with mean and standard error.")
    var seeds: Int?
    @Option(help: "Where to draw raster, membranes and rates (.svg or .png); may be repeated.")
    var plot: [String] = []
    @Option(help: "Where to write every spike as CSV (engine,group,neuron,step).")
    var spikes: String?
    @Option(help: "Where to write every synapse as CSV (projection,source,target).")
    var wiring: String?
    @Flag(help: "Print one JSON object.")
    var json = false
    @Flag(help: "Say how long it took too: drawing wiring and inputs, and the steps of either engine.")
    var time = false

    func validate() throws {
        if let seeds, !(1...100_000).contains(seeds) {
            throw ValidationError("--seeds expects 1 to 100000, found \(seeds).")
        }
        try Plots.check(plot)
        if seeds != nil, !plot.isEmpty || spikes != nil || wiring != nil || time {
            throw ValidationError("--plot, --spikes, --wiring and --time are of one run; leave --seeds out.")
        }
    }

    func run() throws {
        for path in plot + [spikes, wiring].compactMap({ $0 }) where path != "-" { try Folders.expectWritable(path) }
        let simulation = try SimulationDocument.load(path: file, seed: seed)
        if let seeds { return try runAll(seeds, simulation) }
        let run = try SimulationRun(simulation)
        try Plots.write(plot) { run.figure }
        if let spikes { try TextOutput.write(run.spikesCSV, to: spikes) }
        if let wiring { try TextOutput.write(run.wiringCSV, to: wiring) }
        Console.print(json ? run.jsonValue(isTimed: time).text : run.text)
        if time, !json { Console.print(run.timesText) }
    }

    private func runAll(_ seeds: Int, _ base: Simulation) throws(SpikelineError) {
        var statistics = base.populations.map { _ in (float: SeedStatistics(), integer: SeedStatistics()) }
        var simulation = base
        simulation.recording.traces = 0
        for index in 0..<seeds {
            simulation.seed = base.seed &+ UInt64(index)
            let run = try SimulationRun(simulation)
            let (rates, twins) = (simulation.rates(run.float), simulation.rates(run.integer))
            for place in statistics.indices {
                statistics[place].float.add(rates[place])
                statistics[place].integer.add(twins[place])
            }
        }
        if json {
            let rows = zip(base.populations, statistics).map { population, both in
                JSONValue.object([
                    ("name", .string(population.name)), ("rate_hz", both.float.jsonValue),
                    ("integer_rate_hz", both.integer.jsonValue),
                ])
            }
            let fields: [(String, JSONValue)] = [
                ("v", .integer(1)), ("name", .string(base.name)), ("seeds", .integer(seeds)),
                ("populations", .array(rows)),
            ]
            return Console.print(JSONValue.object(fields).text)
        }
        var table = TextTable([
            ("population", .left), ("seeds", .right), ("mean Hz", .right), ("standard error", .right),
            ("integer mean Hz", .right), ("standard error", .right),
        ])
        for (population, both) in zip(base.populations, statistics) {
            table.add([
                population.name, String(seeds), Figures.decimal(both.float.mean, 4),
                Figures.decimal(both.float.standardError, 4), Figures.decimal(both.integer.mean, 4),
                Figures.decimal(both.integer.standardError, 4),
            ])
        }
        Console.print(table.text)
    }
}

/// Mean and standard error of values that come one by one (Welford, Technometrics 4:419, 1962).
struct SeedStatistics {
    private var count = 0
    private(set) var mean = 0.0
    private var squares = 0.0

    /// Takes one more value.
    mutating func add(_ value: Double) {
        count += 1
        let distance = value - mean
        mean += distance / Double(count)
        squares += distance * (value - mean)
    }

    /// The sample's standard deviation over the root of its size; nil for fewer than two values.
    var standardError: Double? {
        count < 2 ? nil : (squares / Double(count - 1) / Double(count)).squareRoot()
    }

    /// Mean and standard error.
    var jsonValue: JSONValue {
        .object([
            ("mean", .fixed(mean, decimals: 6)),
            ("standard_error", standardError.map { .fixed($0, decimals: 6) } ?? .null),
        ])
    }
}
