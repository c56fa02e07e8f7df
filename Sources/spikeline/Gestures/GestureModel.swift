import SpikeEncoders
import SpikeHeads
import SpikeInterchange
import SpikeNetwork
import SpikeSignals

/// A model file, ready to watch recordings: its grid, its network and its head.
final class GestureModel {
    /// What the file says.
    let file: ModelFile
    /// Where the file is.
    let path: String
    /// The network.
    let network: SpikingNetwork
    /// What the head of the model was given.
    let head: GestureParameters
    private let grid: EventGridStage
    private var detector: GestureDetector
    private var nextTick: Int64 = 0
    private let spikes = SpikeBatch()
    private var potentials: [Int32]

    /// What one call of an observer sees, after the tick.
    struct Tick {
        /// The index of the tick in the recording.
        let index: Int64
        /// Events in the region of the grid, and spikes of the grid.
        let events: Int
        let inputSpikes: Int
        /// The spikes of the grid.
        let spikes: ArraySlice<ChannelSpikes>
        /// The potential of each output.
        let potentials: [Int32]
        /// The head.
        let detector: GestureDetector
        /// What the head reports in this tick.
        let reports: [GestureDetector.Report]
    }

    /// Opens the model at `path`; `settings` (KEY=VALUE) replace options of its head.
    init(_ path: String, settings: [String] = []) throws(SpikelineError) {
        self.path = path
        var file = try ModelFile(contentsOf: path)
        for setting in settings {
            let (name, value) = try HeadSetting.parse(setting, of: GestureHead.descriptor)
            file.head.options[name] = value
        }
        self.file = file
        guard file.encoder.type == "event_grid", file.head.type == "gesture" else {
            throw SpikelineError(
                "expected a gesture model with an event_grid, found \"\(file.head.type)\" with "
                    + "\"\(file.encoder.type)\"", at: path)
        }
        try file.checkFit(path: path)
        let parameters = try EventGridParameters(options: file.encoder.options, place: path)
        grid = try EventGridStage(parameters, place: "")
        network = try SpikingNetwork(file.network)
        head = GestureParameters(Options(file.head.options))
        detector = try GestureDetector(head, tickNanoseconds: file.network.tickNanoseconds)
        potentials = Array(repeating: 0, count: network.outputs)
    }

    /// The grid.
    var gridParameters: EventGridParameters { grid.parameters }
    /// The name of each output of the network.
    var labels: [String] { head.labels }
    /// The length of a tick in seconds.
    var tickSeconds: Double { Double(file.network.tickNanoseconds) / 1e9 }
    /// The layers that fire.
    var spikingLayers: [Int] {
        file.network.populations.indices.filter { file.network.populations[$0].neuron.spiking != nil }
    }

    /// What decides about whole recordings, by windows as long as the head's.
    func recordingEvidence() throws(SpikelineError) -> RecordingEvidence {
        try RecordingEvidence(
            labels: labels.count, windowTicks: detector.windowTicks, scaleBits: head.potentialScaleBits)
    }

    /// Forgets everything: the next event is the first of a new recording, of which the grid looks at `region`, if given.
    func begin(region: EventGridParameters.Region? = nil) throws(SpikelineError) {
        grid.reset(region: region)
        network.reset()
        nextTick = 0
        detector = try GestureDetector(head, tickNanoseconds: file.network.tickNanoseconds)
    }

    /// Watches a batch and calls `observe` after each tick that ends in it.
    func watch(_ batch: EventBatch, _ observe: (Tick) -> Void) throws(SpikelineError) {
        spikes.removeAll()
        try grid.process(batch, into: spikes)
        repeat {
            try runTicks(observe)
            spikes.removeAll()
        } while try grid.processMore(into: spikes)
    }

    /// The recording has ended: the last tick, and what the head still has to report.
    func end(_ observe: (Tick) -> Void) throws(SpikelineError) -> [GestureDetector.Report] {
        spikes.removeAll()
        try grid.finish(into: spikes)
        try runTicks(observe)
        var reports: [GestureDetector.Report] = []
        detector.close { reports.append($0) }
        return reports
    }

    private func runTicks(_ observe: (Tick) -> Void) throws(SpikelineError) {
        var reports: [GestureDetector.Report] = []
        if spikes.count > 0, spikes.firstTick != nextTick {
            detector.close { reports.append($0) }
            detector = try GestureDetector(
                head, tickNanoseconds: file.network.tickNanoseconds, tick: spikes.firstTick)
        }
        for tick in 0..<spikes.count {
            let ofTick = spikes.spikes[spikes.range(ofTick: tick)]
            try network.step(ofTick)
            for output in potentials.indices { potentials[output] = network.potential(ofOutput: output) }
            detector.step(potentials: potentials, at: 0, level: spikes.levels[tick]) { reports.append($0) }
            observe(
                Tick(
                    index: spikes.firstTick + Int64(tick), events: EventLevel.count(ofLevel: spikes.levels[tick]),
                    inputSpikes: ofTick.count, spikes: ofTick, potentials: potentials, detector: detector,
                    reports: reports))
            reports.removeAll(keepingCapacity: true)
        }
        if spikes.count > 0 { nextTick = spikes.firstTick + Int64(spikes.count) }
    }
}

/// An option of a head on the command line.
enum HeadSetting {
    /// The option and its value from `KEY=VALUE`, checked.
    static func parse(
        _ setting: String, of head: StageDescriptor
    ) throws(SpikelineError) -> (String, OptionValue) {
        let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2, let spec = head.options.first(where: { $0.name == parts[0] }) else {
            throw SpikelineError(
                "expected KEY=VALUE with an option of the \(head.type) head, found \"\(setting)\"", at: "--set",
                hint: "The options are " + head.options.map(\.name).joined(separator: ", "))
        }
        let value: OptionValue =
            ["true": .bool(true), "false": .bool(false)][parts[1]] ?? Int(parts[1]).map { .integer($0) } ?? Double(
                parts[1]
            ).map { .number($0) } ?? .string(parts[1])
        if let complaint = spec.complaint(about: value) { throw SpikelineError(complaint, at: "--set") }
        return (parts[0], value)
    }
}
