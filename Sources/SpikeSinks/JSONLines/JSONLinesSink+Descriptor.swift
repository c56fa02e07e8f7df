import SpikeSignals

extension JSONLinesSink {
    /// The stage `jsonl` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "jsonl", role: .sink, input: .records,
        summary: "Writes records to a file or to standard output, one JSON object per line.",
        options: [
            OptionSpec("path", .string, help: "The file; \"-\" is standard output. Default: -."),
            OptionSpec(
                "append", .bool,
                help:
                    "Whether what the file holds stays. Default: false; true with rotate_mb or when_unavailable: queue."
            ),
            OptionSpec(
                "rotate_mb", .number(0.001...1_000_000),
                help: "At how many megabytes the file becomes PATH.1 and a fresh one begins. Default: never."),
            OptionSpec(
                "keep_files", .integer(0...1_000), help: "How many full files are kept, with rotate_mb. Default: 5."),
        ] + DeliveryOptions.specs,
        make: { (options, context) throws(SpikelineError) in
            let path = context.resolve(path: options.string("path") ?? "-")
            let delivery = try DeliveryOptions(options, context: context)
            if options["keep_files"] != nil, options["rotate_mb"] == nil {
                throw SpikelineError(
                    "\"keep_files\" expects \"rotate_mb\" beside it, found none", at: "stage \"\(context.stage)\"")
            }
            let rotation = options.number("rotate_mb").map {
                RotatingFile.Rotation(bytes: Int64($0 * 1e6), keep: options.integer("keep_files") ?? 5)
            }
            let append = options.bool("append") ?? (rotation != nil || delivery.policy == .queue)
            let file = try RotatingFile(path: path, append: append, rotation: rotation)
            // A file that fails has failed at once, so nothing need wait and the records are written as they come.
            if delivery.policy == .error { return .sink(AnySink(JSONLinesSink(file))) }
            return try .sink(AnySink(DeliverySink(JSONLinesPeer(file), options, context)))
        })
}
