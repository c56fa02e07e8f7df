import SpikeSignals

/// Merges the records of several stages into one stream in the order of time.
///
/// ```
/// words   | yes 1.2 |        | upTo 3.0        out: yes 1.2, hum 1.5, and upTo 2.0;
/// machine |         hum 1.5  | upTo 2.0        "no" at 2.4 would wait until machine has passed 2.4
/// ```
/// Every input says how far it has come, so a record is let go as soon as no earlier one can follow; records of the
/// same time leave in the order of the inputs.
struct RecordMerger {
    /// Records held back for an input that lags; beyond this the oldest leave early.
    static let mostHeld = 65_536

    private var held: [[Record]]
    private var upTo: [StreamTime]

    /// Merges that many inputs.
    init(inputs: Int) {
        held = Array(repeating: [], count: inputs)
        upTo = Array(repeating: .zero, count: inputs)
    }

    /// Takes what input `index` gave.
    mutating func add(_ batch: RecordBatch, from index: Int) {
        held[index].append(contentsOf: batch.records)
        upTo[index] = max(upTo[index], batch.upTo)
    }

    /// Input `index` gives nothing more.
    mutating func finish(_ index: Int) { upTo[index] = .end }

    /// Appends to the empty `output` what may leave now; allocates nothing while no record is held.
    mutating func release(into output: RecordBatch) {
        output.upTo = upTo.min() ?? .end
        var waiting = held.reduce(0) { $0 + $1.count }
        guard waiting > 0 else { return }
        var starts = Array(repeating: 0, count: held.count)
        while let next = earliest(from: starts) {
            let record = held[next][starts[next]]
            let isDue = record.at < output.upTo || output.upTo == .end
            guard isDue || waiting > RecordMerger.mostHeld else { break }
            output.records.append(record)
            starts[next] += 1
            waiting -= 1
        }
        for index in held.indices where starts[index] > 0 { held[index].removeFirst(starts[index]) }
    }

    /// The input whose next record is the earliest.
    private func earliest(from starts: [Int]) -> Int? {
        var best: Int?
        for index in held.indices where starts[index] < held[index].count {
            if let other = best, held[other][starts[other]].at <= held[index][starts[index]].at { continue }
            best = index
        }
        return best
    }
}
