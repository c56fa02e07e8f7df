import SpikeFleet
import SpikePipeline
import SpikeSignals

/// A pipeline for live sensors, as `spikeline attend` runs it: its source is `nats` with `sensor: "*"`, its one sink is
/// `nats` with records; between them stages whose state can be kept.
final class LivePipeline {
    /// Where the sensors' streams are, and what they carry.
    let stage: LiveStageOptions
    /// The name under which a sensor's records are known, with `*` for the sensor's.
    let output: String
    private let pipeline: Pipeline
    private let outlet: Outlet
    /// The name of the pipeline.
    var name: String { pipeline.name }

    /// Reads and checks the pipeline in the file at `path`.
    init(path: String, settings: [String]) throws {
        let outlet = Outlet()
        let pipeline = try Pipeline.load(
            path: path, catalogue: .attending(outlet), overrides: PipelineOverrides(settings: settings))
        (self.outlet, self.pipeline) = (outlet, pipeline)
        let place = pipeline.name
        func refuse(_ found: String) -> SpikelineError {
            SpikelineError(
                "expected a pipeline with one source and one sink, both of type nats, the source with sensor: \"*\" and the "
                    + "sink with kind: records; found \(found)", at: place,
                hint: "See Documentation/live-streams.md, or run such a pipeline with spikeline run")
        }
        let sources = pipeline.stages.filter { $0.descriptor.role == .source }
        let sinks = pipeline.stages.filter { $0.descriptor.role == .sink }
        guard sources.count == 1, sinks.count == 1 else {
            throw refuse("\(sources.count) sources and \(sinks.count) sinks")
        }
        let (source, sink) = (sources[0], sinks[0])
        let type = NATSStages.descriptor.type
        guard source.descriptor.type == type, sink.descriptor.type == type else {
            throw refuse(
                "\"\(source.name)\" of type \(source.descriptor.type) and \"\(sink.name)\" of type \(sink.descriptor.type)"
            )
        }
        guard let kind = source.descriptor.output, source.options.string("sensor") == LiveStageOptions.everySensor
        else {
            throw refuse("sensor \(source.options["sensor"]?.text ?? "none") in \"\(source.name)\"")
        }
        guard sink.descriptor.input == .records, let output = sink.options.string("sensor"),
            output.split(separator: "*", omittingEmptySubsequences: false).count == 2
        else {
            throw refuse(
                "\"\(sink.name)\" with kind \(sink.options["kind"]?.text ?? "none") and sensor "
                    + "\(sink.options["sensor"]?.text ?? "none"), in which * stands once for the sensor's name")
        }
        for stage in pipeline.stages where stage.options["state"] != nil {
            throw refuse("\"\(stage.name)\" with a state of its own")
        }
        func context(of stage: Pipeline.Stage) -> StageContext {
            StageContext(pipeline: pipeline.name, stage: stage.name, folder: pipeline.folder)
        }
        self.output = output
        stage = try LiveStageOptions(source.options, context: context(of: source), kind: kind)
        let other = try LiveStageOptions(sink.options, context: context(of: sink), kind: .records)
        guard other.settings.urls == stage.settings.urls, other.fleet.name == stage.fleet.name else {
            throw SpikelineError(
                "expected the same \"url\" and \"fleet\" in \"\(source.name)\" and \"\(sink.name)\", found others",
                at: pipeline.name)
        }
        // What cannot be made or kept is told before anything is asked of the server.
        _ = try make()
    }

    /// A pipeline for a run of a sensor.
    func make() throws -> any SensorPipeline {
        do {
            let pushed = try PushedPipeline(pipeline)
            return PushedSensor(pushed, outlet.take())
        } catch let errors as PipelineErrors {
            throw SpikelineError("\(errors)", at: pipeline.name, cause: errors.cause)
        }
    }

    /// Where the sink of the pipeline that is being made leaves itself.
    // Unchecked: pipelines are made and run on one thread.
    fileprivate final class Outlet: @unchecked Sendable {
        private var collector = Collector()

        func make() -> Collector {
            collector = Collector()
            return collector
        }

        func take() -> Collector { collector }
    }

    /// Keeps records until they are fetched.
    fileprivate final class Collector: Sink {
        var lines: [String] = []

        func consume(_ input: RecordBatch) throws(SpikelineError) {
            for record in input.records { lines.append(record.json) }
        }
    }

    /// A source that others push for.
    fileprivate final class Inlet<Output: Batch>: Source {
        let isLive = false
        func read(into output: Output) throws(SpikelineError) -> Bool { false }
    }

    /// A pushed pipeline and what comes out of it.
    private final class PushedSensor: SensorPipeline {
        private let pushed: PushedPipeline
        private let collector: Collector

        init(_ pushed: PushedPipeline, _ collector: Collector) { (self.pushed, self.collector) = (pushed, collector) }

        func push(_ batch: any Batch) throws(SpikelineError) -> [String] {
            collector.lines.removeAll(keepingCapacity: true)
            try pushed.push(batch)
            return collector.lines
        }

        func finish() throws(SpikelineError) -> [String] {
            collector.lines.removeAll(keepingCapacity: true)
            try pushed.finish()
            return collector.lines
        }

        var fingerprint: UInt64 { pushed.fingerprint }
        func snapshot() -> [UInt8] { pushed.snapshot() }
        func restore(_ bytes: [UInt8]) throws(SpikelineError) { try pushed.restore(bytes) }
    }
}

extension Catalogue {
    /// The standard catalogue, with `nats` stages that call nobody and leave their records in `outlet`.
    fileprivate static func attending(_ outlet: LivePipeline.Outlet) -> Catalogue {
        let nats = NATSStages.descriptor
        let quiet = ([nats] + nats.variants).map { kind in
            StageDescriptor(
                type: kind.type, role: kind.role, input: kind.input, output: kind.output, summary: kind.summary,
                options: kind.options,
                make: { (_, context) throws(SpikelineError) in
                    switch kind.output {
                    case .audio: return .source(AnySource(LivePipeline.Inlet<AudioBatch>()))
                    case .events: return .source(AnySource(LivePipeline.Inlet<EventBatch>()))
                    case .spikes: return .source(AnySource(LivePipeline.Inlet<SpikeBatch>()))
                    case .records: return .source(AnySource(LivePipeline.Inlet<RecordBatch>()))
                    case .potentials, nil: break
                    }
                    guard kind.input == .records else {
                        throw SpikelineError("an attended pipeline gives records", at: "stage \"\(context.stage)\"")
                    }
                    return .sink(AnySink(outlet.make()))
                })
        }
        let first = quiet[0]
        let replaced = StageDescriptor(
            type: first.type, role: first.role, input: first.input, output: first.output, summary: first.summary,
            options: first.options, variants: Array(quiet.dropFirst()), make: first.make)
        return Catalogue(Array(Catalogue.standard.descriptors.values) + [replaced])
    }
}
