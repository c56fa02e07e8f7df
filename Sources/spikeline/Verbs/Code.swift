import ArgumentParser
import SpikeContainers
import SpikeEncoders
import SpikePictures
import SpikeSignals

/// `spikeline code`.
struct Code: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Code values as spikes by a classical coding, decode them, and draw both.",
        discussion: """
            METHOD is poisson, regular, latency, log_latency, first_spike, rank_order, phase, weighted_phase, population or \
            delta; \
            Documentation/codings.md explains them. "spikeline code compare FILE" compares all of them on a sound, \
            "spikeline code pattern" hides a spike pattern in noise and finds it again.
            """,
        subcommands: [CodeSignal.self, CodeCompare.self, CodePattern.self], defaultSubcommand: CodeSignal.self)
}

/// `spikeline code METHOD`.
struct CodeSignal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signal", abstract: "Code a value, a signal or a sound by one method, and decode it.")

    @Argument(help: "The coding.")
    var method: String

    @Option(help: "Code this value from 0 to 1, again and again.")
    var value: Double?
    @Option(help: "Code a sine, a step or a ramp. Default sine.")
    var signal: SignalShape?
    @Option(help: "Code the bands of this sound, as the stage \"coding\" does.")
    var audio: String?
    @Option(help: "How many ticks of a value or signal, 1 to 100000. Default 512.")
    var ticks: Int?
    @Option(help: "Begin so many seconds into the sound.")
    var fromS = 0.0
    @Option(help: "Code so many seconds of the sound. Default 3.")
    var seconds: Double?
    @Option(help: "The band that the picture shows, from 0. Default: the one that varies most.")
    var band: Int?
    @OptionGroup var options: CodingOptions

    @Option(help: "Where to draw signal, spikes and decoded signal (.svg or .png); may be repeated.")
    var plot: [String] = []
    @Option(help: "Where to write every spike as CSV (tick,channel,count).")
    var spikes: String?
    @Option(help: "Where to write every value as CSV (tick,value,signal,decoded).")
    var values: String?
    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if [value != nil, signal != nil, audio != nil].filter({ $0 }).count > 1 {
            throw ValidationError("--value, --signal and --audio exclude one another; choose one.")
        }
        if let value, !(0...1).contains(value) {
            throw ValidationError("--value expects a value from 0 to 1, found \(value).")
        }
        if let ticks, !(1...100_000).contains(ticks) {
            throw ValidationError("--ticks expects 1 to 100000, found \(ticks).")
        }
        if ticks != nil, audio != nil { throw ValidationError("--ticks is for --value and --signal; use --seconds.") }
        if !(0...Double(CodedSound.mostSeconds)).contains(fromS) {
            throw ValidationError("--from-s expects 0 to \(CodedSound.mostSeconds), found \(fromS).")
        }
        if let seconds, !(0.01...Double(CodedSound.mostSeconds)).contains(seconds) {
            throw ValidationError("--seconds expects 0.01 to \(CodedSound.mostSeconds), found \(seconds).")
        }
        if audio == nil, band != nil || seconds != nil || fromS != 0 || options.hasBands {
            throw ValidationError(
                "--band, --from-s, --seconds, --bands, --smooth-ms, --scale, --floor-dbfs and --top-dbfs are for --audio."
            )
        }
        try Plots.check(plot)
    }

    func run() throws {
        for path in plot + [spikes, values].compactMap({ $0 }) where path != "-" { try Folders.expectWritable(path) }
        let settings = try options.settings(method: method)
        var (source, frequencies, shown) = ("\((signal ?? .sine).rawValue)", [Double](), 0)
        let run: CodingRun
        if let audio {
            let sound = try CodedSound(path: audio, settings: settings, from: fromS, seconds: seconds ?? 3)
            shown = band ?? sound.liveliest
            guard sound.frequencies.indices.contains(shown) else {
                throw SpikelineError(
                    "expected a band from 0 to \(sound.frequencies.count - 1), found \(shown)", at: "--band")
            }
            frequencies = sound.frequencies
            let name = audio.split(separator: "/").last.map(String.init) ?? audio
            source = "bands of \(name), band \(shown) (\(Figures.decimal(frequencies[shown], 0)) Hz) drawn"
            run = try CodingRun(settings.coding, values: sound.values)
        } else {
            if let value { source = "\(Figures.decimal(value, 4)) at rest" }
            if SignalGroup.count(settings.coding.method) > 1 {
                source += value == nil ? ", seven shifted copies beside it" : ", 1/8 to 7/8 beside it"
            }
            run = try CodingRun(settings.coding, values: generated(settings.coding.method))
        }
        try Plots.write(plot) { run.figure(source: source, shown: shown, frequencies: frequencies) }
        if let spikes { try TextOutput.write(run.spikesCSV, to: spikes) }
        if let values { try TextOutput.write(run.valuesCSV, to: values) }
        Console.print(json ? run.jsonValue(source: source).text : run.text(source: source))
    }

    /// The values of each tick, Q16.
    private func generated(_ method: CodingParameters.Method) -> [[Int64]] {
        let count = ticks ?? 512
        if let value {
            return SignalGroup.rows(value: SetUpMath.fixed(value, bits: 16), ticks: count, method)
        }
        return SignalGroup.rows(signal ?? .sine, ticks: count, method)
    }
}

extension SignalShape: ExpressibleByArgument {}
