import SpikeSignals
import SpikeSimulation

/// One leaky integrate-and-fire neuron under a constant and a Poisson input, and how its rate follows the constant one.
///
/// Both engines of ``SpikeSimulation/SimulationEngine`` compute everything, from the same input spikes.
enum NeuronCard: PlaygroundCard {
    static let name = "neuron"
    static let title = "Neuron"
    static let help =
        "A leaky integrate-and-fire neuron under a constant current and Poisson spikes: in floating point, and with the whole "
        + "numbers of the engine."
    static let knobs: [Knob] = [
        .number("tau_ms", "membrane time constant", 1...100, step: 0.5, usual: 20, unit: "ms"),
        .number("threshold_mv", "threshold", -68 ... -40, step: 0.5, usual: -55, unit: "mV"),
        .number("reset_mv", "reset", -90 ... -69, step: 0.5, usual: -75, unit: "mV"),
        .number("refractory_ms", "refractory period", 0...20, step: 0.1, usual: 2, unit: "ms"),
        .number("synapse_tau_ms", "synaptic time constant (0: delta)", 0...50, step: 0.5, usual: 5, unit: "ms"),
        .number("drive_mv", "constant input, as depolarisation", 0...60, step: 0.5, usual: 10, unit: "mV"),
        .number("rate_hz", "Poisson input", 0...2_000, step: 10, usual: 300, unit: "Hz"),
        .number("weight_mv", "weight of an input spike", -10...10, step: 0.1, usual: 3, unit: "mV"),
        .number("duration_ms", "duration", 100...2_000, step: 50, usual: 500, unit: "ms"),
        .whole("seed", "seed", 1...1_000, usual: 1),
    ]

    /// Where the membrane rests, in mV: above every reset and below every threshold that can be chosen.
    static let restMv = -70.0
    /// The step of the clock in ms.
    static let stepMs = 0.1
    /// The constant inputs of the curve, in mV, and how long each is measured, in ms.
    static let curveDrives = Array(stride(from: 0.0, through: 60, by: 2.5))
    static let curveMs = 500.0
    /// The most points of a membrane and the most spikes that are sent; later spikes are only counted.
    static let mostPoints = 1_000
    static let mostSpikes = 1_000

    /// The simulation of one neuron for each of `drives`, all with the same input spikes.
    static func simulation(_ settings: KnobSettings, drives: [Double], durationMs: Double) -> Simulation {
        let synapse = settings["synapse_tau_ms"]
        return Simulation(
            name: name, durationMs: durationMs, stepMs: stepMs, seed: UInt64(settings.whole("seed")),
            inputs: [InputGroup(name: "input", count: 1, pattern: .poisson, rateHz: settings["rate_hz"])],
            populations: drives.map { drive in
                CellPopulation(
                    name: "neuron", count: 1, tauMs: settings["tau_ms"], restMv: restMv,
                    thresholdMv: settings["threshold_mv"], resetMv: settings["reset_mv"],
                    refractoryMs: settings["refractory_ms"], driveMv: drive, synapseTauMs: synapse > 0 ? synapse : nil)
            },
            projections: drives.indices.map {
                Projection(source: 0, target: $0, probability: 1, weightMv: settings["weight_mv"])
            },
            recording: Recording(traces: 1))
    }

    static func answer(_ settings: KnobSettings) throws(SpikelineError) -> JSONValue {
        let drive = settings["drive_mv"]
        let run = try SimulationRun(
            simulation(settings, drives: [drive], durationMs: settings["duration_ms"]))
        let curve = try SimulationRun(simulation(settings, drives: curveDrives, durationMs: curveMs))
        let stride = (run.simulation.steps + mostPoints - 1) / mostPoints
        return .object([
            ("v", .integer(1)), ("step_ms", .fixed(stepMs, decimals: 1)), ("steps", .integer(run.simulation.steps)),
            ("rest_mv", .fixed(restMv, decimals: 1)), ("threshold_mv", .fixed(settings["threshold_mv"], decimals: 4)),
            ("stride", .integer(stride)),
            (
                "input",
                .object([
                    ("spikes", .integer(run.inputs[0].neurons.count)), ("at_ms", times(run.inputs[0])),
                ])
            ),
            ("float", engine(run, run.float, every: stride)), ("integer", engine(run, run.integer, every: stride)),
            ("largest_difference_mv", .fixed(largestDifference(run), decimals: 6)),
            ("same_step", .fixed(run.exact.share, decimals: 6)), ("within_1_ms", .fixed(run.near.share, decimals: 6)),
            (
                "curve",
                .object([
                    ("duration_ms", .fixed(curveMs, decimals: 0)), ("drive_mv", .numbers(curveDrives, decimals: 1)),
                    ("float_hz", .numbers(curve.simulation.rates(curve.float), decimals: 3)),
                    ("integer_hz", .numbers(curve.simulation.rates(curve.integer), decimals: 3)),
                ])
            ),
        ])
    }

    /// What an engine did: the membrane at the end of every `stride`th step, its spikes and its rate.
    private static func engine(_ run: SimulationRun, _ result: SimulationResult, every stride: Int) -> JSONValue {
        let membrane = result.traces[0].enumerated().filter { $0.offset % stride == 0 }.map(\.element)
        let mean = result.traces[0].reduce(0, +) / Double(max(result.traces[0].count, 1))
        return .object([
            ("membrane_mv", .numbers(membrane, decimals: 3)), ("spikes", .integer(result.trains[0].neurons.count)),
            ("mean_mv", .fixed(mean, decimals: 4)), ("at_ms", times(result.trains[0])),
            ("rate_hz", .fixed(run.simulation.rates(result)[0], decimals: 3)),
        ])
    }

    /// When the spikes of a train with one neuron were fired, in ms, at the end of their steps.
    private static func times(_ train: SpikeTrain) -> JSONValue {
        var steps: [Int] = []
        train.forEach { step, _ in if steps.count < mostSpikes { steps.append(step) } }
        return .numbers(steps.map { Double($0 + 1) * stepMs }, decimals: 1)
    }

    /// The largest difference of the two membranes, spikes that one fires a step earlier included.
    private static func largestDifference(_ run: SimulationRun) -> Double {
        zip(run.float.traces[0], run.integer.traces[0]).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
