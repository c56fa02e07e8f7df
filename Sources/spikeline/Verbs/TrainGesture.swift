import ArgumentParser
import SpikeSignals

/// `spikeline train gesture`: trains a gesture detector.
struct TrainGesture: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gesture", abstract: "Train a gesture detector on synthesised people, recordings, or both.",
        discussion: """
            Press Ctrl-C at any time; with --checkpoint the same command goes on where it stopped. The same recordings, \
            options and seed give the same weights.
            """)

    @Option(help: "A folder with a folder of recordings for each gesture; may be given several times.")
    var data: [String] = []
    @Option(help: "The share of synthesised people where there are recordings too, 0 to 1.")
    var synthesizedShare = 0.5
    @Option(help: "Recordings that choose the best epoch, in the same layout.")
    var dev: String?
    @Option(help: "Synthesised recordings of each gesture that choose the best epoch.")
    var devRecordings = 12
    @Option(help: "Where the model goes (.nir).")
    var out: String
    @Option(
        help:
            "The checkpoint of another run whose best network to begin with, or a model (.nir), which may be narrower and lack the fifth layer."
    )
    var startFrom: String?
    @Option(help: "Passes over the recordings.")
    var epochs = 40
    @Option(
        help: """
            Channels of the three convolutions and neurons of the dense layer, and of one more that sees the last second, if \
            wanted, separated by commas. Default: those of the model to start from, or 12,24,48,96.
            """)
    var widths: String?
    @Option(help: "Recordings of each gesture in an epoch.")
    var recordings = 200
    @Option(help: "In how many epochs they are all drawn anew.")
    var refresh = 4
    @Option(
        help:
            "How much clips are changed: shift, size, turn, speed, lost events, noise, polarity; 0 not at all, at most 2."
    )
    var augmentation = 1.0
    @OptionGroup var scenes: SceneOptions
    @Option(help: "Clips in a step.")
    var batch = 16
    @Option(help: "The largest learning rate.")
    var learningRate = 0.003
    @OptionGroup var surrogate: SurrogateOptions
    @Option(help: "Draws weights, order and clips.")
    var seed: UInt64 = 1
    @Option(help: "Threads.")
    var threads = 2
    @Option(
        help:
            "A file that keeps the state of the run; an existing one is continued, with what recordings and people are given now."
    )
    var checkpoint: String?

    /// Refuses numbers that no run can have, and a place where no model can be written, before anything is drawn.
    func check() throws(SpikelineError) {
        func expect(_ value: Int, in range: ClosedRange<Int>, _ option: String) throws(SpikelineError) {
            guard range.contains(value) else {
                throw SpikelineError(
                    "expected \(range.lowerBound) to \(range.upperBound), found \(value)", at: option)
            }
        }
        try expect(threads, in: 1...256, "--threads")
        try expect(batch, in: threads...4_096, "--batch")
        try expect(epochs, in: 1...100_000, "--epochs")
        // Twelve recordings for each of one make at least one step.
        try expect(recordings, in: (batch + 11) / 12...1_000_000, "--recordings")
        try expect(refresh, in: 1...100_000, "--refresh")
        try expect(devRecordings, in: 1...100_000, "--dev-recordings")
        guard (1e-6...1).contains(learningRate) else {
            throw SpikelineError("expected 0.000001 to 1, found \(learningRate)", at: "--learning-rate")
        }
        guard (0...2).contains(augmentation) else {
            throw SpikelineError("expected 0 to 2, found \(augmentation)", at: "--augmentation")
        }
        _ = try scenes.chosen()
        guard (0...1).contains(synthesizedShare) else {
            throw SpikelineError("expected 0 to 1, found \(synthesizedShare)", at: "--synthesized-share")
        }
        for path in [out, checkpoint].compactMap({ $0 }) { try Folders.expectWritable(path) }
    }

    func run() throws {
        try GestureRun(self).train()
    }
}
