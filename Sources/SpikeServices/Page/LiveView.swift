import SpikePipeline
import SpikeSignals
import Synchronization

/// What a page and its metrics show of a running pipeline.
///
/// The pipeline's thread writes, threads of clients read, behind one lock. While nobody looks, a batch costs a comparison; only
/// records, and the arrival of live blocks, are noted always.
public final class LiveView: PipelineObserver, Sendable {
    /// The most records that a page is shown when it opens.
    static let mostRecords = 100

    /// All that is known.
    struct State: Sendable {
        /// The stages, in the order of the pipeline.
        var stages: [ObservedStage] = []
        /// What the run has done.
        var summary = RunSummary()
        /// Whether the run is over.
        var hasEnded = false
        /// When something last moved, in nanoseconds of the machine's clock.
        var movedAt: Int64 = 0
        /// How many records there were, by kind.
        var recordCounts: [String: Int] = [:]
        /// From the capture of the sample at which something was detected until its record left the stage.
        var detection = LatencyHistogram()
        /// From the end of what was detected until its record left the stage.
        var ending = LatencyHistogram()

        fileprivate var traces = LiveTraces()
        fileprivate var origins: [StreamOrigin] = []
        /// The last records as JSON, and how many there were in all.
        fileprivate var records: [String] = []
        fileprivate var recordCount = 0
        fileprivate var shown = 0
    }

    /// The name of the pipeline.
    public let name: String
    private let state = Mutex(State())
    /// What one frame shows, moved here from the state.
    private let drawing = Mutex(LiveTraces())
    private let watchers = Atomic(0)

    /// A view of the pipeline called `name`, which has not begun.
    public init(name: String) { self.name = name }

    /// What is known now.
    var now: State { state.withLock { $0 } }

    // What the pipeline says.

    /// ``PipelineObserver/begins(_:)``; what an earlier run of the same pipeline counted is forgotten, its records are not.
    public func begins(_ stages: [ObservedStage]) {
        state.withLock {
            let (records, count) = ($0.records, $0.recordCount)
            $0 = State()
            ($0.records, $0.recordCount, $0.shown) = (records, count, count)
            $0.stages = stages
            $0.traces = LiveTraces(stages)
            $0.origins = stages.map { _ in StreamOrigin() }
            $0.movedAt = MonotonicClock.nanoseconds()
        }
    }

    /// ``PipelineObserver/stage(_:gave:)``.
    public func stage(_ index: Int, gave batch: any Batch) {
        if let batch = batch as? RecordBatch {
            if batch.count > 0 { note(batch, from: index) }
            return
        }
        guard isWatched else { return }
        state.withLock { $0.traces.add(batch, of: index) }
    }

    /// ``PipelineObserver/wantsInsight``: while somebody looks.
    public var wantsInsight: Bool { isWatched }

    /// ``PipelineObserver/stage(_:showed:)``.
    public func stage(_ index: Int, showed insight: StageInsight) {
        state.withLock { $0.traces.add(insight, of: index) }
    }

    /// ``PipelineObserver/arrived(upTo:from:)``.
    public func arrived(upTo time: StreamTime, from index: Int) {
        let now = MonotonicClock.nanoseconds()
        state.withLock {
            $0.movedAt = now
            guard $0.stages.indices.contains(index), $0.stages[index].isLive, time != .end, time > .zero else { return }
            $0.origins[index].add(upTo: time.nanoseconds, now: now)
        }
    }

    /// ``PipelineObserver/noticed(_:at:)``.
    public func noticed(_ faults: RecordBatch, at index: Int) { note(faults, from: nil) }

    /// ``PipelineObserver/counted(_:)``.
    public func counted(_ summary: RunSummary) { state.withLock { $0.summary = summary } }

    /// The run is over; the page says so.
    public func ended() { state.withLock { $0.hasEnded = true } }

