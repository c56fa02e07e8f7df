import ArgumentParser
import SpikeEncoders
import SpikeInterchange
import SpikeNetwork
import SpikeSignals
import SpikeTraining

/// `spikeline train`: makes models.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train a model on recordings.", subcommands: [TrainKeyword.self, TrainGesture.self])
}

/// `spikeline train keyword`: trains a keyword detector.
struct TrainKeyword: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyword",
        abstract: "Train a keyword detector on a folder of spoken words.",
        discussion: """
            The layout is that of Google Speech Commands: a folder for each word, with clips of about one second in \
            it. Folders of other words teach what is not a keyword. Press Ctrl-C at any time; with --checkpoint the \
            same command goes on where it stopped. The same data, options and seed give the same weights.
            """)

    @Option(help: "A folder with a folder of clips for each word; may be given several times.")
    var data: [String]
    @Option(help: "Further clips in the same layout for a part of the examples, as synthesised voices.")
    var supplement: [String] = []
    @Option(help: "A folder of sounds without speech, mixed into the words.")
    var noise: String
    @Option(help: "Clips of other speakers that choose the best epoch, in the same layout.")
    var dev: String
    @Option(help: "A folder of longer recordings of speech without the keywords.")
    var speech: String?
    @Option(help: "Where the model goes (.nir).")
    var out: String
    @Option(help: "The keywords, separated by commas.")
    var words = "yes,no,up,down,left,right,on,off,stop,go"
    @Option(help: "Passes over the examples.")
    var epochs = 80
    @Option(help: "Epochs of the float teacher; 0 trains without one.")
    var teacherEpochs = 40
    @Option(help: "Neurons in each layer, separated by commas.")
    var widths = "128,128,128,128"
    @Option(help: "Examples of each word in an epoch.")
    var examples = 420
    @Option(help: "The largest learning rate.")
    var learningRate = 0.005
    @Option(help: "The share of examples that are words in running sound rather than clips.")
    var streams = 0.35
    @OptionGroup var surrogate: SurrogateOptions
    @Option(help: "Draws weights, order and examples.")
    var seed: UInt64 = 1
    @Option(help: "Threads.")
    var threads = 2
    @Option(help: "A file that keeps the state of the run; an existing one is continued.")
    var checkpoint: String?
    @Option(help: "Stop after so many epochs without a better dev accuracy.")
    var patience = 40

    func run() throws {
        let run = try KeywordRun(self)
        try run.train()
    }
}
