import ArgumentParser
import SpikeInterchange

/// What a NIR file does not say, as options of the verbs that run one.
struct StepOptions: ParsableArguments {
    @Option(help: "The length of a step in seconds.")
    var dt = 1e-4
    @Option(help: "The solution of the leak: \(StepOptions.list(StepRule.Integration.self)).")
    var integration: StepRule.Integration = .euler
    @Option(help: "What a spike does to the potential: \(StepOptions.list(StepRule.Reset.self)).")
    var reset: StepRule.Reset = .zero
    @Option(
        help: ArgumentHelp(
            "What a neuron without leak (IF) gathers in a step: step, r times its input; time, dt times that.",
            discussion: "Sinabs writes r = 1 and means the first, SpikingJelly writes r = 1 / dt and means the second.")
    )
    var gathering: StepRule.Gathering = .step
    @Option(help: "The most spikes of a neuron in a step; Sinabs' MultiSpike is 255.")
    var spikes = 1

    func validate() throws {
        if !(dt > 0 && dt <= 10) { throw ValidationError("--dt expects more than 0 and at most 10 s, found \(dt).") }
        if !(1...255).contains(spikes) { throw ValidationError("--spikes expects 1 to 255, found \(spikes).") }
    }

    /// The rule, with a reset at `moment`.
    func rule(_ moment: StepRule.Moment = .after) -> StepRule {
        StepRule(
            dt: dt, integration: integration, reset: reset, moment: moment, gathering: gathering,
            maximumSpikes: spikes)
    }

    /// The choices of an option.
    static func list<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> String {
        type.allCases.map(\.rawValue).joined(separator: " or ")
    }
}

extension StepRule.Integration: ExpressibleByArgument {}
extension StepRule.Reset: ExpressibleByArgument {}
extension StepRule.Moment: ExpressibleByArgument {}
extension StepRule.Gathering: ExpressibleByArgument {}
