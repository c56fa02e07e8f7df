import ArgumentParser
import SpikeInterchange
import SpikeNetwork
import SpikeSensors
import SpikeSignals

/// `spikeline estimate`.
struct Estimate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Tell what a model costs: operations, sparsity, energy at published figures, and what fits on which chip.",
        discussion: """
            The metrics are NeuroBench's. What depends on activity is counted while the recordings given with --data run \
            through the model: sounds for a keyword model, event recordings for a gesture model. Energies are products \
            of counted operations and published figures, each with its source; they are no measurement of a chip.
            """)

    @Argument(help: "The model file.")
    var model: String
    @Option(
        parsing: .upToNextOption,
        help: "Recordings that run through the model; with a keyword model also folders of sounds.")
    var data: [String] = []
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let file = try ModelFile(contentsOf: model)
        var meter = ActivityMeter(file.network)
        if !data.isEmpty {
            switch file.head.type {
            case "keyword": try listen(&meter)
            case "gesture": try watch(&meter)
            default:
                throw SpikelineError(
                    "data can run through keyword and gesture models, found \"\(file.head.type)\"", at: model,
                    hint: "Leave out --data for what does not depend on activity")
            }
        }
        let estimate = CostEstimate(model: model, meter: meter)
        Console.print(json ? estimate.jsonValue.text : estimate.text)
    }

    private func listen(_ meter: inout ActivityMeter) throws(SpikelineError) {
        let listening = try ListeningModel(model)
        for path in data {
            for sound in SpeechFolder.isFolder(path) ? try SpeechFolder.sounds(in: path) : [path] {
                Console.progress("listening to \(sound)")
                let potentials = PotentialBatch()
                _ = try listening.listen(toFile: sound, into: potentials) { tick in
                    meter.add(tick.spikes, listening.network)
                    potentials.removeAll()
                    return true
                }
                meter.close(listening.network)
            }
        }
        Console.progress("")
    }

    private func watch(_ meter: inout ActivityMeter) throws(SpikelineError) {
        let watching = try GestureModel(model)
        for path in data {
            Console.progress("watching \(path)")
            try watching.begin()
            let source = try EventFileSource(path: path, options: EventFileReader.Options())
            let batch = EventBatch()
            while try source.read(into: batch) {
                try watching.watch(batch) { meter.add($0.spikes, watching.network) }
                batch.removeAll()
            }
            _ = try watching.end { meter.add($0.spikes, watching.network) }
            meter.close(watching.network)
        }
        Console.progress("")
    }
}
