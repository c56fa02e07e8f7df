import SpikeSignals

@testable import SpikePipeline

/// A live source that delivers blocks of 10 numbers as fast as it is read.
final class ToyMicrophone: Source {
    var isLive: Bool { true }
    let blocks: Int
    let failsAt: Int?
    /// Requested after block 10, if there is one.
    let stop: StopSignal?
    var block = 0

    init(blocks: Int, failsAt: Int? = nil, stop: StopSignal? = nil) {
        self.blocks = blocks
        self.failsAt = failsAt
        self.stop = stop
    }

    func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        if block == failsAt { throw SpikelineError("unplugged", at: "toy", cause: .lost) }
        guard block < blocks else { return false }
        if block == 10 { stop?.request() }
        output.sampleRate = 1_000
        output.firstSample = Int64(block * 10)
        for value in 0..<10 { output.samples.append(Int32(block * 10 + value)) }
        output.updateUpTo()
        block += 1
        return true
    }
}

/// The catalogue with a live source `live` that fills its queue without end or as told.
func liveCatalogue(_ bench: Bench, stop: StopSignal? = nil) -> Catalogue {
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
                        stop: stop)))
        })
    return Catalogue(Array(toyCatalogue(bench).descriptors.values) + [live])
}
