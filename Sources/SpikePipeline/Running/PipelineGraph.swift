import SpikeSignals

/// A pipeline whose stages have been made and that runs once.
///
/// One thread carries each block from its source through all stages to the sinks before the next block is read, so
/// nothing piles up; batches are reused, so nothing is allocated per block. Live sources are read on threads of their
/// own (``LiveInlet``). Of several sources, the one that is furthest behind in stream time goes next.
public final class PipelineGraph {
    /// Where blocks come in.
    private final class Inlet {
        let stage: RunningStage
        let source: AnySource
        /// The queue of a live source.
        let live: LiveInlet?
        /// How far it has come.
        var upTo = StreamTime.zero
        var hasEnded = false

        init(stage: RunningStage, source: AnySource, live: LiveInlet?) {
            self.stage = stage
            self.source = source
            self.live = live
        }
    }

    private let stages: [RunningStage]
    private var inlets: [Inlet] = []
    private let monitor = Monitor()
    private let carrier: FaultCarrier
    private var failure: SpikelineError?
    private let observer: (any PipelineObserver)?
    private var begun: Int64 = 0
    private var processorBefore = 0.0
    private var nextCount: Int64 = 0

    /// Whether files are read at the speed at which they were recorded, and no faster.
    var isPaced = false

    /// What the run did so far; complete when ``run(stop:)`` has returned or thrown.
    public private(set) var summary = RunSummary()

    /// Wires up stages in the order of the pipeline called `name`.
    init(
        _ stages: [RunningStage], queues: [(capacity: Int, policy: FullQueuePolicy)], name: String,
        observer: (any PipelineObserver)? = nil
    ) {
        self.stages = stages
        self.observer = observer
        if let observer { for (index, stage) in stages.enumerated() { stage.observer = (observer, index) } }
        carrier = FaultCarrier(pipeline: name, stages: stages)
        for (stage, queue) in zip(stages, queues) {
            guard case .source(let source) = stage.stage else { continue }
            let live =
                source.isLive
                ? LiveInlet(source, capacity: queue.capacity, policy: queue.policy, monitor: monitor) : nil
            inlets.append(Inlet(stage: stage, source: source, live: live))
        }
    }

    /// Runs until all sources have ended or `stop` is requested.
    ///
    /// If a stage fails, nothing more is read, every other sink delivers what it holds, and the first failure is
    /// thrown. What came before the failure of a source is carried to the end of the pipeline.
    ///
    /// - Parameter pulse: called on the pipeline's thread each time a block has been carried all the way to the sinks,
    ///   so silence means that nothing moves.
    public func run(
        stop: StopSignal = StopSignal(), pulse: () -> Void = {}
    ) throws(SpikelineError) -> RunSummary {
        let wall = MonotonicClock.nanoseconds()
        let processor = ProcessClock.processorSeconds()
        (begun, processorBefore) = (wall, processor)
        do {
            try readAll(until: stop, pulse: pulse)
            for inlet in inlets where !inlet.hasEnded { try end(inlet) }
        } catch {
            if failure == nil { failure = error }
            for stage in stages { stage.closeSink() }
        }
        for inlet in inlets { inlet.live?.close() }
        summary.wallSeconds = Double(MonotonicClock.nanoseconds() - wall) / 1e9
        summary.processorSeconds = ProcessClock.processorSeconds() - processor
        summary.peakResidentMegabytes = ProcessClock.peakResidentMegabytes()
        summarise()
        observer?.counted(summary)
        if let failure { throw failure }
        return summary
    }

    /// After ``run(stop:pulse:)``: waits until the threads of live sources have let go of their sensors, at most
    /// `milliseconds`; with the graph itself gone, another may then open the same devices and ports.
    ///
    /// - Returns: whether all have.
    public func awaitSources(milliseconds: Int64) -> Bool {
        let end = MonotonicClock.nanoseconds() + milliseconds * 1_000_000
        return monitor.locked {
            while !inlets.allSatisfy({ $0.live?.hasLetGo ?? true }) {
                let left = (end - MonotonicClock.nanoseconds()) / 1_000_000
                if left <= 0 { return false }
                monitor.wait(milliseconds: left)
            }
            return true
        }
    }

