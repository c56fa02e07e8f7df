import SpikeHeads
import SpikePipeline
import SpikeServices
import SpikeSensors
import SpikeSignals
import SpikeSinks

/// A pipeline with one anomaly stage, run for people: its detector is observed and its records are shown as lines.
struct WatchRun {
    /// The pipeline file.
    let path: String
    /// The name of its anomaly stage.
    let stage: String
    /// Changes that the command line asks for.
    let settings: [String]
    /// Whether records are printed as JSON.
    let isJSON: Bool

    /// Finds the anomaly stage of the pipeline at `path`.
    init(path: String, settings: [String], isJSON: Bool) throws {
        let pipeline = try Pipeline.load(path: path, catalogue: .standard)
        let heads = pipeline.stages.filter { $0.descriptor.type == AnomalyHead.descriptor.type }
        guard heads.count == 1, let head = heads.first else {
            throw SpikelineError(
                "expected a pipeline with one stage of type anomaly, found \(heads.count)", at: path)
        }
        (self.path, stage, self.settings, self.isJSON) = (path, head.name, settings, isJSON)
    }

    /// Learns what is normal from recordings, and keeps it in `state`: three fifths of them to learn from, the rest for
    /// thresholds.
    func learn(from files: [String], state: String) throws {
        var (seconds, heard) = (0.0, 0.0)
        for file in files {
            var settling = 0
            try run(input: file, more: ["warm_up_s=10000000"], isQuiet: true) { detector, _ in
                settling = detector.settlingTicks
            } counted: { ticks, tick in
                heard += Double(ticks) * tick
                // The traces have to fill only once.
                seconds += Double(ticks - (seconds > 0 ? 0 : settling)) * tick
            }
        }
        var phase = AnomalyDetector.Phase.settling
        let parts = parts(of: seconds)
        for file in files {
            try run(
                input: file,
                more: ["state=\(state)", "warm_up_s=\(parts.warmUp)", "calibrate_s=\(parts.calibrate)"], isQuiet: true
            ) { detector, _ in phase = detector.phase }
        }
        guard phase == .armed else {
            throw SpikelineError(
                "expected more of what is normal to learn from, found \(Figures.decimal(heard, 1)) s",
                at: files.joined(separator: ", "), hint: "Give at least ten seconds, better minutes")
        }
    }

    /// Three fifths to learn from, two fifths less a little for thresholds.
    private func parts(of seconds: Double) -> (warmUp: Double, calibrate: Double) {
        func hundredths(_ seconds: Double) -> Double { max((seconds * 100).rounded(.down) / 100, 0.1) }
        return (hundredths(seconds * 0.6), hundredths(seconds * 0.39))
    }

    /// Runs the pipeline; `observe` is called after each tick, `counted` at the end with how many there were and how
    /// many seconds each lasted; `page` says where it is shown meanwhile.
    func run(
        input: String?, microphone: String? = nil, more: [String], isQuiet: Bool, stop: StopSignal = StopSignal(),
        page: PageOptions? = nil,
        record: @escaping (Record) -> Void = { _ in }, legend: @escaping (ChannelLegend) -> Void = { _ in },
        _ observe: @escaping (AnomalyDetector, StreamTime) -> Void, counted: ((Int, Double) -> Void)? = nil
    ) throws {
        var last: StreamTime?
        var ticks = 0
        var tick = 0.0
        let hooks = WatchHooks(
            observe: { detector, time in
                if let last { tick = time.seconds - last.seconds }
                last = time
                ticks += 1
                observe(detector, time)
            }, legend: legend, record: record, isQuiet: isQuiet, isJSON: isJSON)
        let settings = settings + more.map { "\(stage).\($0)" }
        let catalogue = Catalogue.watching(hooks)
        let pipeline = try Pipeline.load(
            path: path, catalogue: catalogue,
            overrides: PipelineOverrides(settings: settings, input: input, microphone: microphone))
        for warning in pipeline.warnings { Console.error("\(warning)") }
        let view = page?.view(of: pipeline)
        let graph = try pipeline.makeGraph(observer: view)
        let server = try view.flatMap { try page?.serve($0) }
        defer { server?.stop() }
        _ = try graph.run(stop: stop)
        counted?(ticks, tick)
    }
}

/// What looks on while a pipeline watches.
// Unchecked: the pipeline calls them on the one thread that runs it, on which they were made.
final class WatchHooks: @unchecked Sendable {
    let observe: (AnomalyDetector, StreamTime) -> Void
    let legend: (ChannelLegend) -> Void
    let record: (Record) -> Void
    /// Whether nothing is printed.
    let isQuiet: Bool
    /// Whether records are printed as JSON.
    let isJSON: Bool

    init(
        observe: @escaping (AnomalyDetector, StreamTime) -> Void, legend: @escaping (ChannelLegend) -> Void,
        record: @escaping (Record) -> Void, isQuiet: Bool, isJSON: Bool
    ) {
        (self.observe, self.legend, self.record) = (observe, legend, record)
        (self.isQuiet, self.isJSON) = (isQuiet, isJSON)
    }
}

extension Catalogue {
    /// The standard catalogue, with anomaly stages that let `hooks` look on and their records in place
    /// of those on standard output.
    static func watching(_ hooks: WatchHooks) -> Catalogue {
        var list = Array(Catalogue.standard.descriptors.values)
        let head = AnomalyHead.descriptor
        list.append(
            StageDescriptor(
                type: head.type, role: head.role, input: head.input, output: head.output, summary: head.summary,
                options: head.options,
                make: { (options, context) throws(SpikelineError) in
                    let head = try AnomalyHead(options, context: context)
                    head.observe = hooks.observe
                    head.control = OperatorSignals.control
                    head.observeLegend = hooks.legend
                    return .transform(AnyTransform(head))
                }))
        let lines = JSONLinesSink.descriptor
        list.append(
            StageDescriptor(
                type: lines.type, role: lines.role, input: lines.input, output: lines.output, summary: lines.summary,
                options: lines.options,
                make: { (options, context) throws(SpikelineError) in
                    guard options.string("path") ?? "-" == "-" else { return try lines.make(options, context) }
                    return .sink(AnySink(LineSink(hooks)))
                }))
        return Catalogue(list)
    }
}

/// Shows records on standard output: as lines for people, as JSON, or not at all.
final class LineSink: Sink {
    private let hooks: WatchHooks

    init(_ hooks: WatchHooks) { self.hooks = hooks }

    func consume(_ input: RecordBatch) throws(SpikelineError) {
        for item in input.records {
            hooks.record(item)
            guard !hooks.isQuiet else { continue }
            Console.progress("")
            Console.print(hooks.isJSON ? item.json : WatchLines.line(item))
        }
    }
}
