import ArgumentParser
import SpikePictures
import SpikePlasticity
import SpikeSignals

/// `spikeline learn-pattern`: a published experiment on spike-timing-dependent plasticity.
struct LearnPattern: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn-pattern",
        abstract: "Let one neuron find a repeating spike pattern in noise, without labels (STDP).",
        discussion: """
            Masquelier, Guyonneau and Thorpe, PLoS ONE 3 (2008): 2,000 synthesised spike trains, of which 1,000 repeat \
            the same 50 ms at random times. A run is a success if the neuron fires in more than 98 % of the patterns of \
            the last 150 s, never outside of them, and on average within 10 ms. Published: 96 of 100 runs.
            """)

    @Option(help: "The seed of the first run.")
    var seed: UInt64 = 1
    @Option(help: "How many runs, each with a seed of its own.")
    var seeds = 1
    @Option(help: "Draw the spikes of the first run as SVG: when in the pattern, over time.")
    var plot: String?

    func validate() throws {
        if !(1...10_000).contains(seeds) { throw ValidationError("--seeds expects 1 to 10,000.") }
    }

    func run() throws {
        if let plot { try Folders.expectWritable(plot) }
        let start = Progress.now()
        var outcomes: [PatternExperiment.Outcome] = []
        var table = TextTable([
            ("seed", .right), ("hits", .right), ("of", .right), ("false alarms", .right), ("latency", .right),
            ("success", .left),
        ])
        for index in 0..<seeds {
            let outcome = try PatternExperiment().run(seed: seed &+ UInt64(index))
            if index == 0, let plot {
                try TextOutput.write(figure(outcome).svg.text, to: plot)
            }
            table.add([
                String(seed &+ UInt64(index)), String(outcome.hits), String(outcome.patterns),
                String(outcome.falseAlarms), Figures.decimal(outcome.meanLatency, 1) + " ms",
                outcome.isSuccess ? "yes" : "no",
            ])
            outcomes.append(outcome)
            Progress.show("learning", share: Double(index + 1) / Double(seeds), since: start)
        }
        Console.progress("")
        Console.print(table.text)
        report(outcomes)
        Console.error(Figures.decimal((Progress.now() - start) / Double(seeds), 1) + " s a run")
    }

    private func report(_ outcomes: [PatternExperiment.Outcome]) {
        let good = outcomes.filter(\.isSuccess)
        func mean(_ values: [Double]) -> Double? {
            values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        Console.print(
            "success       \(Figures.percent(Double(good.count) / Double(outcomes.count))) of \(outcomes.count) runs")
        Console.print("hit rate      \(Figures.percent(mean(good.map(\.hitRate)))) (runs that succeeded)")
        Console.print(
            "latency       \(Figures.decimal(mean(good.compactMap(\.meanLatency)), 1)) ms (runs that succeeded)")
        Console.print(
            "false alarms  \(outcomes.reduce(0) { $0 + $1.falseAlarms }) in "
                + "\(Figures.decimal(outcomes.reduce(0) { $0 + $1.passSeconds }, 0)) s (all runs)")
        Console.print("input rate    \(Figures.decimal(mean(outcomes.map(\.inputHertz)), 1)) Hz")
    }

    private func figure(_ outcome: PatternExperiment.Outcome) -> LatencyFigure {
        LatencyFigure(
            title: "One neuron finds a repeating pattern",
            subtitle: "synthesised spikes of 2,000 afferents, seed \(seed); 0 ms: outside of the pattern",
            points: outcome.spikes.map { spike in
                LatencyFigure.Point(
                    seconds: Double(spike.tick) / 1_000, latency: spike.latency.map { Double($0) })
            })
    }
}
