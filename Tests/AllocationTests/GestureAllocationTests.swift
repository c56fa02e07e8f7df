import CAllocationCounter
import SpikeHeads
import SpikeSignals
import Testing

/// A tick costs no heap memory in the gesture head while nothing is reported.
@Suite struct GestureAllocationTests {
    @Test(.enabled(if: AllocationTests.isOptimized, "unoptimised closures live on the heap: swift test -c release"))
    func aBatchAllocatesNothing() throws {
        let parameters = GestureParameters(labels: (0..<11).map { "gesture \($0)" })
        let head = try GestureHead(parameters, context: StageContext(pipeline: "p", stage: "s", folder: ""))
        let (input, output) = (PotentialBatch(), RecordBatch())
        (input.outputs, input.tickNanoseconds) = (11, 20_000_000)
        input.levels = (0..<50).map { EventLevel.level(ofCount: 200 + $0) }
        // One gesture all the time: recognised in the first batch.
        input.potentials = (0..<50 * 11).map { $0 % 11 == 3 ? 2_000 : Int32($0 % 7) * 40 }
        var allocations = 0
        for round in 0..<20 {
            output.removeAll()
            allocation_counter_start()
            try head.process(input, into: output)
            let count = allocation_counter_stop()
            if round > 0 { allocations += count }
            input.firstTick += 50
        }
        #expect(allocations == 0)
        try head.finish(into: output)
        #expect(output.count == 1)
    }
}
