#if canImport(Glibc)
import Glibc
#endif
import SpikeSignals

/// Appends numbers to a block of bytes, little-endian.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func append(_ value: Float) {
        let bits = value.bitPattern
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
    }

    mutating func append(_ values: [Float]) {
        append(UInt64(values.count))
        for value in values { append(value) }
    }
}

/// Reads what ``ByteWriter`` wrote; nil where the bytes end too early or a count is not the expected one.
struct ByteReader {
    let bytes: [UInt8]
    private(set) var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func integer() -> UInt64? {
        guard offset + 8 <= bytes.count else { return nil }
        defer { offset += 8 }
        return (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }

    mutating func floats(count: Int) -> [Float]? {
        guard let stored = integer(), stored == UInt64(count), offset + 4 * count <= bytes.count else { return nil }
        defer { offset += 4 * count }
        return (0..<count).map { index in
            let start = offset + 4 * index
            let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
            return Float(bitPattern: bits)
        }
    }
}

/// Whole files in one go.
enum ByteFile {
    /// Writes `bytes` to a file beside `path` and renames it, so that `path` is never half written.
    static func write(_ bytes: [UInt8], to path: String) throws(SpikelineError) {
        let temporary = path + ".partial"
        guard let file = unsafe fopen(temporary, "wb") else { throw failure("cannot be written", path) }
        let written = unsafe bytes.withUnsafeBytes { unsafe fwrite($0.baseAddress, 1, $0.count, file) }
        let isSynced = unsafe fflush(file) == 0 && fsync(fileno(file)) == 0
        let isClosed = unsafe fclose(file) == 0
        guard written == bytes.count, isSynced, isClosed, unsafe rename(temporary, path) == 0 else {
            unsafe unlink(temporary)
            throw failure("cannot be written", path)
        }
    }

    /// Reads a file of at most `limit` bytes.
    static func read(_ path: String, limit: Int) throws(SpikelineError) -> [UInt8] {
        guard let file = unsafe fopen(path, "rb") else { throw failure("cannot be read", path) }
        defer { unsafe fclose(file) }
        var status = stat()
        guard unsafe fstat(fileno(file), &status) == 0, status.st_size <= limit else {
            throw SpikelineError("expected a file of at most \(limit) bytes", at: path)
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, $0.count, file) }
        guard count == bytes.count else { throw failure("cannot be read", path) }
        return bytes
    }

    private static func failure(_ what: String, _ path: String) -> SpikelineError {
        SpikelineError(what + ": " + (unsafe String(cString: strerror(errno))), at: path)
    }
}
