import SpikeSignals
import Testing

@testable import SpikePipeline

/// A source that notices something about itself with every block.
private final class AilingSource: Source {
    let isLive: Bool
    let faults = SensorFaults()
    let blocks: Int
    let fails: Bool
    private var block = 0

    init(blocks: Int, isLive: Bool, fails: Bool = false) {
        self.blocks = blocks
        self.isLive = isLive
        self.fails = fails
    }

    func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        let at = StreamTime(nanoseconds: Int64(block) * 10_000_000)
        if block == blocks {
            faults.report(SensorFault(.dead, .onset, place: "toy", at: at))
            if fails { throw SpikelineError("the toy is gone", at: "toy", cause: .lost) }
            return false
        }
        faults.report(SensorFault(.xrun, .passed, place: "toy", at: at, lostMilliseconds: block))
        output.sampleRate = 1_000
        output.firstSample = Int64(block * 10)
        for value in 0..<10 { output.samples.append(Int32(block * 10 + value)) }
        output.updateUpTo()
        block += 1
        return true
    }
}

@Suite("What sources notice goes to the sinks of records") struct FaultCarrierTests {
    private let bench = Bench()

    private func graph(
        _ text: String, isLive: Bool, fails: Bool = false, blocks: Int = 3
    ) throws -> PipelineGraph {
        let ailing = StageDescriptor(
            type: "ailing", role: .source, output: .audio, summary: "Ails.",
            options: [
                OptionSpec("queue_blocks", .integer(1...100), help: "How many blocks may wait."),
                OptionSpec("when_full", .choice(["block"]), help: "What then."),
            ],
            make: { (_, _) throws(SpikelineError) in
                .source(AnySource(AilingSource(blocks: blocks, isLive: isLive, fails: fails)))
            })
        let catalogue = Catalogue(Array(toyCatalogue(bench).descriptors.values) + [ailing])
        return try Pipeline.parse(text, path: "toy.yaml", catalogue: catalogue).makeGraph()
    }

    private static let text = """
        name: toys
        sources:
          ear: {type: ailing, queue_blocks: 100, when_full: block}
        transforms:
          tens: {type: spot, inputs: [ear], word: ten}
          more: {type: spot, inputs: [ear], word: ten}
        sinks:
          one: {type: collect, inputs: [tens]}
          both: {type: collect, inputs: [tens, more]}
          raw: {type: keep, inputs: [ear]}
        """

    private func faults(_ sink: String) -> [SensorFaultRecord] {
        (bench.now.records[sink] ?? []).compactMap { record in
            if case .sensorFault(let fault) = record { fault } else { nil }
        }
    }

    @Test(arguments: [false, true]) func everySinkOfRecordsGetsThemOnce(isLive: Bool) throws {
        let summary = try graph(FaultCarrierTests.text, isLive: isLive).run()
        for sink in ["one", "both"] {
            let faults = faults(sink)
            #expect(faults.map(\.fault) == ["xrun", "xrun", "xrun", "dead"])
            #expect(faults.map(\.state) == [.passed, .passed, .passed, .onset])
            #expect(faults.map(\.lostMilliseconds) == [0, 1, 2, nil])
            #expect(faults.allSatisfy { $0.pipeline == "toys" && $0.stage == "ear" && $0.place == "toy" })
        }
        // The records of the stages come as ever.
        #expect(bench.now.records["one"]?.count == 4 + 2)
        #expect(bench.now.records["both"]?.count == 4 + 4)
        #expect(bench.now.samples["raw"]?.count == 30)
        #expect(summary.stages.first { $0.name == "one" }?.counts.itemsIn == 6)
    }

    @Test(arguments: [false, true]) func theLastOnesComeBeforeAFailureOfTheSource(isLive: Bool) throws {
        let graph = try graph(FaultCarrierTests.text, isLive: isLive, fails: true)
        #expect(throws: SpikelineError("the toy is gone", at: "toy", cause: .lost)) { try graph.run() }
        #expect(faults("one").map(\.fault) == ["xrun", "xrun", "xrun", "dead"])
        #expect(bench.now.finished.sorted() == ["both", "one", "raw"])
    }

    /// Where no sink takes records, each kind is said once.
    @Test func withoutSuchASinkTheyAreSaidOnce() throws {
        let source = AilingSource(blocks: 3, isLive: false)
        let stage = RunningStage(name: "ear", stage: .source(AnySource(source)), inputs: 0)
        let sink = RunningStage(
            name: "raw", stage: .sink(AnySink(SampleSink(bench: bench, name: "raw"))), inputs: 1)
        var said: [String] = []
        let carrier = FaultCarrier(pipeline: "toys", stages: [stage, sink]) { said.append($0) }
        let block = AudioBatch()
        while try source.read(into: block) { try carrier.carry(AnySource(source), of: stage) }
        try carrier.carry(AnySource(source), of: stage)
        #expect(said == ["ear: xrun at toy", "ear: dead at toy"])
    }
}
