import ArgumentParser
import SpikeContainers
import SpikePictures
import SpikeSignals

/// Pictures to files, as SVG or PNG by the name.
enum Plots {
    /// Refuses names of other kinds of file.
    static func check(_ paths: [String]) throws {
        for path in paths where !path.hasSuffix(".svg") && !path.hasSuffix(".png") {
            throw ValidationError("--plot expects a name that ends in .svg or .png, found \(path).")
        }
    }

    /// Draws what the names ask for; `figure` is made only if they ask for anything.
    static func write(_ paths: [String], _ figure: () -> some PlottedFigure) throws(SpikelineError) {
        guard !paths.isEmpty else { return }
        let figure = figure()
        for path in paths {
            try WholeFile.write(path.hasSuffix(".png") ? PNG.file(figure.image) : Array(figure.svg.text.utf8), to: path)
        }
    }
}

/// A figure that can be drawn both ways.
protocol PlottedFigure {
    var svg: SVG { get }
    var image: PixelImage { get }
}

extension AnomalyFigure: PlottedFigure {}
extension CodingFigure: PlottedFigure {}
extension SimulationFigure: PlottedFigure {}
extension TradeOffFigure: PlottedFigure {}
