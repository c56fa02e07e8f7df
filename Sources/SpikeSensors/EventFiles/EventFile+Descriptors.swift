import SpikeSignals

extension EventFileSource {
    /// The stage `event_file` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "event_file", role: .source, output: .events,
        summary: "Plays an event recording (AEDAT 2, 3.1, 4, RAW EVT 2, 2.1, 3, DAT, ES, N-MNIST, text, HDF5).",
        options: [
            OptionSpec("path", .string, required: true, help: "The file; \"-\" is standard input."),
            OptionSpec(
                "format", .choice(EventFileFormat.allCases.map(\.rawValue)),
                help: "Its format. Default: by its content."),
            OptionSpec("width", .integer(1...32_768), help: "Columns of the sensor, where the file does not say it."),
            OptionSpec("height", .integer(1...32_768), help: "Rows of the sensor, where the file does not say it."),
            OptionSpec(
                "columns", .string, help: "The columns of a text, as \"t,x,y,p\". Default: by header or content."),
            OptionSpec(
                "when_damaged", .choice(DamagePolicy.allCases.map(\.rawValue)),
                help: "At damage, a step back in time or an event outside the sensor: an error, or count it and go on. "
                    + "Default: error."),
            OptionSpec("add_time_offset", .bool, help: "Add the time offset that a file gives apart. Default: false."),
            OptionSpec("threads", .integer(1...64), help: "Threads that decompress AEDAT 4. Default: 1."),
            OptionSpec("follow", .bool, help: "Wait for more at the end of the file. Default: false."),
            OptionSpec(
                "idle_ms", .integer(0...86_400_000),
                help: "With follow: give up after so long without more. Default: never."),
            OptionSpec(
                "stalled_after_ms", .integer(0...86_400_000),
                help: "With follow: a pause of that length is told as sensor_fault; 0: never. Default: 5000."),
            OptionSpec(
                "pace", .choice(AudioFileSource.Parameters.Pace.allCases.map(\.rawValue)),
                help: "As fast as the machine allows, or by the clock. Default: as_fast_as_possible."),
            OptionSpec("queue_blocks", .integer(1...65_536), help: "Live: how many blocks may wait. Default: 64."),
            OptionSpec(
                "when_full", .choice(["drop_oldest", "drop_newest", "block"]),
                help: "Live: what to do when no more may wait. Default: drop_oldest."),
        ],
        make: { (options, context) throws(SpikelineError) in
            let pace = options.string("pace").flatMap(AudioFileSource.Parameters.Pace.init(rawValue:))
            return .source(
                AnySource(
                    try EventFileSource(
                        path: context.resolve(path: options.string("path") ?? "-"),
                        options: EventFileReader.Options(options), pace: pace ?? .asFastAsPossible,
                        stalledAfterMs: options.integer("stalled_after_ms") ?? 5_000)))
        })
}

extension EventFileReader.Options {
    /// The options that a stage gives, and the defaults for the rest.
    init(_ options: Options) {
        self.init()
        format = options.string("format").flatMap(EventFileFormat.init(rawValue:))
        if let width = options.integer("width"), let height = options.integer("height") {
            size = SensorSize(width: width, height: height)
        }
        columns = options.string("columns")
        isStrict = options.string("when_damaged") != DamagePolicy.keep.rawValue
        addsTimeOffset = options.bool("add_time_offset") ?? false
        threads = options.integer("threads") ?? 1
        follows = options.bool("follow") ?? false
        idleMilliseconds = options.integer("idle_ms").map(Int64.init)
    }
}

extension EventFileSink {
    /// The stage `event_recording` of pipelines, the counterpart of the source `event_file`.
    public static let descriptor = StageDescriptor(
        type: "event_recording", role: .sink, input: .events,
        summary: "Writes events to a file (AEDAT 4, RAW EVT 2 or 3, DAT, ES, CSV).",
        options: [
            OptionSpec("path", .string, required: true, help: "The file; \"-\" is standard output."),
            OptionSpec(
                "format", .choice(EventFileWriter.formats.map(\.rawValue)),
                help: "The format. Default: by the end of the name."),
            OptionSpec(
                "compression", .choice(EventFileWriter.Compression.allCases.map(\.rawValue)),
                help: "Compression of AEDAT 4. Default: lz4."),
        ],
        make: { (options, context) throws(SpikelineError) in
            let path = context.resolve(path: options.string("path") ?? "-")
            let named = options.string("format").flatMap(EventFileFormat.init(rawValue:))
            guard let format = named ?? EventFileWriter.format(ofName: path) else {
                throw SpikelineError(
                    "the name does not tell a format that can be written", at: path,
                    hint: "Say it, as in format: evt3")
            }
            var written = EventFileWriter.Options(format: format)
            let compression = options.string("compression").flatMap(EventFileWriter.Compression.init(rawValue:))
            written.compression = compression ?? .lz4
            return .sink(AnySink(EventFileSink(path: path, options: written)))
        })
}
