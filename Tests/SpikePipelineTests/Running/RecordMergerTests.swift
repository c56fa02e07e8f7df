import SpikeSignals
import Testing

@testable import SpikePipeline

@Suite struct RecordMergerTests {
    private func batch(_ times: [Int64], upTo: Int64) -> RecordBatch {
        let batch = RecordBatch()
        batch.records = times.map {
            .sensorFault(
                SensorFaultRecord(
                    fault: "stalled", place: "", at: StreamTime(nanoseconds: $0), pipeline: "p", stage: "s"))
        }
        batch.upTo = StreamTime(nanoseconds: upTo)
        return batch
    }

    private func times(_ batch: RecordBatch) -> [Int64] { batch.records.map(\.at.nanoseconds) }

    @Test func holdsBackWhatOthersMayStillPrecede() {
        var merger = RecordMerger(inputs: 2)
        let out = RecordBatch()
        merger.add(batch([5, 20], upTo: 30), from: 0)
        merger.release(into: out)
        #expect(times(out) == [])
        #expect(out.upTo == .zero)
        out.removeAll()
        merger.add(batch([3, 10], upTo: 15), from: 1)
        merger.release(into: out)
        #expect(times(out) == [3, 5, 10])
        #expect(out.upTo == StreamTime(nanoseconds: 15))
        out.removeAll()
        merger.finish(1)
        merger.release(into: out)
        #expect(times(out) == [20])
        #expect(out.upTo == StreamTime(nanoseconds: 30))
        out.removeAll()
        merger.add(batch([30], upTo: 30), from: 0)
        merger.release(into: out)
        #expect(times(out) == [])
        merger.finish(0)
        merger.release(into: out)
        #expect(times(out) == [30])
        #expect(out.upTo == .end)
    }

    @Test func anInputThatNeverMovesCannotFillMemory() {
        var merger = RecordMerger(inputs: 2)
        let out = RecordBatch()
        merger.add(batch(Array(0..<70_000), upTo: 70_000), from: 0)
        merger.release(into: out)
        #expect(out.count == 70_000 - RecordMerger.mostHeld)
    }

    /// The order does not depend on how the inputs are cut into batches.
    @Test func orderDoesNotDependOnBatches() {
        var random = SplitMix(state: 3)
        let inputs = (0..<3).map { _ in (0..<200).map { _ in Int64(random.next() % 1_000) }.sorted() }
        let expected = inputs.joined().sorted()
        for step in [1, 10, 77, 1_000] as [Int64] {
            var merger = RecordMerger(inputs: 3)
            let out = RecordBatch()
            for begin in stride(from: Int64(0), to: 1_000, by: Int(step)) {
                for (index, input) in inputs.enumerated() {
                    let part = input.filter { $0 >= begin && $0 < begin + step }
                    merger.add(batch(part, upTo: begin + step), from: index)
                    let piece = RecordBatch()
                    merger.release(into: piece)
                    out.records += piece.records
                }
            }
            #expect(times(out) == expected)
        }
    }
}
