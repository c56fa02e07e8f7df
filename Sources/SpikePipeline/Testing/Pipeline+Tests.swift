import SpikeSignals

extension Pipeline {
    /// Runs one of the pipeline's ``tests``.
    public func run(_ test: PipelineTest) -> PipelineTestResult {
        var result = PipelineTestResult(name: test.name, failures: [], records: [])
        do {
            var checker = PipelineChecker(document.inserting(test, catalogue), catalogue: catalogue)
            checker.isWhole = false
            let part = try checker.check()
            (result.records, result.events) = try part.collect()
        } catch let error as PipelineErrors {
            result.failures = ["the test cannot run:"] + error.diagnostics.map(\.description)
            return result
        } catch {
            result.failures = ["the run failed: \(error)"]
            return result
        }
        var matcher = ExpectationMatcher(result.records, events: result.events)
        result.failures = matcher.failures(of: test, outlets: outlets(besides: test.expectations.map(\.from)))
        return result
    }

    /// The stages whose records a sink would have delivered, and those that expectations name.
    private func outlets(besides named: [String]) -> Set<String> {
        var outlets = Set(named)
        for stage in stages where stage.descriptor.role == .sink {
            outlets.formUnion(stage.inputs.map { stages[$0].name })
        }
        return outlets
    }

    /// Runs the pipeline with a collector behind every stage that gives records or events.
    private func collect() throws -> (records: [PipelineTestResult.StageRecord], events: [String: Int]) {
        var running = try makeStages()
        var collectors: [(name: String, sink: CollectingSink)] = []
        var counters: [(name: String, sink: CountingSink)] = []
        for (index, stage) in stages.enumerated() {
            let sink: AnySink
            switch stage.descriptor.output {
            case .records:
                collectors.append((stage.name, CollectingSink()))
                sink = AnySink(collectors[collectors.count - 1].sink)
            case .events:
                counters.append((stage.name, CountingSink()))
                sink = AnySink(counters[counters.count - 1].sink)
            default: continue
            }
            let reader = RunningStage(name: stage.name, stage: .sink(sink), inputs: 1)
            running[index].readers.append(RunningStage.Reader(stage: reader, slot: 0))
            running.append(reader)
        }
        let queues = running.indices.map { $0 < stages.count ? stages[$0].queue : (1, .block) }
        _ = try PipelineGraph(running, queues: queues, name: name).run()
        let records = collectors.flatMap { collector in
            collector.sink.records.map { PipelineTestResult.StageRecord(stage: collector.name, record: $0) }
        }
        return (records, Dictionary(counters.map { ($0.name, $0.sink.events) }) { $1 })
    }
}

/// Counts the events of a test.
private final class CountingSink: Sink {
    var events = 0

    func consume(_ input: EventBatch) throws(SpikelineError) { events += input.count }
}

/// Keeps the records of a test.
private final class CollectingSink: Sink {
    /// More records than any test can want; a stage that floods fails its test instead of filling memory.
    static let mostRecords = 1_000_000

    var records: [Record] = []

    func consume(_ input: RecordBatch) throws(SpikelineError) {
        guard records.count + input.count <= CollectingSink.mostRecords else {
            throw SpikelineError("more than \(CollectingSink.mostRecords) records in a test")
        }
        records.append(contentsOf: input.records)
    }
}

extension PipelineDocument {
    /// What a source says about the stream that it gives, and not about how it is delivered: a test has it too.
    private static let streamOptions: Set<String> = ["channel", "sample_rate_hz"]

    /// The part of the pipeline that a test runs: its file, the stage it is given to, and what follows, without sinks.
    func inserting(_ test: PipelineTest, _ catalogue: Catalogue) -> PipelineDocument {
        var part = self
        var kept: Set<String> = [test.at]
        var hasGrown = true
        while hasGrown {
            hasGrown = false
            for stage in stages where stage.role == .transform && !kept.contains(stage.name.text) {
                guard stage.inputs.contains(where: { kept.contains($0.text) }) else { continue }
                kept.insert(stage.name.text)
                hasGrown = true
            }
        }
        part.stages = stages.filter { kept.contains($0.name.text) && $0.role != .sink }
        let target = part.stages.first { $0.name.text == test.at }
        let name = target?.inputs.first?.text ?? "file"
        for index in part.stages.indices {
            let isTarget = part.stages[index].name.text == test.at
            part.stages[index].inputs.removeAll { isTarget || !kept.contains($0.text) }
            if isTarget { part.stages[index].inputs = [MarkedText(text: name, place: test.places.at)] }
        }
        let taken = target?.type.flatMap { catalogue.descriptors[$0.text]?.input } ?? .audio
        let type = PipelineOverrides.fileSources[taken] ?? ""
        let own = stages.first { $0.role == .source && $0.name.text == name && $0.type?.text == type }
        var source = Stage(
            name: MarkedText(text: name, place: test.places.at), role: .source,
            type: MarkedText(text: type, place: test.places.at), inputs: [],
            options: own?.options.filter { Self.streamOptions.contains($0.name.text) } ?? [])
        let path = MarkedNode(content: .scalar(test.file, isPlain: false), place: test.places.file)
        source.set(PipelineOverrides.fileOption, to: path, at: test.places.file)
        part.stages.insert(source, at: 0)
        return part
    }
}
