import SpikeSignals

extension AnomalyHead {
    /// The stage `type: anomaly`.
    public static let descriptor = StageDescriptor(
        type: "anomaly", role: .transform, input: .spikes, output: .records,
        summary: "Learns what is normal on site, without labels, and raises an alert when something is not.",
        options: specs,
        make: { (options, context) throws(SpikelineError) in
            .transform(AnyTransform(try AnomalyHead(options, context: context)))
        })

    /// The options by name, type and range.
    public static let specs: [OptionSpec] =
        AnomalyParameters.specs + [
            OptionSpec("state", .string, help: "The file that keeps what was learned. Default: nothing is kept."),
            OptionSpec(
                "save_s", .number(0.01...86_400), help: "How often it is written, besides at every change. Default 60."),
            OptionSpec(
                "on_start", .choice(Start.allCases.map(\.rawValue)),
                help: "Go on with what was kept, forget it, or take what comes first for normal too. Default resume."),
            OptionSpec("report_phases", .bool, help: "Also report when learning begins and ends. Default true."),
        ]

    /// A head as checked options want it.
    public convenience init(_ options: Options, context: StageContext) throws(SpikelineError) {
        var store: Store?
        if let path = options.string("state"), !path.isEmpty {
            var own = Store(path: context.resolve(path: path))
            own.everySeconds = options.number("save_s") ?? own.everySeconds
            own.start = options.string("on_start").flatMap(Start.init) ?? own.start
            store = own
        }
        try self.init(
            AnomalyParameters(options), context: context, store: store,
            reportsPhases: options.bool("report_phases") ?? true)
    }
}
