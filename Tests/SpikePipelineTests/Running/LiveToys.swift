import SpikeSignals
import Synchronization

@testable import SpikePipeline

#if canImport(Glibc)
import Glibc
#endif

/// A live source that delivers blocks of 10 numbers as fast as it is read, or paced.
final class ToyMicrophone: Source {
    var isLive: Bool { true }
    let blocks: Int
    let failsAt: Int?
    let pause: UInt32
    var block = 0

    init(blocks: Int, failsAt: Int? = nil, pauseMicroseconds: UInt32 = 0) {
        self.blocks = blocks
        self.failsAt = failsAt
        pause = pauseMicroseconds
    }

    func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        if block == failsAt { throw SpikelineError("unplugged", at: "toy", cause: .lost) }
        guard block < blocks else { return false }
        if pause > 0 { usleep(pause) }
        output.sampleRate = 1_000
        output.firstSample = Int64(block * 10)
        for value in 0..<10 { output.samples.append(Int32(block * 10 + value)) }
        output.updateUpTo()
        block += 1
        return true
    }
}

/// The catalogue with a live source `live` that fills its queue without end or as told.
func liveCatalogue(_ bench: Bench, pauseMicroseconds: UInt32 = 0) -> Catalogue {
    let live = StageDescriptor(
        type: "live", role: .source, output: .audio, summary: "Delivers at its own pace.",
        options: [
            OptionSpec("blocks", .integer(0...1_000_000_000), help: "How many blocks."),
            OptionSpec("fails_at", .integer(0...1_000_000), help: "Which block fails."),
            OptionSpec("queue_blocks", .integer(1...1_000), help: "How many blocks may wait."),
            OptionSpec(
                "when_full", .choice(FullQueuePolicy.allCases.map(\.rawValue)), help: "What to do when it is full."),
        ],
        make: { (options, _) throws(SpikelineError) in
            .source(
                AnySource(
                    ToyMicrophone(
                        blocks: options.integer("blocks") ?? 1, failsAt: options.integer("fails_at"),
                        pauseMicroseconds: pauseMicroseconds)))
        })
    return Catalogue(Array(toyCatalogue(bench).descriptors.values) + [live])
}
