import SpikeSignals
import Synchronization

/// Records that wait in memory and end with the process.
final class MemoryQueue: RecordQueue {
    private struct State {
        var records: [OutgoingRecord] = []
        var lastKey: Int64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Room for `limit` records.
    init(limit: Int) { self.limit = max(1, limit) }

    var count: Int { state.withLock { $0.records.count } }

    func append(_ records: [OutgoingRecord]) -> Int {
        state.withLock { state in
            for var record in records {
                state.lastKey += 1
                record.key = state.lastKey
                state.records.append(record)
            }
            let excess = max(0, state.records.count - limit)
            state.records.removeFirst(excess)
            return excess
        }
    }

    func first(_ limit: Int) -> [OutgoingRecord] { state.withLock { Array($0.records.prefix(limit)) } }

    func remove(_ keys: [Int64]) {
        let gone = Set(keys)
        state.withLock { state in state.records.removeAll { gone.contains($0.key) } }
    }
}
