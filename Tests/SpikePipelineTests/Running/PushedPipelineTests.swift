import SpikeSignals
import Testing

@testable import SpikePipeline

/// Passes sound on and counts it; keeps the count, and the length of a tick that it was told.
private final class Counting: Transform, Resumable {
    private static let magic: UInt64 = 7
    var tick: Int64
    var count: Int64 = 0

    init(tick: Int64) { self.tick = tick }

    func process(_ input: AudioBatch, into output: AudioBatch) throws(SpikelineError) {
        count += Int64(input.samples.count)
        output.sampleRate = input.sampleRate
        output.samples += input.samples.map { $0 + Int32(count) }
        output.upTo = input.upTo
    }

    var fingerprint: UInt64 { 1 }
    var tickLength: Int64? { tick == 0 ? nil : tick }

    func snapshot() -> [UInt8] {
        Snapshot.seal(Counting.magic, fingerprint) { writer in
            writer.append(tick)
            writer.append(count)
        }
    }

    func restore(_ bytes: [UInt8]) throws(SpikelineError) {
        var reader = try Snapshot.open(bytes, magic: Counting.magic, fingerprint: fingerprint, at: "counting")
        guard let tick = reader.integer(Int64.self), let count = reader.integer(Int64.self), reader.isAtEnd else {
            throw Snapshot.damaged(at: "counting")
        }
        (self.tick, self.count) = (tick, count)
    }
}

@Suite("A pipeline without its source") struct PushedPipelineTests {
    private static func pushed(_ bench: Bench, ticks: [Int]) throws -> PushedPipeline {
        let counting = StageDescriptor(
            type: "counting", role: .transform, input: .audio, output: .audio, summary: "Counts.",
            options: [OptionSpec("tick", .integer(0...1_000), help: "Nanoseconds.")],
            make: { (options, _) throws(SpikelineError) in
                .transform(AnyTransform(Counting(tick: Int64(options.integer("tick") ?? 0))))
            })
        let text = """
            name: pushed
            sources:
              count: {type: count}
            transforms:
              first: {type: counting, inputs: [count], tick: \(ticks[0])}
              second: {type: counting, inputs: [first], tick: \(ticks[1])}
            sinks:
              keep: {type: keep, inputs: [second]}
            """
        let catalogue = Catalogue(Array(toyCatalogue(bench).descriptors.values) + [counting])
        return try PushedPipeline(Pipeline.parse(text, path: "pushed.yaml", catalogue: catalogue))
    }

    private static func sound(_ values: [Int32]) -> AudioBatch {
        let batch = AudioBatch()
        (batch.sampleRate, batch.samples) = (1_000, values)
        batch.updateUpTo()
        return batch
    }

    @Test("goes on from a state as if it had never stopped")
    func goesOn() throws {
        let (whole, parts) = (Bench(), Bench())
        let one = try Self.pushed(whole, ticks: [10, 10])
        for values: [Int32] in [[1, 2], [3], [4, 5, 6]] { try one.push(Self.sound(values)) }
        let first = try Self.pushed(parts, ticks: [10, 10])
        try first.push(Self.sound([1, 2]))
        let second = try Self.pushed(parts, ticks: [0, 0])
        try second.restore(first.snapshot())
        for values: [Int32] in [[3], [4, 5, 6]] { try second.push(Self.sound(values)) }
        #expect(parts.now.samples["keep"] == whole.now.samples["keep"] && whole.now.samples["keep"]?.count == 6)
    }

    @Test("refuses a state whose stages count in different ticks, before anything is pushed")
    func ticks() throws {
        let bench = Bench()
        let other = try Self.pushed(bench, ticks: [10, 11]).snapshot()
        let fresh = try Self.pushed(bench, ticks: [0, 0])
        let error = #expect(throws: SpikelineError.self) { try fresh.restore(other) }
        #expect(error?.what == "expected a kept state in ticks of 10 ns, found one in ticks of 11 ns")
        #expect(error?.place == "pushed: stage \"second\"" && error?.cause == .input)
        // A stage that has not heard of ticks yet agrees with any.
        try Self.pushed(bench, ticks: [0, 0]).restore(Self.pushed(bench, ticks: [10, 0]).snapshot())
        try Self.pushed(bench, ticks: [0, 0]).restore(Self.pushed(bench, ticks: [0, 11]).snapshot())
    }
}
