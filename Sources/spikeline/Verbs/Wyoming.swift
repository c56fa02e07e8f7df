import ArgumentParser
import SpikeHeads
import SpikeInterchange
import SpikePipeline
import SpikeServices
import SpikeSignals

/// `spikeline wyoming`.
struct Wyoming: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve as a wake-word service for Home Assistant and other voice assistants.",
        discussion: """
            Speaks the Wyoming protocol over TCP and Unix sockets, with any number of clients up to 64, until Ctrl-C. In Home \
            Assistant: Settings, Devices & services, Add integration, Wyoming Protocol, then host and port. The protocol knows \
            no passwords, so other machines are let in only with --allow-remote.
            """)

    @Option(help: "Where to listen: HOST:PORT or unix:PATH; may be given several times.")
    var listen = ["127.0.0.1:10400"]
    @Option(help: "The model file. Default: Pipelines/Models/keywords.nir, here or beside the program.")
    var model: String?
    @Option(help: "The score at which a word is reported, in place of the model's own.")
    var threshold: Double?
    @Flag(help: "Let other machines connect, if --listen names an address that they reach.")
    var allowRemote = false

    func validate() throws {
        if let threshold, !(0.01...1).contains(threshold) {
            throw ValidationError("--threshold expects a number from 0.01 to 1, found \(threshold).")
        }
    }

    func run() throws {
        let path = try model ?? ShippedFile.model("keywords.nir")
        let settings = threshold.map { ["threshold=\($0)"] } ?? []
        let listening = try ListeningModel(path, settings: settings)
        let file = listening.file
        let info = WyomingInfo(words: listening.words.sorted(), version: Spikeline.configuration.version)
        let server = WyomingServer(info: info, notice: { Console.error($0) }) { () throws(SpikelineError) in
            try KeywordListener(file, path: path)
        }
        if !allowRemote {
            for address in listen where try !WyomingServer.isLocal(address) {
                throw SpikelineError(
                    "other machines could connect, and the protocol knows no passwords", at: "--listen \(address)",
                    hint: "Use 127.0.0.1 or a Unix socket, or say --allow-remote")
            }
        }
        let stop = Interruption.stop()
        try server.run(at: listen, until: { stop.isRequested }) { names in
            Console.error("wyoming: listening at " + names.joined(separator: ", "))
        }
    }
}