    /// Notes records of the stage that made them: not of those that only pass them on.
    private func note(_ batch: RecordBatch, from index: Int?) {
        let now = MonotonicClock.nanoseconds()
        state.withLock { state in
            if let index {
                guard state.stages.indices.contains(index),
                    state.stages[index].inputs.allSatisfy({ state.stages[$0].output != .records })
                else { return }
            }
            let origin = state.origins.compactMap(\.nanoseconds).max()
            for record in batch.records {
                state.recordCounts[record.kind, default: 0] += 1
                state.recordCount += 1
                if state.records.count == LiveView.mostRecords { state.records.removeFirst() }
                state.records.append(record.json)
                guard let origin, index != nil else { continue }
                state.detection.add(nanoseconds: now &- origin &- record.at.nanoseconds)
                if let end = record.end { state.ending.add(nanoseconds: now &- origin &- end.nanoseconds) }
            }
        }
    }

    // What clients are shown.

    /// Somebody begins to look (1) or stops (-1).
    func watch(_ change: Int) { watchers.add(change, ordering: .relaxed) }

    /// Whether somebody looks.
    var isWatched: Bool { watchers.load(ordering: .relaxed) > 0 }

    /// What a client is told first: the graph, and the last records.
    func greeting() -> [UInt8] {
        let state = now
        let stages = state.stages.map { stage in
            JSONValue.object([
                ("name", .string(stage.name)), ("type", .string(stage.type)),
                ("output", stage.output.map { .string($0.rawValue) } ?? .null),
                ("inputs", .array(stage.inputs.map { .integer($0) })), ("live", .bool(stage.isLive)),
                ("labels", .array(stage.labels.map { .string($0) })),
                ("populations", .array(stage.populations.map { .string($0.name) })),
            ])
        }
        let head = JSONValue.object([("name", .string(name)), ("stages", .array(stages))]).text.dropLast()
        let text = "\(head), \"q\": \(state.recordCount), \"records\": [\(state.records.joined(separator: ","))]}"
        return Array("event: hello\ndata: \(text)\n\n".utf8)
    }

    /// What has happened since the last frame, as an event of a stream of server-sent events.
    func frame() -> [UInt8] {
        drawing.withLock { drawing in
            let (summary, stages, hasEnded, recordCount, records) = state.withLock { state in
                state.traces.move(to: &drawing)
                let new = min(state.recordCount - state.shown, state.records.count)
                state.shown = state.recordCount
                return (
                    state.summary, state.stages, state.hasEnded, state.recordCount, Array(state.records.suffix(new))
                )
            }
            var out = Array("data: {\"t\":".utf8)
            out += (JSONValue.decimal(summary.streamSeconds, decimals: 3) ?? "0").utf8
            out += ",\"cpu\":".utf8
            out += (JSONValue.decimal(summary.processorSeconds, decimals: 3) ?? "0").utf8
            out += ",\"end\":\(hasEnded),\"c\":[".utf8
            for (index, stage) in summary.stages.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                out += "[\(stage.counts.itemsIn),\(stage.counts.itemsOut),\(stage.counts.dropped)]".utf8
            }
            out += "],\"q\":\(recordCount),\"r\":[".utf8
            out += records.joined(separator: ",").utf8
            out += "],\"s\":{".utf8
            drawing.write(stages, into: &out)
            out += "}}\n\n".utf8
            return out
        }
    }
}

extension Record {
    /// What kind of record it is, as its JSON says.
    var kind: String {
        switch self {
        case .keyword: "keyword"
        case .gesture: "gesture"
        case .anomaly: "anomaly"
        case .phase: "phase"
        case .sensorFault: "sensor_fault"
        case .received(let record): record.kind
        }
    }

    /// When what it reports was over; nil if it has no extent.
    var end: StreamTime? {
        switch self {
        case .keyword(let record): record.to
        case .gesture(let record): record.to
        default: nil
        }
    }
}
