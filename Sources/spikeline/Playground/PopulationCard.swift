import SpikeSignals
import SpikeSimulation

/// A population of leaky integrate-and-fire neurons that Poisson inputs and each other drive: the network of
/// `Pipelines/lif-population.yaml` with knobs.
enum PopulationCard: PlaygroundCard {
    static let name = "population"
    static let title = "Population"
    static let help =
        "Neurons that Poisson inputs drive and that are wired to each other at random. The inputs' weights and the neurons' own may "
        + "balance or blow up."
    static let knobs: [Knob] = [
        .whole("count", "neurons", 1...200, usual: 100),
        .whole("inputs", "Poisson inputs", 1...100, usual: 100),
        .number("rate_hz", "rate of an input", 0...100, step: 1, usual: 25, unit: "Hz"),
        .number("probability", "probability of a synapse", 0...0.5, step: 0.01, usual: 0.1),
        .number("weight_mv", "weight of an input", 0...10, step: 0.1, usual: 3, unit: "mV"),
        .number("recurrent_mv", "weight among the neurons", -5...5, step: 0.1, usual: -0.5, unit: "mV"),
        .number("delay_ms", "delay among the neurons", 0...20, step: 0.1, usual: 1.5, unit: "ms"),
        .number("duration_ms", "duration", 100...1_000, step: 50, usual: 500, unit: "ms"),
        .whole("seed", "seed", 1...1_000, usual: 1),
    ]
    /// The most spikes of an engine that are sent; later ones are only counted.
    static let mostSpikes = 6_000

    /// The network. A refractory period of 2 ms holds the rate of each neuron, and so the work, below 500 Hz.
    static func simulation(_ settings: KnobSettings) -> Simulation {
        Simulation(
            name: name, durationMs: settings["duration_ms"], stepMs: 0.1, seed: UInt64(settings.whole("seed")),
            inputs: [
                InputGroup(
                    name: "inputs", count: settings.whole("inputs"), pattern: .poisson, rateHz: settings["rate_hz"])
            ],
            populations: [
                CellPopulation(
                    name: "neurons", count: settings.whole("count"), tauMs: 10, restMv: -70, thresholdMv: -55,
                    resetMv: -75, refractoryMs: 2)
            ],
            projections: [
                Projection(
                    source: 0, target: 0, probability: settings["probability"], weightMv: settings["weight_mv"]),
                Projection(
                    source: 1, target: 0, probability: settings["probability"], weightMv: settings["recurrent_mv"],
                    delayMs: settings["delay_ms"]),
            ],
            recording: Recording(traces: 0, binMs: 10))
    }

    static func answer(_ settings: KnobSettings) throws(SpikelineError) -> JSONValue {
        let run = try SimulationRun(simulation(settings))
        return .object([
            ("v", .integer(1)), ("duration_ms", .fixed(run.simulation.durationMs, decimals: 1)),
            ("count", .integer(run.simulation.populations[0].count)),
            ("synapses", .integer(run.wiring.synapses)), ("input_spikes", .integer(run.inputs[0].neurons.count)),
            ("synaptic_operations", .integer(run.float.synapticOperations)),
            ("bin_ms", .fixed(run.simulation.recording.binMs, decimals: 0)),
            ("float", engine(run, run.float)), ("integer", engine(run, run.integer)),
            ("same_step", .fixed(run.exact.share, decimals: 6)), ("within_1_ms", .fixed(run.near.share, decimals: 6)),
        ])
    }

    private static func engine(_ run: SimulationRun, _ result: SimulationResult) -> JSONValue {
        let train = result.trains[0]
        var (steps, neurons) = ([Int](), [Int]())
        train.forEach { step, neuron in
            if steps.count < mostSpikes {
                steps.append(step)
                neurons.append(neuron)
            }
        }
        let rates = run.simulation.binnedRates(train, count: run.simulation.populations[0].count)
        return .object([
            ("spikes", .integer(train.neurons.count)),
            ("rate_hz", .fixed(run.simulation.rates(result)[0], decimals: 3)),
            ("at_ms", .numbers(steps.map { Double($0 + 1) * run.simulation.stepMs }, decimals: 1)),
            ("neuron", .wholes(neurons)), ("rates_hz", .numbers(rates, decimals: 2)),
        ])
    }
}
