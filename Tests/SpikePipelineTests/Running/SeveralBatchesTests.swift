import SpikeSignals
import Testing

@testable import SpikePipeline

/// Gives for one batch as many batches as it has events.
private final class Splitting: Transform {
    private var input: EventBatch?
    private var next = 0

    func process(_ input: EventBatch, into output: EventBatch) throws(SpikelineError) {
        (self.input, next) = (input, 0)
        _ = try processMore(into: output)
    }

    func processMore(into output: EventBatch) throws(SpikelineError) -> Bool {
        guard let input, next < input.count else { return false }
        let event = input[next]
        guard event.x != 13 else { throw SpikelineError("thirteen") }
        _ = output.append(time: input.time(of: event), x: event.x, y: event.y, isOn: event.isOn)
        next += 1
        return true
    }
}

/// Notes what comes.
private final class Noting: Sink {
    var batches: [[UInt16]] = []

    func consume(_ input: EventBatch) throws(SpikelineError) { batches.append(input.map(\.x)) }
}

@Suite("A transform may give several batches for one") struct SeveralBatchesTests {
    private func run(events: Int) throws -> [[UInt16]] {
        let source = RunningStage(name: "ramp", stage: .source(AnySource(EventRamp(count: events))), inputs: 0)
        let split = RunningStage(name: "split", stage: .transform(AnyTransform(Splitting())), inputs: 1)
        let noting = Noting()
        let sink = RunningStage(name: "note", stage: .sink(AnySink(noting)), inputs: 1)
        source.readers = [.init(stage: split, slot: 0)]
        split.readers = [.init(stage: sink, slot: 0)]
        guard case .source(let ramp) = source.stage, let output = source.output else { return [] }
        while try source.read(ramp) { try source.give(output) }
        try source.finishReaders()
        #expect(split.counts.itemsIn == events && split.counts.itemsOut == events && sink.counts.itemsIn == events)
        return noting.batches
    }

    @Test func eachGoesAllTheWay() throws {
        #expect(try run(events: 12) == (0..<12).map { [UInt16($0)] })
    }

    @Test func aFailureInOneOfThemNamesTheStage() {
        #expect(throws: SpikelineError("thirteen", at: "stage \"split\"")) { try run(events: 20) }
    }
}
