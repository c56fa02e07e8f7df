import SpikeSignals
import Testing

@testable import SpikeSensors

/// Pauses that no batch spans.
struct EventStreamPauseTests {
    @Test func anEventAfterMoreThanBatchesSpanIsRead() throws {
        var bytes = Array("Event Stream".utf8) + [2, 0, 0, 1, 8, 0, 8, 0]
        bytes += [UInt8](repeating: 0xFF, count: 20_000_000) + [2, 3, 0, 1, 0]
        let reader = try EventFileReader(bytes: bytes, name: "m")
        let batch = EventBatch()
        #expect(try reader.read(into: batch))
        #expect(batch.count == 1 && batch.time(of: batch[0]) == 20_000_000 * 127 + 1)
        batch.removeAll()
        #expect(try !reader.read(into: batch))
        #expect(reader.log.damage.isEmpty)
    }
}
