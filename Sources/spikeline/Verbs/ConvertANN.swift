import ArgumentParser
import SpikeInterchange
import SpikeSignals

/// `spikeline convert-ann`.
struct ConvertANN: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert-ann",
        abstract: "Make an integer spiking network of a trained ReLU network, and tell what that costs in accuracy.",
        discussion: """
            Takes ONNX files: chains of Conv, Gemm, MatMul, BatchNormalization, Relu, AveragePool and Flatten whose input \
            are grey pictures from 0 to 1. Takes NIR graphs without neurons, too: Linear, Affine, Conv2d, AvgPool2d, SumPool2d and \
            Flatten; NIR has no Relu, so --relu-between-layers has to say that there is one behind each layer but the last. The thresholds are balanced on the pictures of --data, a folder for each class in \
            the order of the outputs; accuracy is measured on those of --test after 1, 2, 4 ... ticks, and that of the original beside it. \
            Neither network learns anything from --test.
            """)

    @Argument(help: "The ReLU network (.onnx, or .nir without neurons).")
    var model: String
    @Option(help: "Where to write the spiking network (.nir).")
    var out: String
    @Flag(help: "NIR: a Relu stands directly behind each layer with weights but the last.")
    var reluBetweenLayers = false
    @Option(help: "Pictures to balance thresholds on: a folder for each class.")
    var data: String
    @Option(help: "Pictures to measure accuracy on: a folder for each class. Default: nothing is measured.")
    var test: String?
    @Option(help: "For how many ticks a picture is shown.")
    var ticks = 64
    @Option(
        help:
            "The percentile of a layer's activations that becomes one spike (with --spikes: all spikes) in every tick.")
    var percentile = 99.9
    @Option(help: "The most spikes of a neuron in a tick.")
    var spikes = 1
    @Option(
        help: "The most spikes of a pixel in a tick: 1 gives regular trains, more a current that is nearly constant.")
    var inputSpikes = 1
    @Option(help: "Draw accuracy against ticks (.svg).")
    var plot: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...65_536).contains(ticks) else { throw ValidationError("--ticks expects 1 to 65536, found \(ticks).") }
        guard percentile > 0, percentile <= 100 else {
            throw ValidationError("--percentile expects more than 0 and at most 100, found \(percentile).")
        }
        guard (1...255).contains(spikes) else { throw ValidationError("--spikes expects 1 to 255, found \(spikes).") }
        guard (1...255).contains(inputSpikes) else {
            throw ValidationError("--input-spikes expects 1 to 255, found \(inputSpikes).")
        }
        if plot != nil, test == nil { throw ValidationError("--plot draws what is measured: give --test, too.") }
    }

    func run() throws {
        for path in [out, plot].compactMap({ $0 }) { try Folders.expectWritable(path) }
        try ConversionRun(self).run()
    }
}
