import CAllocationCounter
import SpikeEncoders
import SpikeSignals
import SpikeTestSupport
import Testing

/// A batch of events costs no heap memory in any filter once the size of the sensor is known.
@Suite struct EventFilterAllocationTests {
    private static let filters: [(descriptor: StageDescriptor, options: [String: OptionValue])] = [
        (CropFilter.descriptor, ["width": .integer(64), "height": .integer(64)]),
        (DownsampleFilter.descriptor, ["factor": .integer(2), "keep": .string("one_per_step")]),
        (PolarityFilter.descriptor, ["keep": .string("on")]), (MirrorFilter.descriptor, ["flip_x": .bool(true)]),
        (RefractoryFilter.descriptor, [:]), (BackgroundActivityFilter.descriptor, ["same_polarity": .bool(true)]),
        // Learning ends and begins anew in every batch.
        (HotPixelFilter.descriptor, ["learn_ms": .integer(1), "relearn_ms": .integer(2), "min_rate_hz": .integer(0)]),
        (RateLimitFilter.descriptor, ["max_events_per_s": .integer(100_000)]), (FlickerFilter.descriptor, [:]),
    ]

    @Test(
        .enabled(if: AllocationTests.isOptimized, "unoptimised closures live on the heap: swift test -c release"),
        arguments: 0..<filters.count)
    func aBatchAllocatesNothing(index: Int) throws {
        let (descriptor, options) = EventFilterAllocationTests.filters[index]
        let context = StageContext(pipeline: "test", stage: "filter", folder: "")
        guard case .transform(let stage) = try descriptor.make(Options(options), context) else {
            Issue.record("not a transform")
            return
        }
        let (input, output) = (EventBatch(), EventBatch())
        (input.width, input.height) = (128, 128)
        var dice = Dice(state: 1)
        var (time, allocations, passed) = (Int64(0), 0, 0)
        for round in 0..<20 {
            input.removeAll()
            while !input.isFull {
                time += Int64(dice.pick(0...2))
                _ = input.append(
                    time: time, x: UInt16(dice.pick(0...127)), y: UInt16(dice.pick(0...127)), isOn: dice.next() & 1 == 0
                )
            }
            output.removeAll()
            allocation_counter_start()
            try stage.process(input, output)
            let count = allocation_counter_stop()
            if round > 0 { allocations += count }
            passed += output.count
        }
        #expect(allocations == 0, "\(descriptor.type)")
        #expect(passed > 1_000)
    }
}
