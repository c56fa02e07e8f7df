import ArgumentParser
import SpikePipeline
import SpikeServices
import SpikeSignals

/// Runs a pipeline and shows it in a browser.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a pipeline and show it live in a browser.",
        discussion: """
            Like "run" with a page at 127.0.0.1:8088: the spikes of every stage, levels or the picture of a camera, potentials and \
            records as they come. Files play at the speed at which they were recorded. When the sources have ended, the page stays until Ctrl-C.
            """)

    @OptionGroup var changed: ChangedPipeline
    @OptionGroup var page: PageOptions
    @Flag(help: "Read files as fast as possible, not at the speed at which they were recorded.")
    var fast = false

    func run() throws {
        let pipeline = try changed.load()
        for warning in pipeline.warnings { Console.error("\(warning)") }
        let view = LiveView(name: pipeline.name)
        let graph = try pipeline.makeGraph(observer: view, isPaced: !fast)
        let server = try page.serve(view, at: "127.0.0.1:8088", more: Playground())
        let stop = Interruption.stop()
        defer { server?.stop() }
        _ = try graph.run(stop: stop)
        view.ended()
        while !stop.isRequested { MonotonicClock.sleep(milliseconds: 100) }
    }
}
