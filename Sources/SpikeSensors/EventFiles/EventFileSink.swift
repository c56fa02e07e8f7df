import SpikeSignals

/// Writes the events of a pipeline to a file; see ``EventFileWriter``.
public final class EventFileSink: Sink {
    private let path: String
    private var options: EventFileWriter.Options
    private var writer: EventFileWriter?

    /// A file at `path`, made when the first batch comes, since then the size of the sensor is known.
    public init(path: String, options: EventFileWriter.Options) {
        self.path = path
        self.options = options
    }

    /// What the format could not keep.
    public var losses: EventWriteLosses { writer?.losses ?? EventWriteLosses() }

    /// Writes `input`.
    public func consume(_ input: EventBatch) throws(SpikelineError) {
        try open(for: input).write(input)
    }

    /// Writes what stands at the end of the file, and closes it.
    public func finish() throws(SpikelineError) {
        try open(for: EventBatch()).close()
    }

    private func open(for batch: EventBatch) throws(SpikelineError) -> EventFileWriter {
        if let writer { return writer }
        options.size = SensorSize(width: batch.width, height: batch.height) ?? options.size
        let made = try EventFileWriter(path: path, options: options)
        writer = made
        return made
    }
}
