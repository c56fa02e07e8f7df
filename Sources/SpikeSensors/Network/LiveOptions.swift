import SpikeSignals

/// The options that live sources share, so that the same word means the same everywhere.
enum LiveOptions {
    /// The size of the sensor.
    static let size = [
        OptionSpec("width", .integer(1...32_768), help: "Columns of the sensor, where the sender does not say it."),
        OptionSpec("height", .integer(1...32_768), help: "Rows of the sensor, where the sender does not say it."),
    ]

    /// When batches are handed on, and how many may wait.
    static let pace =
        [
            OptionSpec(
                "max_latency_ms", .integer(1...1_000),
                help: "After how long a batch is handed on at the latest, also an empty one. Default: 10."),
            OptionSpec(
                "quiet_lag_ms", .integer(0...5_000),
                help:
                    "How far stream time stays behind the clock while nothing comes; what a sender gathers before it sends. "
                    + "Grows as needed. Default: 50."),
            OptionSpec(
                "stalled_after_ms", .integer(0...86_400_000),
                help:
                    "Silence of that length, once something has come, is told as sensor_fault; 0: never. Default: 5000."
            ),
        ] + queue

    /// How many batches may wait.
    static let queue = [
        OptionSpec("queue_blocks", .integer(1...65_536), help: "How many batches may wait. Default: 64."),
        OptionSpec(
            "when_full", .choice(["drop_oldest", "drop_newest", "block"]),
            help: "What to do when no more may wait. Default: drop_oldest."),
    ]

    /// What a stream of bytes is, and what follows its end; `whenClosed` is the default.
    static func stream(whenClosed: String) -> [OptionSpec] {
        [
            OptionSpec(
                "format", .choice(EventFileFormat.streamed.map(\.rawValue)),
                help: "The format. Default: by the content."),
            OptionSpec(
                "columns", .string, help: "The columns of a text, as \"t,x,y,p\". Default: by header or content."),
            OptionSpec(
                "when_closed", .choice(["reconnect", "end"]),
                help: "When the sender closes: wait for the next stream, or end. Default: \(whenClosed)."),
        ]
    }

    /// The size that the options give; one number alone is none.
    static func size(_ options: Options, at stage: String) throws(SpikelineError) -> SensorSize? {
        switch (options.integer("width"), options.integer("height")) {
        case (nil, nil): return nil
        case (let width?, let height?): return SensorSize(width: width, height: height)
        default: throw SpikelineError("expected \"width\" and \"height\" or neither, found one", at: stage)
        }
    }
}

extension EventFileFormat {
    /// The formats that can be read as they come, without seeking.
    static let streamed = allCases.filter { $0 != .hdf5 }
}
