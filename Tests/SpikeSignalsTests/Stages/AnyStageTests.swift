import SpikeSignals
import Testing

private final class Silence: Source {
    var isLive: Bool { true }
    func read(into output: AudioBatch) throws(SpikelineError) -> Bool {
        output.samples.append(0)
        return output.count < 2
    }
}

private final class Doubling: Transform {
    func process(_ input: AudioBatch, into output: RecordBatch) throws(SpikelineError) { output.upTo = input.upTo }
}

private final class Hole: Sink {
    var taken = 0
    func consume(_ input: RecordBatch) throws(SpikelineError) { taken += 1 }
}

@Suite struct AnyStageTests {
    @Test func kindsAreThoseOfTheBatches() throws {
        let source = AnySource(Silence())
        #expect(source.output == .audio)
        #expect(source.isLive)
        #expect(source.makeOutput() is AudioBatch)
        let transform = AnyTransform(Doubling())
        #expect(transform.input == .audio)
        #expect(transform.output == .records)
        #expect(transform.makeOutput() is RecordBatch)
        #expect(AnySink(Hole()).input == .records)
    }

    @Test func countersAreThoseOfTheStage() {
        final class Counting: Sink {
            let counters = StageCounters(["kept", "lost"])
            func consume(_ input: RecordBatch) throws(SpikelineError) { counters.update { $0[1] += 2 } }
        }
        let stage = AnyStage.sink(AnySink(Counting()))
        #expect(stage.counters.counts == [StageCount(name: "kept", value: 0), StageCount(name: "lost", value: 0)])
        if case .sink(let sink) = stage { #expect(throws: Never.self) { try sink.consume(RecordBatch()) } }
        #expect(stage.counters.counts.map(\.value) == [0, 2])
        #expect(AnyStage.source(AnySource(Silence())).counters.counts.isEmpty)
        #expect(AnyStage.transform(AnyTransform(Doubling())).counters.counts.isEmpty)
    }

    @Test func callsReachTheStage() throws {
        let source = AnySource(Silence())
        let audio = AudioBatch()
        #expect(try source.read(audio))
        #expect(try !source.read(audio))
        audio.upTo = StreamTime(nanoseconds: 7)
        let transform = AnyTransform(Doubling())
        let records = RecordBatch()
        try transform.process(audio, records)
        try transform.finish(records)
        #expect(records.upTo == StreamTime(nanoseconds: 7))
        let hole = Hole()
        let sink = AnySink(hole)
        try sink.consume(records)
        try sink.finish()
        #expect(hole.taken == 1)
    }

    @Test func aBatchOfAnotherKindIsADefectOfTheProgram() {
        let source = AnySource(Silence())
        let transform = AnyTransform(Doubling())
        let sink = AnySink(Hole())
        func error(_ expected: String, _ found: String) -> SpikelineError {
            SpikelineError("expected a batch of \(expected), found \(found)", at: "pipeline", cause: .defect)
        }
        #expect(throws: error("audio", "spikes")) { try source.read(SpikeBatch()) }
        #expect(throws: error("audio", "potentials")) { try transform.process(PotentialBatch(), RecordBatch()) }
        #expect(throws: error("records", "audio")) { try transform.process(AudioBatch(), AudioBatch()) }
        #expect(throws: error("records", "audio")) { try transform.finish(AudioBatch()) }
        #expect(throws: error("records", "audio")) { try sink.consume(AudioBatch()) }
    }
}
