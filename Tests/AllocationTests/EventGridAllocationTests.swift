import CAllocationCounter
import SpikeEncoders
import SpikeSignals
import SpikeTestSupport
import Testing

/// A batch of events costs no heap memory in the grid once the batches have grown.
@Suite struct EventGridAllocationTests {
    @Test(.enabled(if: AllocationTests.isOptimized, "unoptimised closures live on the heap: swift test -c release"))
    func aBatchAllocatesNothing() throws {
        let stage = try EventGridStage()
        let (input, output) = (EventBatch(), SpikeBatch())
        (input.width, input.height) = (346, 260)
        var dice = Dice(state: 1)
        var (time, allocations, spikes) = (Int64(0), 0, 0)
        for round in 0..<20 {
            input.removeAll()
            // The first has twice as many ticks and the second twice as many events in a tick, so that later ones fit what lists of
            // either have grown to: how far an array grows is up to the allocator, which may have a little more to give.
            while !input.isFull {
                time += Int64(dice.pick(0...[40, 10, 20][min(round, 2)]))
                let (x, y) = (UInt16(dice.pick(0...345)), UInt16(dice.pick(0...259)))
                _ = input.append(time: time, x: x, y: y, isOn: dice.next() & 1 == 0)
            }
            output.removeAll()
            allocation_counter_start()
            try stage.process(input, into: output)
            let count = allocation_counter_stop()
            if round > 1 { allocations += count }
            spikes += output.spikes.count
            #expect(try !stage.processMore(into: output))
        }
        #expect(allocations == 0)
        #expect(spikes > 1_000)
    }
}
