import SpikeSensors
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A folder of WAV files that never grows beyond a number of them and in which nothing is ever overwritten.
final class ClipFolder {
    /// Where it is.
    let path: String
    private let limit: Int
    private var count: Int

    /// The folder at `path`, which is made if it is not there; it may hold `limit` clips, those that are there included.
    init(_ path: String, limit: Int) throws(SpikelineError) {
        try Folders.make(path)
        guard unsafe access(path, W_OK | X_OK) == 0 else {
            throw SpikelineError("the folder may not be written to", at: path, hint: "Choose another place")
        }
        self.path = path
        self.limit = limit
        count = ClipFolder.names(path).count { $0.hasSuffix(".wav") }
    }

    /// Whether it holds as many clips as it may.
    var isFull: Bool { count >= limit }

    /// Writes 16-bit mono samples as `NAME.wav`, or as `NAME-2.wav` and so on where that is taken; the path of the file.
    func save(_ samples: [Int16], rate: Int, name: String) throws(SpikelineError) -> String {
        for attempt in 1...1_000 {
            let file = path + "/" + name + (attempt == 1 ? "" : "-\(attempt)") + ".wav"
            let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if descriptor < 0, errno == EEXIST { continue }
            let isWritten = descriptor >= 0 && ClipFolder.write(WAVFile.bytes(samples, rate: rate), to: descriptor)
            let code = errno
            if descriptor >= 0 { close(descriptor) }
            guard isWritten else {
                if descriptor >= 0 { unsafe unlink(file) }
                throw SpikelineError(
                    "the clip cannot be written (\(unsafe String(cString: strerror(code))))", at: file)
            }
            count += 1
            return file
        }
        throw SpikelineError("there are a thousand clips of this name", at: path + "/" + name)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes[done...].withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private static func names(_ folder: String) -> [String] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            names.append(
                unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }
}
