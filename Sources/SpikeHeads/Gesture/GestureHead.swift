import SpikeSignals

/// Reports each gesture once, from the potentials of a network with one output per label.
///
/// The record comes when the gesture is over, as soon as it is recognised, or both (`report`). Everything that decides is
/// whole numbers, so the same potentials give the same records on any machine and however they are cut into batches.
/// Storage is allocated with the first batch; after that only records allocate. A jump of the tick counter, which an
/// encoder makes after a long silence, and the end of the stream end a gesture that goes on.
public final class GestureHead: Transform {
    let parameters: GestureParameters
    let context: StageContext
    var detector: GestureDetector?
    var tickNanoseconds: Int64 = 0
    var nextTick: Int64 = 0
    var sequence = 0

    /// A head at that place in a pipeline.
    ///
    /// - Throws: if there are no labels or one of them comes twice.
    public init(_ parameters: GestureParameters, context: StageContext) throws(SpikelineError) {
        if var complaint = parameters.complaint() {
            complaint.place = GestureHead.place(context)
            throw complaint
        }
        self.parameters = parameters
        self.context = context
    }

    /// Appends the records that follow from `input`.
    ///
    /// - Throws: if the network has another number of outputs than there are labels, or the window is too long.
    public func process(_ input: PotentialBatch, into output: RecordBatch) throws(SpikelineError) {
        output.upTo = input.upTo
        guard input.count > 0 else { return }
        try check(input)
        if detector == nil || input.firstTick != nextTick {
            try finish(into: output)
            try start(input)
        }
        nextTick = input.firstTick
        for index in 0..<input.count {
            nextTick += 1
            detector?.step(
                potentials: input.potentials, at: index * input.outputs, level: input.levels[index]
            ) { add($0, to: output) }
        }
    }

    /// Ends the gesture that goes on.
    public func finish(into output: RecordBatch) throws(SpikelineError) {
        detector?.close { add($0, to: output) }
    }

    static func place(_ context: StageContext) -> String { "\(context.pipeline): stage \"\(context.stage)\"" }

    private func check(_ input: PotentialBatch) throws(SpikelineError) {
        guard input.outputs == parameters.labels.count else {
            throw SpikelineError(
                "the network has \(input.outputs) outputs, expected \(parameters.labels.count), one for each label",
                at: GestureHead.place(context), hint: "Give \"labels\" as the model was trained with, or leave it out")
        }
        guard input.potentials.count == input.outputs * input.count, input.tickNanoseconds > 0,
            detector == nil || input.tickNanoseconds == tickNanoseconds
        else {
            throw SpikelineError(
                "a batch has \(input.potentials.count) potentials for \(input.count) ticks of \(input.outputs) outputs "
                    + "and \(input.tickNanoseconds) ns", at: GestureHead.place(context), cause: .defect)
        }
    }

    private func start(_ input: PotentialBatch) throws(SpikelineError) {
        do throws(SpikelineError) {
            detector = try GestureDetector(
                parameters, tickNanoseconds: input.tickNanoseconds, tick: input.firstTick)
        } catch {
            throw SpikelineError(error.what, at: GestureHead.place(context), hint: "Shorten \"window_ms\"")
        }
        tickNanoseconds = input.tickNanoseconds
    }

    private func add(_ report: GestureDetector.Report, to output: RecordBatch) {
        let (segment, state, isWanted): (GestureDetector.Segment, GestureRecord.State, Bool) =
            switch report {
            case .onset(let segment): (segment, .onset, parameters.report != .end)
            case .end(let segment): (segment, .end, parameters.report != .onset)
            }
        guard isWanted, parameters.isReported(segment.label) else { return }
        func time(_ tick: Int64) -> StreamTime { StreamTime(nanoseconds: tick * tickNanoseconds) }
        sequence += 1
        output.records.append(
            .gesture(
                GestureRecord(
                    gesture: parameters.labels[segment.label], state: state,
                    score: Double(segment.score) / Double(EvidenceWindow.unity), at: time(nextTick),
                    from: time(segment.first), to: state == .end ? time(segment.end) : nil, events: segment.events,
                    pipeline: context.pipeline, stage: context.stage, sequence: sequence)))
    }
}
