import SpikeSignals

@testable import SpikeHeads

/// A made-up stream of potentials for [wave, clap, other] in 20 ms ticks and 256 units per octave.
struct GestureStream {
    var potentials: [Int32] = []
    var levels: [Int16] = []
    /// The tick at which the stream begins, and a jump of the tick counter before each of these ticks.
    var first: Int64 = 0

    /// `ticks` ticks in which label `label` leads by `octaves`, with `events` events each.
    mutating func add(_ label: Int?, ticks: Int, events: Int = 200, octaves: Int32 = 6) {
        for _ in 0..<ticks {
            potentials += (0..<3).map { $0 == label ? octaves * 256 : 0 }
            levels.append(EventLevel.level(ofCount: events))
        }
    }

    /// The parameters of the tests: window 10 ticks, confirm 5, release 10, at least 20 events a tick.
    static var parameters: GestureParameters {
        var parameters = GestureParameters(labels: ["wave", "clap", "other"])
        parameters.windowMilliseconds = 200
        return parameters
    }

    /// A batch of the ticks of `range`.
    func batch(_ range: Range<Int>, jump: Int64 = 0) -> PotentialBatch {
        let batch = PotentialBatch()
        (batch.outputs, batch.tickNanoseconds) = (3, 20_000_000)
        batch.firstTick = first + Int64(range.lowerBound) + jump
        batch.potentials = Array(potentials[range.lowerBound * 3..<range.upperBound * 3])
        batch.levels = Array(levels[range])
        batch.upTo = StreamTime(nanoseconds: (batch.firstTick + Int64(range.count)) * 20_000_000)
        return batch
    }

    /// What a new head reports of the stream in batches of `size` ticks.
    func records(_ parameters: GestureParameters = Self.parameters, size: Int = 7) throws -> [GestureRecord] {
        let head = try GestureHead(parameters, context: StageContext(pipeline: "p", stage: "hands", folder: ""))
        let batches = stride(from: 0, to: levels.count, by: size).map { batch($0..<min($0 + size, levels.count)) }
        return try gestures(head, batches)
    }
}

/// What `head` reports of `batches` and at the end.
func gestures(_ head: GestureHead, _ batches: [PotentialBatch]) throws -> [GestureRecord] {
    let output = RecordBatch()
    for batch in batches { try head.process(batch, into: output) }
    try head.finish(into: output)
    return output.records.compactMap { if case .gesture(let record) = $0 { record } else { nil } }
}
