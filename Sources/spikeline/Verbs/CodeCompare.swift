import ArgumentParser
import SpikeEncoders
import SpikePictures
import SpikeSignals

/// `spikeline code compare`.
struct CodeCompare: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare all codings on a sound: spikes, error, and bits kept for each spike.",
        discussion: """
            Each coding codes and decodes the envelopes of the sound's bands. The information is that of a Gaussian channel \
            with the coherence of signal and decoded signal, frequency by frequency; see Documentation/codings.md for what \
            it means and what it does not.
            """)

    @Argument(help: "The sound, at most 120 s.")
    var file: String
    @Option(help: "Bands of the sound, 1 to 64.")
    var bands = 16
    @Option(help: "The highest frequency of the envelopes that counts as information, 2 to 250 Hz.")
    var bandwidthHz = 50.0
    @Option(help: "Where to draw the comparison (.svg or .png); may be repeated.")
    var plot: [String] = []
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if !(1...64).contains(bands) { throw ValidationError("--bands expects 1 to 64, found \(bands).") }
        if !(2...250).contains(bandwidthHz) {
            throw ValidationError("--bandwidth-hz expects 2 to 250, found \(bandwidthHz).")
        }
        try Plots.check(plot)
    }

    func run() throws {
        for path in plot { try Folders.expectWritable(path) }
        var settings = CodingStage.Settings(.delta)
        settings.bands.bands = bands
        let sound = try CodedSound(path: file, settings: settings, from: 0, seconds: nil)
        // The latest decoder of all settings is 96 ticks late, and what is judged begins a window of 64 after that.
        let least = (InformationRate.fewest + 1) * InformationRate.segment / 2 + 96 + 64
        guard sound.values.count >= least else {
            throw SpikelineError(
                "expected at least \(least) ms of sound, found \(sound.values.count)", at: file,
                hint: "An estimate of information needs \(InformationRate.fewest) stretches of 512 ms")
        }
        let start = Progress.now()
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let comparison = try CodingComparison(
            name: name, values: sound.values, bandwidthHertz: bandwidthHz,
            progress: { Progress.show("comparing", share: $0, since: start) })
        Console.progress("")
        try Plots.write(plot) { comparison.figure }
        Console.print(json ? comparison.jsonValue.text : comparison.text)
    }
}
