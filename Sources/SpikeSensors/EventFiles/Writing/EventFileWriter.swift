import SpikeContainers
import SpikeSignals

/// Writes events to a file, or to standard output, in one of the formats that can be written.
///
/// ```swift
/// let writer = try EventFileWriter(path: "out.raw", options: EventFileWriter.Options(format: .evt3, size: size))
/// try writer.write(batch)
/// try writer.close()
/// print(writer.losses.sentences)
/// ```
/// What is read back equals what was written, but for what ``losses`` tells.
public final class EventFileWriter {
    /// How packets are compressed, where the format can.
    public enum Compression: String, Sendable, CaseIterable {
        /// As they are.
        case none
        /// Quick.
        case lz4
        /// Small.
        case zstd
    }

    /// How a recording is to be written.
    public struct Options: Sendable {
        /// The format.
        public var format: EventFileFormat
        /// The size of the sensor; needed by Event Stream, and told wherever there is a place for it.
        public var size: SensorSize?
        /// The compression (AEDAT 4).
        public var compression = Compression.lz4

        /// A recording in `format` of a sensor of `size`.
        public init(format: EventFileFormat, size: SensorSize? = nil) {
            self.format = format
            self.size = size
        }
    }

    /// The formats that can be written.
    public static let formats: [EventFileFormat] = [.aedat4, .evt2, .evt3, .dat, .es, .csv]

    /// How the file is called in messages.
    public let name: String
    /// How many events were given.
    public private(set) var eventsWritten = 0
    /// What the format could not keep.
    public var losses: EventWriteLosses { encoder.losses }

    private let file: OutputFile
    private let encoder: any EventEncoder
    private var bytes: [UInt8] = []
    private var hasBegun = false

    /// Makes the file at `path` (`-`: standard output); an existing one loses its content with the first bytes.
    public init(path: String, options: Options) throws(SpikelineError) {
        file = try OutputFile(path: path, append: false)
        name = file.name
        encoder = try EventFileWriter.encoder(options, name: file.name)
    }

    private static func encoder(_ options: Options, name: String) throws(SpikelineError) -> any EventEncoder {
        switch options.format {
        case .evt2: return EVT2Encoder(options.size)
        case .evt3: return EVT3Encoder(options.size)
        case .dat: return DATEncoder(options.size)
        case .csv: return EventTextEncoder(options.size)
        case .aedat4: return AEDAT4Encoder(options.size, options.compression)
        case .es:
            guard let size = options.size else {
                throw SpikelineError(
                    "Event Stream needs the size of the sensor, and the recording does not say it", at: name,
                    hint: "Give it, as in --size 640x480")
            }
            return EventStreamEncoder(size)
        default:
            throw SpikelineError(
                "\(options.format.title) cannot be written", at: name,
                hint: "These can: \(formats.map(\.rawValue).joined(separator: ", "))")
        }
    }

    /// The format that the end of a file's name stands for, if it can be written.
    public static func format(ofName path: String) -> EventFileFormat? {
        switch path.split(separator: ".").last?.lowercased() {
        case "aedat4": .aedat4
        case "raw", "evt3": .evt3
        case "evt2": .evt2
        case "dat": .dat
        case "es": .es
        case "csv", "txt": .csv
        default: nil
        }
    }

    /// Whether this writer would write over the file at `path`.
    public func overwrites(_ path: String) -> Bool { file.isFile(at: path) }

    /// Appends the events of `batch`.
    public func write(_ batch: EventBatch) throws(SpikelineError) {
        hasBegun = true
        bytes.removeAll(keepingCapacity: true)
        try encoder.encode(batch, into: &bytes)
        try file.write(bytes)
        eventsWritten += batch.count
    }

    /// Writes what stands at the end of the file, and closes it.
    public func close() throws(SpikelineError) {
        if !hasBegun { try write(EventBatch()) }
        bytes.removeAll(keepingCapacity: true)
        let patch = try encoder.finish(into: &bytes)
        try file.write(bytes)
        if let patch { _ = file.overwrite(patch.bytes, at: patch.offset) }
        try file.close()
    }
}
