import SpikeSignals

/// Keeps records in a table of an SQLite file; see `SQLiteLogPeer` for its columns.
public enum SQLiteLogSink {
    /// The stage `sqlite` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "sqlite", role: .sink, input: .records,
        summary: "Keeps records in the table \"records\" of an SQLite file.",
        options: [
            OptionSpec("path", .string, required: true, help: "The file; made if there is none."),
            OptionSpec(
                "keep_records", .integer(1...1_000_000_000),
                help: "How many records are kept; of more the oldest go. Default: all."),
        ] + DeliveryOptions.specs,
        make: { (options, context) throws(SpikelineError) in
            let path = context.resolve(path: options.string("path") ?? "")
            let peer = try SQLiteLogPeer(path: path, limit: options.integer("keep_records"))
            return try .sink(AnySink(DeliverySink(peer, options, context)))
        })
}
