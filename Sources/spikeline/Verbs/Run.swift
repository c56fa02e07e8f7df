import ArgumentParser
import SpikePipeline
import SpikeServices
import SpikeSignals

/// Runs a pipeline until its sources end.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a pipeline until its sources end, or until Ctrl-C.",
        discussion: "Everything is checked before anything runs; what is wrong is told all at once.")

    @OptionGroup var changed: ChangedPipeline

    @Option(help: "Where to write what the run did and cost, as one JSON object; \"-\" is standard output.")
    var summary: String?

    @Flag(help: "Read files at the speed at which they were recorded, as if the sensor were there.")
    var paced = false
    @OptionGroup var page: PageOptions

    func run() throws {
        let pipeline = try changed.load()
        for warning in pipeline.warnings { Console.error("\(warning)") }
        let view = page.page == nil ? nil : LiveView(name: pipeline.name)
        let graph = try pipeline.makeGraph(observer: view, isPaced: paced)
        let server = try view.flatMap { try page.serve($0) }
        defer { server?.stop() }
        let outcome = Result { () throws(SpikelineError) in try graph.run(stop: Interruption.stop()) }
        if let summary { try TextOutput.write(graph.summary.jsonValue.text + "\n", to: summary) }
        _ = try outcome.get()
    }
}

/// A pipeline file and what the command line changes about it.
struct ChangedPipeline: ParsableArguments {
    @Argument(help: "The pipeline file (.yaml).")
    var pipeline: String
    @Option(help: "A file to read instead of the pipeline's own source of sound or events; \"-\" is standard input.")
    var input: String?
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Change an option of a stage; may be given several times.", valueName: "stage.key=value"))
    var settings: [String] = []

    /// Reads and checks the pipeline.
    func load() throws(PipelineErrors) -> Pipeline {
        try Pipeline.load(
            path: pipeline, catalogue: .standard, overrides: PipelineOverrides(settings: settings, input: input))
    }
}
