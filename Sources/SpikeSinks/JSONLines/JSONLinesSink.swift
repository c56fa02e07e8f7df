import SpikeSignals

/// Writes records to a file or to standard output, one JSON object per line (JSON Lines), as soon as they come.
///
/// ```
/// {"v": 1, "kind": "keyword", "word": "yes", "score": 0.930, "at_s": 1.240, ...}
/// ```
/// The lines of a batch are written with one system call and never held back, so a reader sees a word when it was
/// detected. A reader that goes away or a disk that fills up ends the pipeline with an error whose cause is
/// ``SpikelineError/Cause/lost``; what may happen instead is told by the option `when_unavailable` of the stage.
public final class JSONLinesSink: Sink {
    private let file: RotatingFile
    private var bytes: [UInt8] = []

    /// Opens `path`; `-` is standard output.
    ///
    /// - Parameter append: whether what the file holds stays; otherwise it goes when the first record comes, or at the
    ///   end.
    public convenience init(path: String, append: Bool = false) throws(SpikelineError) {
        self.init(try RotatingFile(path: path, append: append))
    }

    /// Writes to `file`, which has been opened.
    init(_ file: RotatingFile) { self.file = file }

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
}
