import ArgumentParser
import SpikePipeline
import SpikeSignals

/// Checks a pipeline without running it.
struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a pipeline, and tell everything that is wrong with it at once.")

    @OptionGroup var changed: ChangedPipeline

    func run() throws {
        let pipeline = try changed.load()
        for warning in pipeline.warnings { Console.error("\(warning)") }
        let edges = pipeline.stages.reduce(0) { $0 + $1.inputs.count }
        Console.print("\(changed.pipeline): \(pipeline.stages.count) stages, \(edges) edges: fine")
    }
}
