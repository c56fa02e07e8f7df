import ArgumentParser
import SpikePipeline
import SpikeServices
import SpikeSignals

/// `spikeline playground`.
struct PlaygroundVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "playground",
        abstract: "Play with a neuron, a coding, a learning rule and a population in a browser.",
        discussion: """
            A page at 127.0.0.1:8088 with sliders; the engine computes what comes of them. "spikeline serve PIPELINE" has the same \
            page at /playground. It stays until Ctrl-C.
            """)

    @OptionGroup var page: PageOptions

    func run() throws {
        let view = LiveView(name: "playground")
        view.ended()
        let stop = Interruption.stop()
        let server = try page.serve(view, at: "127.0.0.1:8088", more: Playground(isHome: true))
        defer { server?.stop() }
        while !stop.isRequested { MonotonicClock.sleep(milliseconds: 100) }
    }
}
