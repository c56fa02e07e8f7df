import ArgumentParser
import SpikeInterchange
import SpikeSignals

/// What a NIR file does not say, as options of the verbs that run one.
struct StepOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The program that wrote the graph: \(StepOptions.list(ForeignProgram.self)).",
            discussion: """
                Sets those of the following options that are not given as the program runs its networks by default, and puts right \
                what its exporter writes otherwise than it runs (Rockpool's r and w_in).
                """))
    var from: ForeignProgram?
    @Option(help: "The length of a step in seconds. Default: 1e-4.")
    var dt: Double?
    @Option(help: "The solution of the leak: \(StepOptions.list(StepRule.Integration.self)). Default: euler.")
    var integration: StepRule.Integration?
    @Option(help: "What a spike does to the potential: \(StepOptions.list(StepRule.Reset.self)). Default: zero.")
    var reset: StepRule.Reset?
    @Option(
        help: ArgumentHelp(
            "When a neuron is reset: \(StepOptions.list(StepRule.Moment.self)). Default: after.",
            discussion: """
                After the spike in the same step; before the comparison of the next (snnTorch's reset_delay); or both, where what \
                is left after a spike is above the threshold (snnTorch without reset_delay).
                """))
    var moment: StepRule.Moment?
    @Option(
        help: ArgumentHelp(
            """
            What a neuron without leak (IF) gathers in a step: step, r times its input; time, dt times that. Default: step.
            """,
            discussion: "Sinabs writes r = 1 and means the first, SpikingJelly writes r = 1 / dt and means the second.")
    )
    var gathering: StepRule.Gathering?
    @Option(help: "The most spikes of a neuron in a step; Sinabs' MultiSpike is 255. Default: 1.")
    var spikes: Int?

    func validate() throws {
        if let dt, !(dt > 0 && dt <= 10) {
            throw ValidationError("--dt expects more than 0 and at most 10 s, found \(dt).")
        }
        if let spikes, !(1...255).contains(spikes) {
            throw ValidationError("--spikes expects 1 to 255, found \(spikes).")
        }
        if rule.moment == .both, rule.maximumSpikes != 1 {
            throw ValidationError("--moment both expects --spikes 1, found \(rule.maximumSpikes).")
        }
    }

    /// The rule: what was given, and else what the program does.
    var rule: StepRule {
        var rule = from?.rule ?? StepRule()
        if let dt { rule.dt = dt }
        if let integration { rule.integration = integration }
        if let reset { rule.reset = reset }
        if let moment { rule.moment = moment }
        if let gathering { rule.gathering = gathering }
        if let spikes { rule.maximumSpikes = spikes }
        return rule
    }

    /// Reads the graph at `path`, with the parameters that its program runs.
    func graph(at path: String) throws(SpikelineError) -> NeuronGraph {
        let graph = try NeuronGraph(contentsOf: path)
        return try from?.asRun(graph, dt: rule.dt) ?? graph
    }

    /// The choices of an option.
    static func list<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> String {
        type.allCases.map(\.rawValue).joined(separator: " or ")
    }
}

extension ForeignProgram: ExpressibleByArgument {}
extension StepRule.Integration: ExpressibleByArgument {}
extension StepRule.Reset: ExpressibleByArgument {}
extension StepRule.Moment: ExpressibleByArgument {}
extension StepRule.Gathering: ExpressibleByArgument {}
