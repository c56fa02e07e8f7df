import SpikeSignals

/// Reports each spoken word once, from the potentials of a network with one output per label.
///
/// Everything that decides is whole numbers, so the same potentials give the same records on any machine and however
/// they are cut into batches. Storage is allocated with the first batch; after that only records allocate. A jump of
/// the tick counter starts the head afresh.
public final class KeywordHead: Transform {
    /// What the head thinks after a tick, for those who look on.
    public struct Glance {
        /// The end of the tick.
        public var at: StreamTime
        /// The score of each label in Q16.
        public var scores: [Int32]
        /// The level of the tick in hundredths of a dB, or ``SpikeBatch/unknownLevel``.
        public var level: Int16
        /// The label that is reported in this tick, if one is.
        public var reported: Int?
    }

    /// Called after each tick; nobody looks on by default.
    public var onTick: ((Glance) -> Void)?

    let parameters: KeywordParameters
    let context: StageContext
    var detector: KeywordDetector?
    var tickNanoseconds: Int64 = 0
    var nextTick: Int64 = 0
    var sequence = 0

    /// A head at that place in a pipeline.
    ///
    /// - Throws: if there are no labels, one of them twice, or other parameters name what is not a label.
    public init(_ parameters: KeywordParameters, context: StageContext) throws(SpikelineError) {
        if var complaint = parameters.complaint() {
            complaint.place = KeywordHead.place(context)
            throw complaint
        }
        self.parameters = parameters
        self.context = context
    }

    /// Appends a record for each word that is detected in `input`.
    ///
    /// - Throws: if the network has another number of outputs than there are labels, or the window is too long.
    public func process(_ input: PotentialBatch, into output: RecordBatch) throws(SpikelineError) {
        output.upTo = input.upTo
        guard input.count > 0 else { return }
        try check(input)
        if detector == nil || input.firstTick != nextTick { try start(input.tickNanoseconds) }
        nextTick = input.firstTick + Int64(input.count)
        for index in 0..<input.count {
            let tick = input.firstTick + Int64(index)
            let found = detector?.step(
                tick: tick, potentials: input.potentials, at: index * input.outputs, level: input.levels[index])
            if let found { output.records.append(.keyword(record(of: found, tick: tick))) }
            if let onTick, let detector {
                let end = StreamTime(nanoseconds: (tick + 1) * tickNanoseconds)
                let level = input.levels[index]
                onTick(Glance(at: end, scores: detector.scores, level: level, reported: found?.label))
            }
        }
    }

    static func place(_ context: StageContext) -> String { "\(context.pipeline): stage \"\(context.stage)\"" }

    private func check(_ input: PotentialBatch) throws(SpikelineError) {
        guard input.outputs == parameters.labels.count else {
            throw SpikelineError(
                "the network has \(input.outputs) outputs, expected \(parameters.labels.count), one for each label",
                at: KeywordHead.place(context), hint: "Give \"labels\" as the model was trained with, or leave it out")
        }
        guard input.potentials.count == input.outputs * input.count, input.tickNanoseconds > 0 else {
            throw SpikelineError(
                "a batch has \(input.potentials.count) potentials for \(input.count) ticks of \(input.outputs) outputs",
                at: KeywordHead.place(context), cause: .defect)
        }
        guard detector == nil || input.tickNanoseconds == tickNanoseconds else {
            throw SpikelineError(
                "the tick changed from \(tickNanoseconds) ns to \(input.tickNanoseconds) ns",
                at: KeywordHead.place(context), cause: .defect)
        }
    }

    private func start(_ tick: Int64) throws(SpikelineError) {
        do throws(SpikelineError) {
            detector = try KeywordDetector(parameters, tickNanoseconds: tick)
        } catch {
            throw SpikelineError(error.what, at: KeywordHead.place(context), hint: "Shorten \"window_ms\"")
        }
        tickNanoseconds = tick
    }

    private func record(of found: KeywordDetector.Detection, tick: Int64) -> KeywordRecord {
        func time(_ tick: Int64) -> StreamTime { StreamTime(nanoseconds: tick * tickNanoseconds) }
        sequence += 1
        let isKnown = found.extent.level != SpikeBatch.unknownLevel
        return KeywordRecord(
            word: parameters.labels[found.label], score: Double(found.score) / Double(EvidenceWindow.unity),
            at: time(tick + 1), from: time(tick - Int64(found.extent.first)),
            to: time(tick - Int64(found.extent.last) + 1),
            levelDecibels: isKnown ? Double(found.extent.level) / 100 : nil, pipeline: context.pipeline,
            stage: context.stage, sequence: sequence)
    }
}
