import SpikeSignals

/// A stage of a running pipeline with what it needs to run: its output batch, its readers and its counts.
final class RunningStage {
    /// A stage that reads, and which of its inputs it reads here.
    struct Reader {
        let stage: RunningStage
        let slot: Int
    }

    let name: String
    let stage: AnyStage
    /// The batch that it fills again and again; nil for a sink.
    let output: (any Batch)?
    var readers: [Reader] = []
    var counts = StageCounts()
    /// Is told of every batch that it gives, with its place in the pipeline.
    var observer: (observer: any PipelineObserver, index: Int)?
    /// How many of its inputs have not ended.
    var openInputs: Int
    /// Merges the records of several inputs; nil for one input.
    private var merger: RecordMerger?
    private let merged = RecordBatch()
    /// Whether it has been finished or has failed; it is not called again.
    private(set) var isClosed = false
    /// What its last input has promised.
    private var promised = StreamTime.zero

    init(name: String, stage: AnyStage, inputs: Int) {
        self.name = name
        self.stage = stage
        openInputs = inputs
        merger = inputs > 1 ? RecordMerger(inputs: inputs) : nil
        switch stage {
        case .source(let source): output = source.makeOutput()
        case .transform(let transform): output = transform.makeOutput()
        case .sink: output = nil
        }
    }

    /// Whether it makes records of something else.
    var makesRecords: Bool {
        switch stage {
        case .source(let source): source.output == .records
        case .transform(let transform): transform.output == .records && transform.input != .records
        case .sink: false
        }
    }

    /// Whether it is a sink of records.
    var takesRecords: Bool {
        if case .sink(let sink) = stage { sink.input == .records } else { false }
    }

    /// Takes faults of sensors beside its inputs; they promise nothing about what those will bring.
    func take(faults: RecordBatch) throws(SpikelineError) {
        faults.upTo = promised
        try work(on: faults)
    }

    /// Reads the next block of a source that comes at our pace; false at its end.
    func read(_ source: AnySource) throws(SpikelineError) -> Bool {
        guard let output else { return false }
        let begin = MonotonicClock.nanoseconds()
        output.removeAll()
        do {
            let isMore = try source.read(output)
            counts.nanoseconds += MonotonicClock.nanoseconds() - begin
            return isMore
        } catch {
            isClosed = true
            throw named(error)
        }
    }

    /// Passes a batch of this stage on to all that read it.
    func give(_ batch: any Batch) throws(SpikelineError) {
        counts.itemsOut += batch.count
        if let (observer, index) = observer {
            if case .source = stage { observer.arrived(upTo: batch.upTo, from: index) }
            observer.stage(index, gave: batch)
        }
        for reader in readers { try reader.stage.take(batch, slot: reader.slot) }
    }

    /// Takes a batch of one input, works on it and passes on what comes of it.
    private func take(_ batch: any Batch, slot: Int) throws(SpikelineError) {
        if merger != nil, let records = batch as? RecordBatch {
            merger?.add(records, from: slot)
            try workOnMerged()
        } else {
            try work(on: batch)
        }
    }

    private func workOnMerged() throws(SpikelineError) {
        merged.removeAll()
        merger?.release(into: merged)
        try work(on: merged)
    }

    private func work(on batch: any Batch) throws(SpikelineError) {
        guard !isClosed else { return }
        counts.itemsIn += batch.count
        promised = batch.upTo
        let begin = MonotonicClock.nanoseconds()
        output?.removeAll()
        do {
            switch stage {
            case .source: break
            case .transform(let transform): if let output { try transform.process(batch, output) }
            case .sink(let sink): try sink.consume(batch)
            }
        } catch {
            isClosed = true
            throw named(error)
        }
        counts.nanoseconds += MonotonicClock.nanoseconds() - begin
        showInsight()
        guard let output else { return }
        try give(output)
        if case .transform(let transform) = stage { try giveMore(of: transform, output) }
    }

    /// Lets an observer look into the stage, if it wants to; like all that an observer does, not counted as the stage's time.
    private func showInsight() {
        guard case .transform(let transform) = stage, let insight = transform.insight,
            let (observer, index) = observer
        else { return }
        if insight.isWanted { observer.stage(index, showed: insight) }
        insight.isWanted = observer.wantsInsight
    }

    /// Passes on what did not fit one batch.
    private func giveMore(of transform: AnyTransform, _ output: any Batch) throws(SpikelineError) {
        while !isClosed {
            let begin = MonotonicClock.nanoseconds()
            output.removeAll()
            let isMore: Bool
            do {
                isMore = try transform.processMore(output)
            } catch {
                isClosed = true
                throw named(error)
            }
            counts.nanoseconds += MonotonicClock.nanoseconds() - begin
            guard isMore else { return }
            try give(output)
        }
    }

    /// Input `slot` has ended. When all have, finishes this stage and, through it, those that read it.
    func finishInput(_ slot: Int) throws(SpikelineError) {
        openInputs -= 1
        if merger != nil {
            merger?.finish(slot)
            try workOnMerged()
        }
        guard openInputs <= 0, !isClosed else { return }
        let begin = MonotonicClock.nanoseconds()
        isClosed = true
        output?.removeAll()
        do {
            switch stage {
            case .source: break
            case .transform(let transform): if let output { try transform.finish(output) }
            case .sink(let sink): try sink.finish()
            }
        } catch {
            throw named(error)
        }
        counts.nanoseconds += MonotonicClock.nanoseconds() - begin
        if let output, output.count > 0 { try give(output) }
        try finishReaders()
    }

    /// This stage gives nothing more.
    func finishReaders() throws(SpikelineError) {
        isClosed = true
        for reader in readers { try reader.stage.finishInput(reader.slot) }
    }

    /// After a failure elsewhere: lets a sink deliver what it holds, and keeps its own complaint to itself.
    func closeSink() {
        guard !isClosed, case .sink(let sink) = stage else { return }
        isClosed = true
        do { try sink.finish() } catch {}
    }

    /// The error with the stage's name where it says no place.
    private func named(_ error: SpikelineError) -> SpikelineError {
        var error = error
        if error.place.isEmpty { error.place = "stage \"\(name)\"" }
        return error
    }
}
