import SpikeSignals

extension Pipeline {
    /// Runs one of the pipeline's ``tests``.
    public func run(_ test: PipelineTest) -> PipelineTestResult {
        var result = PipelineTestResult(name: test.name, failures: [], records: [])
        do {
            var checker = PipelineChecker(document.inserting(test), catalogue: catalogue)
            checker.isWhole = false
            let part = try checker.check()
            result.records = try part.collectRecords()
        } catch let error as PipelineErrors {
            result.failures = ["the test cannot run:"] + error.diagnostics.map(\.description)
            return result
        } catch {
            result.failures = ["the run failed: \(error)"]
            return result
        }
        var matcher = ExpectationMatcher(result.records)
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

    /// Runs the pipeline with a collector behind every stage that gives records.
    private func collectRecords() throws -> [PipelineTestResult.StageRecord] {
        var running = try makeStages()
        var collectors: [(name: String, sink: CollectingSink)] = []
        for (index, stage) in stages.enumerated() where stage.descriptor.output == .records {
            let sink = CollectingSink()
            let reader = RunningStage(name: stage.name, stage: .sink(AnySink(sink)), inputs: 1)
            running[index].readers.append(RunningStage.Reader(stage: reader, slot: 0))
            running.append(reader)
            collectors.append((stage.name, sink))
        }
        let queues = running.indices.map { $0 < stages.count ? stages[$0].queue : (1, .block) }
        _ = try PipelineGraph(running, queues: queues).run()
        return collectors.flatMap { collector in
            collector.sink.records.map { PipelineTestResult.StageRecord(stage: collector.name, record: $0) }
        }
    }
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
    /// The part of the pipeline that a test runs: its file, the stage it is given to, and what follows, without sinks.
    func inserting(_ test: PipelineTest) -> PipelineDocument {
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
        var source = Stage(
            name: MarkedText(text: name, place: test.places.at), role: .source,
            type: MarkedText(text: PipelineOverrides.fileSource.type, place: test.places.at), inputs: [], options: [])
        let path = MarkedNode(content: .scalar(test.file, isPlain: false), place: test.places.file)
        source.set(PipelineOverrides.fileSource.option, to: path, at: test.places.file)
        part.stages.insert(source, at: 0)
        return part
    }
}
