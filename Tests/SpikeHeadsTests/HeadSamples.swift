import SpikeSignals

@testable import SpikeHeads

/// A made-up stream of potentials for [yes, no, unknown] in 10 ms ticks and 256 units per octave.
struct Stream {
    static let labels = ["yes", "no", "unknown"]
    var potentials: [Int32]
    var levels: [Int16]

    /// `ticks` ticks in which "unknown" leads by 4 octaves at -70 dB.
    init(ticks: Int) {
        potentials = (0..<ticks).flatMap { _ in [0, 0, 1_024] as [Int32] }
        levels = [Int16](repeating: -7_000, count: ticks)
    }

    /// Says label `label` in `ticks`: 14 octaves and a level of -20 dB.
    mutating func say(_ label: Int, in ticks: Range<Int>, level: Int16 = -2_000) {
        for tick in ticks {
            potentials[tick * 3 + label] = 14 * 256
            levels[tick] = level
        }
    }

    /// Runs the stream through a head in batches of these sizes, again and again.
    func records(_ parameters: KeywordParameters, batches sizes: [Int] = [10]) throws -> [KeywordRecord] {
        let context = StageContext(pipeline: "keywords", stage: "words", folder: "")
        let head = try KeywordHead(parameters, context: context)
        let input = PotentialBatch()
        let output = RecordBatch()
        var records: [KeywordRecord] = []
        var tick = 0
        var turn = 0
        while tick < levels.count {
            let end = min(levels.count, tick + sizes[turn % sizes.count])
            fill(input, from: tick, to: end)
            output.removeAll()
            try head.process(input, into: output)
            records += output.records.compactMap { if case .keyword(let record) = $0 { record } else { nil } }
            tick = end
            turn += 1
        }
        return records
    }

    private func fill(_ batch: PotentialBatch, from tick: Int, to end: Int) {
        batch.removeAll()
        batch.outputs = 3
        batch.firstTick = Int64(tick)
        batch.potentials += potentials[(tick * 3)..<(end * 3)]
        batch.levels += levels[tick..<end]
        batch.upTo = StreamTime(nanoseconds: Int64(end) * batch.tickNanoseconds)
    }
}
