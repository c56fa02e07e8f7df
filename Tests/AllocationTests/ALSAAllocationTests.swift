import CAllocationCounter
import SpikeSensors
import SpikeSignals
import SpikeTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A block of a microphone costs no heap memory once it is warm, resampled or not.
@Suite struct ALSAAllocationTests {
    @Test(
        .enabled(if: AllocationTests.isOptimized, "unoptimised closures live on the heap: swift test -c release"),
        arguments: ["raw:", "rate48:", "stereo:"])
    func aBlockAllocatesNothing(device: String) throws {
        _ = SoundDevices.areSetUp
        let folder = try Scratch.folder()
        defer { Scratch.remove(folder) }
        let path = folder + "/sound.raw"
        let file = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        _ = unsafe write(file, bytes, bytes.count)
        close(file)
        let source = try ALSASource(device: device + path)
        let block = AudioBatch()
        for _ in 0..<10 {
            block.removeAll()
            #expect(try source.read(into: block))
        }
        var counts: [Int] = []
        for _ in 0..<100 {
            block.removeAll()
            allocation_counter_start()
            let isThere = try source.read(into: block)
            counts.append(allocation_counter_stop())
            guard isThere, block.count > 0 else {
                Issue.record("\(counts.count + 10) blocks came")
                return
            }
        }
        #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
    }
}
