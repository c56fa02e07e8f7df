import CAllocationCounter
import SpikeEncoders
import SpikeSignals
import SpikeTestSupport
import Testing

/// A tick costs no heap memory from samples to spikes, whatever the coding.
@Suite struct CodingAllocationTests {
    @Test(
        .enabled(if: AllocationTests.isOptimized, "unoptimised closures live on the heap: swift test -c release"),
        arguments: CodingParameters.Method.allCases)
    func aBlockAllocatesNothing(method: CodingParameters.Method) throws {
        let stage = try CodingStage(CodingStage.Settings(method))
        let decoder = try CodingDecoder(stage.settings.coding, values: 16)
        let row = [UInt8](repeating: 1, count: 16 * stage.settings.coding.channelsPerValue)
        let (audio, spikes) = (AudioBatch(), SpikeBatch())
        audio.samples = [Int32](repeating: 0, count: 1_600)
        var (dice, counts, fired) = (Dice(state: 1), [Int](), 0)
        for block in 0..<60 {
            // As loud as it gets first, so that the batch has grown when counting begins.
            let loudest: Int32 = block < 20 ? 8_000_000 : 8_000_000 / Int32(1 + block % 7)
            for index in audio.samples.indices { audio.samples[index] = dice.pick32(-loudest...loudest) }
            audio.firstSample = Int64(block) * 1_600 + (block > 40 ? 5_000 : 0)
            audio.updateUpTo()
            spikes.removeAll()
            allocation_counter_start()
            try stage.process(audio, into: spikes)
            decoder.decode(row)
            counts.append(allocation_counter_stop())
            fired += spikes.spikes.count
        }
        #expect(fired > 0)
        #expect(counts[20...].allSatisfy { $0 == 0 }, "\(counts)")
    }
}
