import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The options that all sinks with a peer share, so that the same word means the same everywhere.
struct DeliveryOptions: Sendable {
    /// What becomes of records while the peer is away.
    var policy = WhenUnavailable.error
    /// How many records may wait.
    var limit = 10_000
    /// Where the outbox is; nil if records wait in memory.
    var queueFile: String?
    /// How long is tried.
    var patience = Courier.Patience()

    /// What a pipeline may say.
    static let specs = [
        OptionSpec(
            "when_unavailable", .choice(WhenUnavailable.allCases.map(\.rawValue)),
            help:
                "What becomes of records while the peer is away: error ends the run with exit code 3 if that lasts, drop "
                + "loses and counts them, queue keeps them on disk until they are delivered. Default: error."),
        OptionSpec(
            "queue_records", .integer(1...10_000_000),
            help: "How many records may wait; of more the oldest go. Default: 10000."),
        OptionSpec(
            "queue_file", .string,
            help:
                "The outbox of when_unavailable: queue, an SQLite file. Default: PIPELINE-STAGE.outbox in the folder "
                + "STATE_DIRECTORY of the environment, or else beside the pipeline."),
        OptionSpec(
            "flush_s", .number(0...3_600),
            help: "How long the end of a run waits for what is not delivered yet. Default: 5."),
        OptionSpec(
            "retry_max_s", .number(0.1...3_600),
            help: "The longest pause between two attempts; the first is 0.1 s. Default: 30."),
        OptionSpec(
            "give_up_after_s", .number(0...1_000_000),
            help: "With when_unavailable: error, after how long a peer counts as lost. Default: 30."),
    ]

    /// The defaults.
    init() {}

    /// What the options of the stage say.
    init(_ options: Options, context: StageContext) throws(SpikelineError) {
        policy = options.string("when_unavailable").flatMap(WhenUnavailable.init(rawValue:)) ?? policy
        limit = options.integer("queue_records") ?? limit
        patience.flushSeconds = options.number("flush_s") ?? patience.flushSeconds
        patience.longestPauseSeconds = options.number("retry_max_s") ?? patience.longestPauseSeconds
        patience.giveUpSeconds = options.number("give_up_after_s") ?? patience.giveUpSeconds
        if policy == .queue {
            queueFile =
                options.string("queue_file").map(context.resolve(path:)) ?? DeliveryOptions.defaultFile(for: context)
        } else if options["queue_file"] != nil {
            throw SpikelineError(
                "\"queue_file\" expects \"when_unavailable: queue\" beside it, found \(policy.rawValue)",
                at: "stage \"\(context.stage)\"")
        }
        if policy != .error, options["give_up_after_s"] != nil {
            throw SpikelineError(
                "\"give_up_after_s\" expects \"when_unavailable: error\", found \(policy.rawValue)",
                at: "stage \"\(context.stage)\"")
        }
    }

    /// The queue: an outbox, or one in memory.
    func makeQueue() throws(SpikelineError) -> any RecordQueue {
        guard let queueFile else { return MemoryQueue(limit: limit) }
        return try Outbox(path: queueFile, limit: limit)
    }

    private static func defaultFile(for context: StageContext) -> String {
        let name = "\(context.pipeline)-\(context.stage).outbox"
        // systemd gives several folders with colons between them.
        let state = unsafe getenv("STATE_DIRECTORY").map { unsafe String(cString: $0) }?.split(separator: ":").first
        guard let state else { return context.resolve(path: name) }
        return state + "/" + name
    }
}
