import SpikeSignals

extension EventStreamSource {
    /// The stage `event_tcp` of pipelines.
    public static let socketDescriptor = StageDescriptor(
        type: "event_tcp", role: .source, output: .events,
        summary:
            "Reads events as a stream over TCP or a Unix socket, in any format of event_file that needs no seeking.",
        options: [
            OptionSpec("connect", .string, help: "Where to connect to, as host:port or unix:/path."),
            OptionSpec(
                "listen", .string, help: "Where to wait for a sender, as host:port or unix:/path; one at a time."),
            OptionSpec(
                "give_up_after_s", .number(0.1...1e9),
                help: "With connect: end with an error after so long without a connection. Default: never."),
        ] + LiveOptions.stream(whenClosed: "reconnect") + LiveOptions.size + LiveOptions.pace,
        make: { (options, context) throws(SpikelineError) in
            let notice = LiveNotices.standardError(stage: context.stage)
            return .source(
                AnySource(
                    EventStreamSource(
                        try link(options, stage: context.stage, notice: notice),
                        parameters: try Parameters(options, stage: context.stage), notice: notice)))
        })

    /// The stage `event_stream` of pipelines.
    public static let pipeDescriptor = StageDescriptor(
        type: "event_stream", role: .source, output: .events,
        summary: "Reads events from standard input or a named pipe as they come, in any format that needs no seeking.",
        options: [OptionSpec("path", .string, help: "A named pipe; \"-\" is standard input. Default: \"-\".")]
            + LiveOptions.stream(whenClosed: "end") + LiveOptions.size + LiveOptions.pace,
        make: { (options, context) throws(SpikelineError) in
            let link = try PipeLink(
                path: context.resolve(path: options.string("path") ?? "-"),
                canReopen: options.string("when_closed") == "reconnect")
            return .source(
                AnySource(
                    EventStreamSource(
                        link, parameters: try Parameters(options, stage: context.stage),
                        notice: LiveNotices.standardError(stage: context.stage))))
        })

    /// The link that `connect` or `listen` names.
    private static func link(
        _ options: Options, stage: String, notice: @escaping LiveNotice
    ) throws(SpikelineError) -> any EventLink {
        let canReopen = options.string("when_closed") != "end"
        switch (options.string("connect"), options.string("listen")) {
        case (let peer?, nil):
            return ConnectingLink(
                try SocketAddress.resolve(peer, option: "connect"), canReopen: canReopen,
                giveUpSeconds: options.number("give_up_after_s"), notice: notice)
        case (nil, let own?):
            let addresses = try SocketAddress.resolve(own, option: "listen")
            return try ListeningLink(addresses[0], canReopen: canReopen, notice: notice)
        default:
            throw SpikelineError("expected either \"connect\" or \"listen\", found both or neither", at: stage)
        }
    }
}

extension EventStreamSource.Parameters {
    /// The parameters that `options` give, and the defaults for the rest.
    init(_ options: Options, stage: String) throws(SpikelineError) {
        self.init()
        reading.format = options.string("format").flatMap(EventFileFormat.init(rawValue:))
        reading.columns = options.string("columns")
        reading.size = try LiveOptions.size(options, at: stage)
        maxLatencyMs = options.integer("max_latency_ms") ?? maxLatencyMs
        quietLagMs = options.integer("quiet_lag_ms") ?? quietLagMs
        stalledAfterMs = options.integer("stalled_after_ms") ?? stalledAfterMs
    }
}
