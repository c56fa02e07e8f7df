import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Bytes that can be read at any place: in memory, or of a regular file.
///
/// A file is read with `pread` and never mapped, since reading a mapped file that becomes shorter would end the program.
package struct ByteSource: Sendable {
    private enum Storage {
        case memory([UInt8])
        case file(OpenFile)
    }

    /// How many bytes there are; of a file, when it was opened.
    package let count: Int
    private let storage: Storage

    /// The bytes of an array.
    package init(_ bytes: [UInt8]) {
        count = bytes.count
        storage = .memory(bytes)
    }

    /// The regular file behind `descriptor`, which stays the caller's; nil if it is none.
    package init?(descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let file = OpenFile(copyOf: descriptor)
        else { return nil }
        count = Int(status.st_size)
        storage = .file(file)
    }

    /// The regular file at `path`.
    package init(path: String) throws(SpikelineError) {
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            let number = errno
            throw SpikelineError(
                "the file cannot be opened: \(unsafe String(cString: strerror(number)))", at: path,
                hint: number == ENOENT ? "Check the path" : "")
        }
        defer { close(descriptor) }
        guard let source = ByteSource(descriptor: descriptor) else {
            throw SpikelineError("this is not a regular file, expected one", at: path)
        }
        self = source
    }

    /// The `count` bytes at `place`.
    package func bytes(at place: Int, count: Int) throws(ContainerDamage) -> ArraySlice<UInt8> {
        try check(place, count)
        if case .memory(let bytes) = storage { return bytes[place..<(place + count)] }
        var bytes = [UInt8](repeating: 0, count: count)
        try read(at: place, count: count, into: &bytes)
        return bytes[...]
    }

    /// Reads the `count` bytes at `place` to the start of `buffer`, which grows if it is too short.
    package func read(at place: Int, count: Int, into buffer: inout [UInt8]) throws(ContainerDamage) {
        try check(place, count)
        if buffer.count < count { buffer.append(contentsOf: repeatElement(0, count: count - buffer.count)) }
        switch storage {
        case .memory(let bytes): buffer.replaceSubrange(0..<count, with: bytes[place..<(place + count)])
        case .file(let file): try file.read(at: place, count: count, into: &buffer)
        }
    }

    private func check(_ place: Int, _ count: Int) throws(ContainerDamage) {
        guard place >= 0, place <= self.count else { throw ContainerDamage("an address is outside the file") }
        guard count >= 0, count <= self.count - place else { throw ContainerDamage("a structure is cut off") }
    }
}

/// A file descriptor that is closed when nobody needs it any more.
private final class OpenFile: Sendable {
    private let descriptor: Int32

    /// A copy of `descriptor`, or nil if the system has none left.
    init?(copyOf descriptor: Int32) {
        self.descriptor = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        if self.descriptor < 0 { return nil }
    }

    deinit { close(descriptor) }

    /// Reads to the start of `buffer`, which is long enough.
    func read(at place: Int, count: Int, into buffer: inout [UInt8]) throws(ContainerDamage) {
        var done = 0
        while done < count {
            let got = unsafe buffer.withUnsafeMutableBytes { bytes in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done..<count])
                return unsafe pread(descriptor, rest.baseAddress, rest.count, place + done)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw ContainerDamage("the system cannot read it: \(unsafe String(cString: strerror(errno)))")
            }
            guard got > 0 else { throw ContainerDamage("the file became shorter while it was read") }
            done += got
        }
    }
}
