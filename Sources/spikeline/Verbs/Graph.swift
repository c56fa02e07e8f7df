import ArgumentParser
import SpikePipeline

/// Draws a pipeline as text.
struct Graph: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a pipeline as a graph, in Mermaid or DOT.")

    @OptionGroup var changed: ChangedPipeline

    @Option(help: "The language: mermaid or dot.")
    var format = Pipeline.PictureFormat.mermaid

    func run() throws {
        var picture = try changed.load().picture(format)
        if picture.last == "\n" { picture.removeLast() }
        Console.print(picture)
    }
}

extension Pipeline.PictureFormat: ExpressibleByArgument {}
