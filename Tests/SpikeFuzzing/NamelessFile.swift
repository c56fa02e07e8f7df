import Glibc
import SpikeSignals

@testable import SpikeSensors

/// A file without a name, for formats that are read here and there.
enum NamelessFile {
    /// An input that reads `bytes` from a file.
    static func input(_ bytes: [UInt8]) -> EventInput {
        var path = Array("/dev/shm/spikeline-fuzz-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&path)
        guard descriptor >= 0 else { fatalError("there is no file in memory") }
        unsafe unlink(path)
        let wrote = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard wrote == bytes.count else { fatalError("the file took \(wrote) of \(bytes.count) bytes") }
        lseek(descriptor, 0, SEEK_SET)
        return EventInput(descriptor: descriptor, name: "input")
    }

    /// The format that `bytes` show; nil if they are of none.
    static func format(of bytes: [UInt8]) -> EventFileFormat? {
        try? EventFileFormat.detect(EventInput(bytes: bytes, name: "input"))
    }
}
