import CAllocationCounter
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

/// Reading a recording allocates nothing once it is warm: neither for a batch nor for a packet of the file.
@Suite struct EventFileAllocationTests {
    /// A file of 24 batches of 346 x 260 pixels.
    private func recording(_ options: EventFileWriter.Options, in folder: String) throws -> String {
        let path = folder + "/recording"
        let writer = try EventFileWriter(path: path, options: options)
        var dice = Dice(state: 1)
        let batch = EventBatch()
        (batch.width, batch.height) = (346, 260)
        var time: Int64 = 0
        for _ in 0..<24 {
            while !batch.isFull {
                time += Int64(dice.pick(0...3))
                _ = batch.append(
                    time: time, x: UInt16(dice.pick(0...345)), y: UInt16(dice.pick(0...259)),
                    isOn: Bool.random(using: &dice))
            }
            try writer.write(batch)
            batch.removeAll()
        }
        try writer.close()
        return path
    }

    @Test(
        .enabled(if: AllocationTests.isOptimized, "unoptimised closures live on the heap: swift test -c release"),
        arguments: EventFileWriter.formats, EventFileWriter.Compression.allCases)
    func aBatchAllocatesNothing(format: EventFileFormat, compression: EventFileWriter.Compression) throws {
        guard format == .aedat4 || compression == .none else { return }
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        var options = EventFileWriter.Options(format: format, size: SensorSize(width: 346, height: 260))
        options.compression = compression
        let reader = try EventFileReader(path: recording(options, in: folder))
        let batch = EventBatch()
        // Buffers have grown to what they need after the first few batches.
        for _ in 0..<4 {
            batch.removeAll()
            #expect(try reader.read(into: batch))
        }
        var counts: [Int] = []
        for _ in 0..<20 {
            batch.removeAll()
            allocation_counter_start()
            let isThere = try reader.read(into: batch)
            counts.append(allocation_counter_stop())
            guard isThere, batch.isFull else {
                Issue.record("\(counts.count + 4) batches came")
                return
            }
        }
        #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
    }
}
