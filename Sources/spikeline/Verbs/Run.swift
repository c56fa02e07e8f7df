import ArgumentParser
import SpikePipeline
import SpikeServices
import SpikeSignals

/// Runs a pipeline until its sources end.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a pipeline until its sources end, or until Ctrl-C.",
        discussion: """
            Everything is checked before anything runs; what is wrong is told all at once. The signals TERM and INT end it \
            cleanly. HUP reads the file again: if it is right, the pipeline starts anew as it says, and if it is wrong, \
            what runs goes on. It tells systemd how it does if the variable NOTIFY_SOCKET is set.
            """)

    @OptionGroup var changed: ChangedPipeline

    @Option(help: "Where to write what the run did and cost, as one JSON object; \"-\" is standard output.")
    var summary: String?

    @Flag(help: "Read files at the speed at which they were recorded, as if the sensor were there.")
    var paced = false
    @OptionGroup var page: PageOptions

    func run() throws {
        let manager = ServiceManager.ofEnvironment()
        let (path, settings, input) = (changed.pipeline, changed.settings, changed.input)
        let load: @Sendable () throws(PipelineErrors) -> Pipeline = { () throws(PipelineErrors) in
            try Pipeline.load(
                path: path, catalogue: .standard, overrides: PipelineOverrides(settings: settings, input: input))
        }
        let pipeline = try load()
        for warning in pipeline.warnings { Console.error("\(warning)") }
        let isPaced = paced
        let view = page.view(of: pipeline)
        let server = try view.flatMap { try page.serve($0) }
        defer { server?.stop() }
        let steward = Steward(
            stop: Interruption.stop(), manager: manager, tell: { Console.error($0) },
            makeGraph: { (pipeline) throws(PipelineErrors) in
                try pipeline.makeGraph(observer: view, isPaced: isPaced)
            }, load: load)
        try steward.run(pipeline) { graph in
            for line in graph.summary.troubles { Console.error("spikeline: \(line)") }
            if let summary { try TextOutput.write(graph.summary.jsonValue.text + "\n", to: summary) }
        }
    }
}

/// A pipeline file and what the command line changes about it.
struct ChangedPipeline: ParsableArguments {
    @Argument(help: "The pipeline file (.yaml).", completion: .file(extensions: ["yaml"]))
    var pipeline: String
    @Option(
        help: "A file to read instead of the pipeline's own source of sound or events; \"-\" is standard input.",
        completion: .file())
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
