import SpikeSignals
import SpikeSinks

/// Sends a sensor's live stream to JetStream; see ``LivePublisher`` for what happens while the server is away.
final class NATSSink<Coding: LiveCoding>: Sink {
    /// Messages and bytes sent, confirmed, sent again and left out.
    var counters: StageCounters { publisher.counters }

    private let publisher: LivePublisher
    private let coding: Coding
    private var isStarted = false
    private var isFinished = false

    /// Sends messages of about `gather` nanoseconds of stream time through `publisher`.
    init(_ publisher: LivePublisher, gather: Int64) {
        self.publisher = publisher
        coding = Coding(gather: gather)
    }

    deinit { if isStarted, !isFinished { publisher.abandon() } }

    private func start() throws(SpikelineError) {
        guard !isStarted else { return }
        isStarted = true
        try publisher.start()
    }

    /// Queues what the batch completes.
    func consume(_ input: Coding.Content) throws(SpikelineError) {
        try start()
        try coding.take(input) { (body) throws(SpikelineError) in try publisher.put(body) }
    }

    /// Sends what is left and the end of the run, and waits until the server has it.
    func finish() throws(SpikelineError) {
        guard !isFinished else { return }
        try start()
        isFinished = true
        var last: [UInt8]?
        try coding.finish { (body) throws(SpikelineError) in last = body }
        if let last { try publisher.put(last) }
        try publisher.put([], isLast: true)
        try publisher.finish()
    }
}

/// The sink `nats` of pipelines.
enum NATSSinks {
    /// The stage for records; its variants take audio, events and spikes.
    static let descriptors: [StageDescriptor] = [
        descriptor(RecordCoding.self), descriptor(SpikeCoding.self), descriptor(AudioCoding.self),
        descriptor(EventCoding.self),
    ]

    private static let specs =
        LiveStageOptions.specs + [
            OptionSpec(
                "gather_ms", .integer(1...10_000),
                help: "How much of audio or spikes goes into a message, in stream time. Default: 100."),
            OptionSpec(
                "queue_messages", .integer(1...1_000_000),
                help: "How many messages may wait while the server is away or slow. Default: 1000."),
            OptionSpec(
                "when_full", .choice(LivePublisher.WhenFull.allCases.map(\.rawValue)),
                help:
                    "What a full queue means: block lets the pipeline wait, drop leaves the new message out, counts it and "
                    + "lets the receiver know, error ends the run with exit code 3. Default: block."),
            OptionSpec(
                "window", .integer(1...1_024),
                help: "How many messages may be under way without being confirmed. Default: 64."),
            OptionSpec(
                "flush_s", .number(0...3_600),
                help: "How long the end of a run waits for confirmations. Default: 5."),
        ]

    private static func descriptor<Coding: LiveCoding>(_: Coding.Type) -> StageDescriptor {
        let kind = Coding.Content.kind
        return StageDescriptor(
            type: "nats", role: .sink, input: kind,
            summary: "Sends a live stream to the JetStream of a NATS server, for others to attend to.",
            options: specs,
            make: { (options, context) throws(SpikelineError) in
                let stage = try LiveStageOptions(options, context: context, kind: kind)
                try stage.checkSensor(at: context.stage)
                try NATSLibrary.load()
                var sending = LivePublisher.Options()
                sending.queue = options.integer("queue_messages") ?? sending.queue
                sending.window = options.integer("window") ?? sending.window
                sending.flushSeconds = options.number("flush_s") ?? sending.flushSeconds
                sending.whenFull =
                    options.string("when_full").flatMap(LivePublisher.WhenFull.init(rawValue:)) ?? sending.whenFull
                let publisher = try LivePublisher(
                    stage, options: sending, notice: SinkNotices.standardError(stage: context.stage))
                let gather = Int64(options.integer("gather_ms") ?? 100) * 1_000_000
                return .sink(AnySink(NATSSink<Coding>(publisher, gather: gather)))
            })
    }
}
