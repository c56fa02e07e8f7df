import CAllocationCounter
import SpikeEncoders
import SpikeHeads
import SpikeSignals
import SpikeTestSupport
import Testing

/// A tick costs no heap memory from samples to score while nothing is reported and nothing solved for.
@Suite struct AnomalyAllocationTests {
    @Test(.enabled(if: AllocationTests.isOptimized, "unoptimised closures live on the heap: swift test -c release"))
    func aTickAllocatesNothing() throws {
        var parameters = AnomalyParameters()
        (parameters.warmUpSeconds, parameters.calibrateSeconds) = (10, 10)
        var bands = BandParameters()
        bands.bands = 16
        let encoder = BandEncoder(bands)
        let head = try AnomalyHead(parameters, context: StageContext(pipeline: "p", stage: "s", folder: ""))
        let (audio, spikes, records) = (AudioBatch(), SpikeBatch(), RecordBatch())
        audio.channels = 2
        (audio.samples, audio.sampleRate) = ([Int32](repeating: 0, count: 2 * 200), 2_000)
        var (dice, phases, allocations, measured, solvings) = (Dice(state: 1), 0, 0, 0, 0)
        for block in 0..<600 {
            for index in audio.samples.indices { audio.samples[index] = dice.pick32(-1_000_000...1_000_000) }
            audio.firstSample = Int64(block) * 200
            audio.updateUpTo()
            spikes.removeAll()
            records.removeAll()
            allocation_counter_start()
            try encoder.process(audio, into: spikes)
            try head.process(spikes, into: records)
            let count = allocation_counter_stop()
            phases += records.count
            guard block >= 260 else { continue }
            // Armed since block 217: a block of ten ticks in which thresholds or weights are solved for is one of many.
            #expect(records.records.isEmpty)
            measured += 1
            if count > 0 { solvings += 1 }
            allocations += count
        }
        #expect(phases == 3 && measured == 340)
        // In 34 s, thresholds are found anew every 10 s and weights after 10 s or more.
        #expect(solvings <= 6, "\(solvings) blocks with \(allocations) allocations")
    }
}
