import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeSensors
import SpikeSignals

/// A model file, ready to listen to recordings: its ear and its network.
final class ListeningModel {
    /// What the file says.
    let file: ModelFile
    /// Where the file is.
    let path: String
    /// The ear that the network was trained with.
    let ear: Cochlea
    /// The network.
    let network: SpikingNetwork
    /// What the head of the model was given.
    let head: KeywordParameters
    /// The outputs that are words to be reported, and not background.
    let words: Set<String>

    /// Opens the model at `path`; `settings` (KEY=VALUE) replace options of its head.
    init(_ path: String, settings: [String] = []) throws(SpikelineError) {
        self.path = path
        var file = try ModelFile(contentsOf: path)
        for setting in settings {
            let (name, value) = try HeadSetting.parse(setting, of: KeywordHead.descriptor)
            file.head.options[name] = value
        }
        self.file = file
        guard file.encoder.type == "cochlea", file.head.type == "keyword" else {
            throw SpikelineError(
                "expected a keyword model with a cochlea, found \"\(file.head.type)\" with \"\(file.encoder.type)\"",
                at: path)
        }
        try file.checkFit(path: path)
        ear = try Cochlea(Cochlea.Parameters(options: file.encoder.options, place: path), place: path)
        network = try SpikingNetwork(file.network)
        head = KeywordParameters(Options(file.head.options))
        words = Set(head.only ?? head.labels).subtracting(head.background)
    }

    /// The name of each output of the network.
    var labels: [String] { head.labels }

    /// The threshold of words that have none of their own.
    var threshold: Double { head.threshold ?? KeywordParameters.defaultThreshold }

    /// The label with the most evidence over all ticks of `potentials`; 0 without any.
    func decision(over potentials: PotentialBatch) throws(SpikelineError) -> Int {
        var window = try EvidenceWindow(
            labels: labels.count, ticks: max(potentials.count, 1), scaleBits: head.potentialScaleBits)
        for tick in 0..<potentials.count { window.add(potentials.potentials, at: tick * labels.count) }
        return window.best
    }

    /// The sample rate of the ear.
    var sampleRate: Int { ear.parameters.filters.sampleRate }

    /// What one call of an observer sees.
    struct Tick {
        /// The index of the tick in the recording.
        let index: Int
        /// The spikes of the ear.
        let spikes: ArraySlice<ChannelSpikes>
    }

    /// Listens to `samples` (24-bit, at ``sampleRate``) from a fresh start, and appends every tick's potentials.
    func listen(to samples: [Int32], into potentials: PotentialBatch) throws(SpikelineError) {
        let block = AudioBatch()
        block.sampleRate = sampleRate
        block.samples = samples
        block.updateUpTo()
        begin()
        try hear(block, into: potentials) { _ in true }
    }

    /// Listens to the recording at `path` from a fresh start and appends every tick's potentials, until it ends or
    /// `observe`, called after each tick, returns false.
    ///
    /// - Returns: seconds of sound that were heard.
    func listen(
        toFile path: String, into potentials: PotentialBatch, observe: (Tick) -> Bool = { _ in true }
    ) throws(SpikelineError) -> Double {
        var parameters = AudioFileSource.Parameters()
        parameters.sampleRateHz = sampleRate
        let source = try AudioFileSource(path: path, parameters: parameters)
        let block = AudioBatch()
        begin()
        var isListening = true
        while isListening, try source.read(into: block) {
            isListening = try hear(block, into: potentials, observe: observe)
            block.removeAll()
        }
        return Double(source.samplesDelivered) / Double(sampleRate)
    }

    private func begin() {
        ear.reset()
        network.reset()
    }

    @discardableResult
    private func hear(
        _ block: AudioBatch, into potentials: PotentialBatch, observe: (Tick) -> Bool
    ) throws(SpikelineError) -> Bool {
        let spikes = SpikeBatch()
        try ear.process(block, into: spikes)
        potentials.outputs = network.outputs
        potentials.tickNanoseconds = spikes.tickNanoseconds
        for tick in 0..<spikes.count {
            let ofTick = spikes.spikes[spikes.range(ofTick: tick)]
            try network.step(ofTick)
            for output in 0..<network.outputs { potentials.potentials.append(network.potential(ofOutput: output)) }
            potentials.levels.append(spikes.levels[tick])
            if !observe(Tick(index: Int(spikes.firstTick) + tick, spikes: ofTick)) { return false }
        }
        potentials.upTo = spikes.upTo
        return true
    }
}
