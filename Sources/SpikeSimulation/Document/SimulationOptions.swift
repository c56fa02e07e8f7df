import SpikeSignals

/// What a file of a simulation may say, part by part.
public enum SimulationOptions {
    /// Directly under `simulate:`.
    public static let run = [
        OptionSpec("duration_ms", .number(0.001...1e9), help: "How long it runs. Default 1000."),
        OptionSpec("step_ms", .number(0.001...100), help: "The step of the clock. Default 0.1."),
        OptionSpec("seed", .integer(0...Int.max), help: "What wiring and inputs are drawn from. Default 1."),
    ]
    /// An input.
    public static let input = [
        OptionSpec(
            "type", .choice(InputGroup.Pattern.allCases.map(\.rawValue)), required: true, help: "When they fire."),
        OptionSpec("count", .integer(Simulation.Limits.count), required: true, help: "How many there are."),
        OptionSpec("rate_hz", .number(0...1e6), required: true, help: "How often each fires."),
    ]
    /// A population.
    public static let population = [
        OptionSpec("count", .integer(Simulation.Limits.count), required: true, help: "How many there are."),
        OptionSpec("tau_ms", .number(0.001...1e6), required: true, help: "The membrane's time constant."),
        OptionSpec("rest_mv", .number(-1000...1000), required: true, help: "The potential without input."),
        OptionSpec("threshold_mv", .number(-1000...1000), required: true, help: "Above it a neuron fires."),
        OptionSpec("reset_mv", .number(-1000...1000), required: true, help: "The potential after a spike."),
        OptionSpec("refractory_ms", .number(0...10_000), help: "How long input is ignored after a spike. Default 0."),
        OptionSpec("drive_mv", .number(-1000...1000), help: "A constant depolarisation. Default 0."),
        OptionSpec(
            "synapse_tau_ms", .number(0.001...1e6),
            help: "The time constant of exponential synaptic currents. Without it a spike moves the potential at once."),
    ]
    /// A projection.
    public static let projection = [
        OptionSpec("from", .string, required: true, help: "The input or population that fires."),
        OptionSpec("to", .string, required: true, help: "The population that listens."),
        OptionSpec("probability", .number(0...1), help: "That a pair is connected. Default 1."),
        OptionSpec("weight_mv", .number(-1000...1000), required: true, help: "What a spike adds."),
        OptionSpec("delay_ms", .number(0...1000), help: "How long a spike takes. Default 0."),
    ]
    /// What is recorded.
    public static let record = [
        OptionSpec(
            "traces", .integer(0...20), help: "How many membranes of the first population are drawn. Default 5."),
        OptionSpec("bin_ms", .number(0.001...1e6), help: "The bins of the rate over time. Default 20."),
    ]
}
