import ArgumentParser

/// `spikeline train gesture`: trains a gesture detector.
struct TrainGesture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gesture", abstract: "Train a gesture detector on synthesised people and on recordings.",
        discussion: """
            Press Ctrl-C at any time; with --checkpoint the same command goes on where it stopped. The same recordings, \
            options and seed give the same weights.
            """)

    @Option(help: "A folder with a folder of recordings for each gesture; may be given several times.")
    var data: [String] = []
    @Option(help: "Recordings that choose the best epoch, in the same layout.")
    var dev: String?
    @Option(help: "Where the model goes (.nir).")
    var out: String
    @Option(help: "Passes over the recordings.")
    var epochs = 40
    @Option(help: "Channels of the three convolutions and neurons of the dense layer, separated by commas.")
    var widths = "12,24,48,96"
    @Option(help: "Recordings of each gesture in an epoch.")
    var recordings = 200
    @Option(help: "The largest learning rate.")
    var learningRate = 0.004
    @Option(help: "Draws weights, order and clips.")
    var seed: UInt64 = 1
    @Option(help: "Threads.")
    var threads = 2
    @Option(help: "A file that keeps the state of the run; an existing one is continued.")
    var checkpoint: String?

    func run() throws {
        try GestureRun(self).train()
    }
}
