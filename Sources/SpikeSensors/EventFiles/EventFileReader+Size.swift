#if canImport(Glibc)
import Glibc
#endif
import SpikeSignals

extension EventFileReader {
    /// Whether `path` is a regular file: what comes from a pipe or a device is gone once it is read.
    public static func canBeReadAgain(_ path: String) -> Bool {
        var status = stat()
        guard path != "-", unsafe stat(path, &status) == 0 else { return false }
        return status.st_mode & S_IFMT == S_IFREG
    }

    /// The smallest usual sensor that has all events of the file at `path` (``SensorSize/usual(withColumn:row:)``, or the
    /// 34 x 34 pixels of N-MNIST), for formats that do not say the size. Reads the file once; nil if it is no regular file,
    /// or has no events.
    public static func usualSize(ofFile path: String, options: Options = Options()) throws(SpikelineError)
        -> SensorSize?
    {
        guard canBeReadAgain(path) else { return nil }
        var options = options
        options.follows = false
        let reader = try EventFileReader(path: path, options: options)
        let batch = EventBatch()
        var (column, row) = (-1, -1)
        while try reader.read(into: batch) {
            for event in batch { (column, row) = (max(column, Int(event.x)), max(row, Int(event.y))) }
            batch.removeAll()
        }
        if reader.format == .nmnist, (0..<34).contains(max(column, row)) { return SensorSize(width: 34, height: 34) }
        return column < 0 ? nil : SensorSize.usual(withColumn: column, row: row)
    }
}
