import SpikeSignals
import Testing

@Suite struct BatchTests {
    @Test func spikesPerTick() {
        let batch = SpikeBatch()
        batch.firstTick = 100
        batch.tickNanoseconds = 10
        batch.append(channel: 3, count: 1)
        batch.append(channel: 7, count: 2)
        batch.endTick(level: -2_000)
        batch.endTick()
        batch.append(channel: 1, count: 1)
        batch.endTick()
        #expect(batch.count == 3)
        #expect((0..<3).map { batch.range(ofTick: $0) } == [0..<2, 2..<2, 2..<3])
        #expect(batch.spikes[1] == ChannelSpikes(channel: 7, count: 2))
        #expect(batch.levels == [-2_000, SpikeBatch.unknownLevel, SpikeBatch.unknownLevel])
        #expect(batch.upTo == StreamTime(nanoseconds: 1_030))
    }

    @Test func emptyingKeepsStorageAndTime() {
        let batch = AudioBatch()
        batch.firstSample = 16_000
        batch.samples = Array(repeating: 1, count: 160)
        batch.updateUpTo()
        let capacity = batch.samples.capacity
        batch.removeAll()
        #expect(batch.count == 0)
        #expect(batch.samples.capacity == capacity)
        #expect(batch.upTo == StreamTime(nanoseconds: 1_010_000_000))
    }

    @Test func kinds() {
        #expect(AudioBatch.kind == .audio)
        #expect(SpikeBatch.kind == .spikes)
        #expect(PotentialBatch.kind == .potentials)
        #expect(RecordBatch.kind == .records)
        for batch in [AudioBatch(), SpikeBatch(), PotentialBatch(), RecordBatch()] as [any Batch] {
            #expect(batch.count == 0)
            #expect(batch.upTo == .zero)
        }
    }

    @Test func potentialsPerTick() {
        let batch = PotentialBatch()
        batch.outputs = 2
        batch.potentials = [1, 2, 3, 4]
        batch.levels = [0, 0]
        #expect(batch.count == 2)
        batch.removeAll()
        #expect(batch.potentials.isEmpty)
    }
}
