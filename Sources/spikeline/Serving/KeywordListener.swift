import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeServices
import SpikeSignals

/// The ear, network and head of a keyword model for one client of a service.
final class KeywordListener: WordListener {
    private let ear: Cochlea
    private let network: SpikingNetwork
    private var head: KeywordHead
    private let parameters: KeywordParameters
    private let audio = AudioBatch()
    private let spikes = SpikeBatch()
    private let potentials = PotentialBatch()
    private let records = RecordBatch()

    /// A listener with the model of `file`, which was read from `path`.
    init(_ file: ModelFile, path: String) throws(SpikelineError) {
        ear = try Cochlea(Cochlea.Parameters(options: file.encoder.options, place: path), place: path)
        network = try SpikingNetwork(file.network)
        parameters = KeywordParameters(Options(file.head.options))
        head = try KeywordHead(parameters, context: StageContext(pipeline: "wyoming", stage: "words", folder: ""))
    }

    var sampleRate: Int { ear.parameters.filters.sampleRate }

    func begin() throws(SpikelineError) {
        ear.reset()
        network.reset()
        head = try KeywordHead(parameters, context: StageContext(pipeline: "wyoming", stage: "words", folder: ""))
        audio.firstSample = 0
        audio.removeAll()
    }

    func hear(_ samples: [Int32]) throws(SpikelineError) -> [(word: String, at: StreamTime)] {
        audio.firstSample += Int64(audio.count)
        audio.removeAll()
        audio.sampleRate = sampleRate
        audio.samples.append(contentsOf: samples)
        audio.updateUpTo()
        spikes.removeAll()
        try ear.process(audio, into: spikes)
        potentials.removeAll()
        try network.process(spikes, into: potentials)
        records.removeAll()
        try head.process(potentials, into: records)
        return records.records.compactMap { record in
            if case .keyword(let keyword) = record { (keyword.word, keyword.at) } else { nil }
        }
    }
}