    private func readAll(until stop: StopSignal, pulse: () -> Void) throws(SpikelineError) {
        for inlet in inlets { try inlet.live?.start() }
        while !stop.isRequested, failure == nil {
            guard let (inlet, find) = next(until: stop) else { return }
            switch find {
            case .block(let index, let batch):
                inlet.upTo = max(inlet.upTo, batch.upTo)
                try carrier.carry(inlet.source, of: inlet.stage)
                try inlet.stage.give(batch)
                inlet.live?.recycle(index)
                pulse()
            case .nothing:
                try readOwn(inlet, until: stop)
                if !inlet.hasEnded { pulse() }
            case .end(let error):
                if error?.cause != .ended { failure = error }
                try end(inlet)
            }
            if observer != nil { count() }
        }
    }

    /// Waits until `time` would have come, had the sensor been there when the run began.
    private func wait(for time: StreamTime, until stop: StopSignal) {
        guard time != .end else { return }
        while !stop.isRequested {
            let left = (begun &+ time.nanoseconds - MonotonicClock.nanoseconds()) / 1_000_000
            guard left > 0 else { return }
            MonotonicClock.sleep(milliseconds: min(left, 50))
            if observer != nil { count() }
        }
    }

    /// Tells the observer five times a second what has been done.
    private func count() {
        let now = MonotonicClock.nanoseconds()
        guard now >= nextCount else { return }
        nextCount = now + 200_000_000
        summary.wallSeconds = Double(now - begun) / 1e9
        summary.processorSeconds = ProcessClock.processorSeconds() - processorBefore
        summarise()
        observer?.counted(summary)
    }

    /// Reads a source that comes at our pace.
    private func readOwn(_ inlet: Inlet, until stop: StopSignal) throws(SpikelineError) {
        do {
            guard try inlet.stage.read(inlet.source), let output = inlet.stage.output else { return try end(inlet) }
            inlet.upTo = max(inlet.upTo, output.upTo)
            if isPaced { wait(for: inlet.upTo, until: stop) }
        } catch {
            if error.cause != .ended { failure = error }
            return try end(inlet)
        }
        try carrier.carry(inlet.source, of: inlet.stage)
        if let output = inlet.stage.output { try inlet.stage.give(output) }
    }

    private func end(_ inlet: Inlet) throws(SpikelineError) {
        inlet.hasEnded = true
        try carrier.carry(inlet.source, of: inlet.stage)
        try inlet.stage.finishReaders()
    }

    /// The inlet that goes next, with its block if it is live; waits while only live sources are left and none has
    /// anything. Nil when all have ended or the stop is requested.
    private func next(until stop: StopSignal) -> (Inlet, LiveInlet.Find)? {
        monitor.locked {
            while !stop.isRequested {
                var best: Inlet?
                var isOpen = false
                for inlet in inlets where !inlet.hasEnded {
                    isOpen = true
                    if let live = inlet.live, !live.isReady { continue }
                    if let other = best, other.upTo <= inlet.upTo { continue }
                    best = inlet
                }
                if let best { return (best, best.live?.take() ?? .nothing) }
                if !isOpen { return nil }
                monitor.wait(milliseconds: 100)
            }
            return nil
        }
    }

    private func summarise() {
        for inlet in inlets {
            guard let live = inlet.live else { continue }
            inlet.stage.counts.dropped = live.counts.dropped
            inlet.stage.counts.nanoseconds = live.counts.nanoseconds
        }
        summary.streamSeconds = inlets.map(\.upTo).filter { $0 != .end }.max()?.seconds ?? 0
        summary.stages = stages.map {
            RunSummary.Stage(name: $0.name, counts: $0.counts, counters: $0.stage.counters.counts)
        }
        summary.records = stages.reduce(0) { $0 + ($1.makesRecords ? $1.counts.itemsOut : 0) }
    }
}
