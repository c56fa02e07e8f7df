import SpikeContainers
import SpikeSignals

/// Writes records to a file or to standard output, one JSON object per line (JSON Lines), as soon as they come.
///
/// ```
/// {"v": 1, "kind": "keyword", "word": "yes", "score": 0.930, "at_s": 1.240, ...}
/// ```
/// The lines of a batch are written with one system call and never held back, so a reader sees a word when it was
/// detected. A reader that goes away or a disk that fills up ends the pipeline with an error whose cause is
/// ``SpikelineError/Cause/lost``.
public final class JSONLinesSink: Sink {
    private let file: OutputFile
    private var bytes: [UInt8] = []

    /// Opens `path`; `-` is standard output.
    ///
    /// - Parameter append: whether what the file holds stays; otherwise it goes when the first record comes, or at the
    ///   end.
    public init(path: String, append: Bool = false) throws(SpikelineError) {
        file = try OutputFile(path: path, append: append)
    }

    /// Writes the records of the batch.
    public func consume(_ input: RecordBatch) throws(SpikelineError) {
        guard input.count > 0 else { return }
        bytes.removeAll(keepingCapacity: true)
        for record in input.records {
            bytes.append(contentsOf: record.json.utf8)
            bytes.append(UInt8(ascii: "\n"))
        }
        try file.write(bytes)
    }

    /// Closes the file.
    public func finish() throws(SpikelineError) { try file.close() }

    /// The stage `jsonl` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "jsonl", role: .sink, input: .records,
        summary: "Writes records to a file or to standard output, one JSON object per line.",
        options: [
            OptionSpec("path", .string, help: "The file; \"-\" is standard output. Default: -."),
            OptionSpec("append", .bool, help: "Whether what the file holds stays. Default: false."),
        ],
        make: { (options, context) throws(SpikelineError) in
            let path = context.resolve(path: options.string("path") ?? "-")
            return .sink(AnySink(try JSONLinesSink(path: path, append: options.bool("append") ?? false)))
        })
}
