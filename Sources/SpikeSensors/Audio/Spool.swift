import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Copies an input that cannot seek (a pipe) to a nameless temporary file that can.
///
/// The file lies in `TMPDIR`, or `/var/tmp` (disk, where `/tmp` may be memory), and has no name from its first moment
/// on, so nothing stays behind however the program ends. Memory in use: one buffer of 64 KiB. Disk in use: the input's
/// size, at most ``limit``. The copy ends when the writer closes its end, so an endless input is no use here.
enum Spool {
    /// The most that is copied: 2 GiB, about 18 hours of 16-bit mono at 16 kHz.
    static let limit: Int64 = 2 << 30

    /// A descriptor of the copy at its first byte; `descriptor` stays open.
    static func copy(of descriptor: Int32, name: String, limit: Int64 = limit) throws(SpikelineError) -> Int32 {
        let file = try namelessFile(name: name)
        do throws(SpikelineError) {
            let total = try fill(file, from: descriptor, name: name, limit: limit)
            guard total > 0 else { throw SoundInput.empty(name) }
            lseek(file, 0, SEEK_SET)
            return file
        } catch {
            close(file)
            throw error
        }
    }

    private static func namelessFile(name: String) throws(SpikelineError) -> Int32 {
        let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/var/tmp"
        var template = Array((folder + "/spikeline-XXXXXX").utf8CString)
        let file = unsafe template.withUnsafeMutableBufferPointer { path -> Int32 in
            guard let start = path.baseAddress else { return -1 }
            let file = unsafe mkstemp(start)
            if file >= 0 {
                unsafe unlink(start)
                _ = fcntl(file, F_SETFD, FD_CLOEXEC)
            }
            return file
        }
        guard file >= 0 else {
            throw SpikelineError(
                "a temporary file is needed and cannot be made in \(folder) (\(SoundInput.systemText(errno)))",
                at: name,
                hint: "Set TMPDIR to a folder with room, or give the file by its path")
        }
        return file
    }

    /// Copies everything and returns the number of bytes.
    private static func fill(
        _ file: Int32, from descriptor: Int32, name: String, limit: Int64
    ) throws(SpikelineError) -> Int64 {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var total: Int64 = 0
        while true {
            // The whole input is copied before anything runs, so nobody else looks meanwhile.
            guard ProgramEnd.awaitInput(descriptor), !ProgramEnd.isRequested else { throw ProgramEnd.error(at: name) }
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count == 0 { return total }
            if count < 0 {
                if errno == EINTR { continue }
                throw SpikelineError("cannot be read (\(SoundInput.systemText(errno)))", at: name)
            }
            total += Int64(count)
            guard total <= limit else {
                throw SpikelineError(
                    "expected at most \(limit.grouped) bytes from a pipe, found more", at: name,
                    hint: "Save it to a file and give its path")
            }
            try write(buffer, count: count, to: file, name: name)
        }
    }

    private static func write(
        _ buffer: [UInt8], count: Int, to file: Int32, name: String
    ) throws(SpikelineError) {
        var done = 0
        while done < count {
            let wrote = unsafe buffer.withUnsafeBytes { bytes in
                unsafe Glibc.write(file, bytes.baseAddress.map { unsafe $0 + done }, count - done)
            }
            if wrote < 0, errno == EINTR { continue }
            guard wrote > 0 else {
                throw SpikelineError(
                    "the temporary copy cannot be written (\(SoundInput.systemText(errno)))", at: name,
                    hint: "Set TMPDIR to a folder with room, or give the file by its path")
            }
            done += wrote
        }
    }
}
