import ArgumentParser

/// The root of the command line; every verb is a file of its own in `Verbs`.
struct Spikeline: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spikeline",
        abstract:
            "Turns sound and events into spikes, runs an integer spiking network over them, and reports words and gestures.",
        version: "0.1.0",
        subcommands: [
            Listen.self, Watch.self, Classify.self, Devices.self, Doctor.self, Run.self, Serve.self,
            PlaygroundVerb.self, Validate.self,
            Test.self, Graph.self, Simulate.self, Code.self, LearnPattern.self, Evaluate.self, Calibrate.self,
            Train.self,
            Enroll.self, Synthesize.self, Estimate.self, Quantize.self, RunGraph.self, ConvertANN.self, Stages.self,
            Wyoming.self,
            Submit.self,
            Work.self, Attend.self, Results.self, Top.self, Inspect.self, Convert.self, Bench.self,
        ])
}
