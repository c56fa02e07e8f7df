import SpikeSignals

/// What a stage did in a run.
public struct StageCounts: Hashable, Sendable {
    /// Items (samples, ticks, records) it took; 0 for a source.
    public var itemsIn = 0
    /// Items it made; 0 for a sink.
    public var itemsOut = 0
    /// Items of a live source that were lost because the pipeline did not keep up.
    public var dropped = 0
    /// Nanoseconds spent in it, without the stages that follow; a live source waits for its sensor in them.
    public var nanoseconds: Int64 = 0

    /// Nothing done yet.
    public init() {}

    /// Nanoseconds per item taken, for a source per item made; nil without items.
    public var nanosecondsPerItem: Double? {
        let items = itemsIn > 0 ? itemsIn : itemsOut
        return items > 0 ? Double(nanoseconds) / Double(items) : nil
    }
}

/// What a run did and what it cost.
public struct RunSummary: Hashable, Sendable {
    /// Seconds from the start of the run to its end.
    public var wallSeconds = 0.0
    /// Seconds of stream time that the sources delivered; the longest counts.
    public var streamSeconds = 0.0
    /// Seconds of processor time that the process used during the run.
    public var processorSeconds = 0.0
    /// The largest resident memory that the process ever had, in megabytes of 10^6 bytes.
    public var peakResidentMegabytes = 0.0
    /// Records that stages made of something other than records.
    public var records = 0
    /// What each stage did, in the order of the pipeline.
    public var stages: [Stage] = []

    /// A stage and what it did.
    public struct Stage: Hashable, Sendable {
        /// The name of the stage.
        public var name: String
        /// What it did.
        public var counts: StageCounts
        /// What it counted besides its items.
        public var counters: [StageCount] = []
    }

    /// Nothing done yet.
    public init() {}

    /// Wall seconds per second of stream, so smaller is faster; nil if no stream time passed.
    public var realTimeFactor: Double? { streamSeconds > 0 ? wallSeconds / streamSeconds : nil }

    /// What went wrong at the stages, a line for each that something went wrong at, as people read it:
    /// `camera: 2 damaged places, 5 damaged bytes, 1 time steps back`.
    public var troubles: [String] {
        stages.compactMap { stage in
            let counts = stage.counters.filter { $0.isTrouble && $0.value > 0 }
            guard !counts.isEmpty else { return nil }
            let words = counts.map { "\($0.value) \($0.name.split(separator: "_").joined(separator: " "))" }
            return "\(stage.name): \(words.joined(separator: ", "))"
        }
    }

    /// The summary as one JSON object; the names are a contract.
    public var jsonValue: JSONValue {
        .object([
            ("v", .integer(1)), ("wall_s", .fixed(wallSeconds, decimals: 6)),
            ("stream_s", .fixed(streamSeconds, decimals: 6)),
            ("real_time_factor", realTimeFactor.map { .fixed($0, decimals: 6) } ?? .null),
            ("cpu_s", .fixed(processorSeconds, decimals: 6)),
            ("peak_resident_mb", .fixed(peakResidentMegabytes, decimals: 3)), ("records", .integer(records)),
            ("stages", .object(stages.map { ($0.name, RunSummary.jsonValue(of: $0)) })),
        ])
    }

    /// The members of a stage; `counters` only if it counts something besides its items.
    private static func jsonValue(of stage: Stage) -> JSONValue {
        let counts = stage.counts
        var members: [(String, JSONValue)] = [
            ("in", .integer(counts.itemsIn)), ("out", .integer(counts.itemsOut)),
            ("dropped", .integer(counts.dropped)),
            ("ns_per_item", counts.nanosecondsPerItem.map { .fixed($0, decimals: 1) } ?? .null),
        ]
        if !stage.counters.isEmpty {
            members.append(("counters", .object(stage.counters.map { ($0.name, .integer($0.value)) })))
        }
        return .object(members)
    }
}
