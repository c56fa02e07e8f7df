import ArgumentParser
import SpikeSensors
import SpikeSignals

/// `spikeline convert`.
struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write an event recording in another format.",
        discussion: """
            Formats that can be written: aedat4, evt2, evt3, dat, es, csv. Times are kept exactly where the format can \
            hold them; what it cannot keep is told.
            """)

    @OptionGroup var input: RecordingOptions
    @Argument(help: "Where it goes; \"-\" is standard output.")
    var out: String

    @Option(help: "The format to write. Default: by the end of the name (.aedat4, .raw for evt3, .dat, .es, .csv).")
    var to: WritableFormat?
    @Option(help: "Compression of AEDAT 4: none, lz4 or zstd.")
    var compression = EventFileWriter.Compression.lz4

    func run() throws {
        guard let format = to?.format ?? EventFileWriter.format(ofName: out) else {
            throw SpikelineError(
                "the name does not tell a format that can be written", at: out,
                hint: "Give one, as in --to evt3; known are "
                    + EventFileWriter.formats.map(\.rawValue).joined(separator: ", "))
        }
        let reader = try input.open()
        var options = EventFileWriter.Options(format: format, size: reader.size)
        options.compression = compression
        let writer = try EventFileWriter(path: out, options: options)
        guard input.file == "-" || !writer.overwrites(input.file) else {
            throw SpikelineError("the recording would be written over itself", at: out, hint: "Choose another name")
        }
        let batch = EventBatch()
        var failure: SpikelineError?
        do throws(SpikelineError) {
            while try reader.read(into: batch) {
                try writer.write(batch)
                batch.removeAll()
            }
        } catch {
            failure = error
        }
        try writer.close()
        RecordingReport.complain(reader, isStrict: input.strict)
        for sentence in writer.losses.sentences { Console.error("\(writer.name): \(sentence)") }
        if let failure { throw failure }
    }
}

/// A format that can be written, on the command line.
struct WritableFormat: ExpressibleByArgument {
    let format: EventFileFormat

    /// The format with a table of packets and compression.
    static let aedat4 = WritableFormat(.aedat4)

    private init(_ format: EventFileFormat) { self.format = format }

    init?(argument: String) {
        guard let format = EventFileFormat(rawValue: argument.lowercased()), EventFileWriter.formats.contains(format)
        else { return nil }
        self.format = format
    }

    static var allValueStrings: [String] { EventFileWriter.formats.map(\.rawValue) }
    var defaultValueDescription: String { format.rawValue }

    /// The end of the name of such a file.
    var suffix: String {
        switch format {
        case .evt2, .evt3: "raw"
        default: format.rawValue
        }
    }
}

extension EventFileWriter.Compression: ExpressibleByArgument {}
