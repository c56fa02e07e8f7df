import SpikeContainers
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// The bytes of an event file, pipe or socket, in a window that moves along.
///
/// ```
/// file   ──────────────┬───────────────────┬─────────────►
///                      │ window: 256 KiB   │  read when asked for
///                      └───────────────────┘  (more only if a decoder asks for or wishes a longer piece)
/// ```
/// Reading instead of mapping: pipes and growing files work alike, a file that shrinks is an end and no crash, and
/// from the page cache it is as fast.
@safe final class EventInput {
    /// What to do at the end of the bytes.
    struct Following: Sendable {
        /// How long a file that does not grow is waited for, in milliseconds; nil: for ever.
        var idleMilliseconds: Int64?
        /// Asked now and then; true ends the stream.
        var isStopped: @Sendable () -> Bool = { false }
    }

    /// How the input is called in messages.
    let name: String
    /// The place in the input of the first byte of the window.
    private(set) var offset: Int64 = 0
    /// Whether nothing follows the window.
    private(set) var hasEnded = false
    /// The size of a regular file when it was opened.
    let fileSize: Int64?
    /// How many bytes there are in all, at least, if that is known: a file may grow, and one that shrinks ends earlier.
    private(set) var knownEnd: Int64?

    private let descriptor: Int32
    /// Where in a regular file the input begins.
    private let position: Int64?
    /// Whether reading may wait for ever: a pipe, a socket, a terminal.
    private let mayBeSilent: Bool
    private let following: Following?
    /// Whether data arrives at its own pace, so that what is there is handed on at once.
    let isLive: Bool
    /// Whether more will follow the bytes that an input from memory holds, so that asking for them is an error.
    private let isOpenEnded: Bool
    /// Whether an open-ended input was asked for more than it holds.
    private(set) var isStarved = false
    private var buffer: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0
    /// For how long a file that is followed has not grown, in milliseconds.
    private var waited: Int64 = 0

    /// What is read at once, so that it is still in the second-level cache when it is decoded.
    static let windowBytes = 256 << 10
    /// The longest piece that a decoder may ask for.
    static let longestPiece = 256 << 20

    /// Bytes of a file lie in the buffer as they lie in the pages of the system: at the same place of a page. Where the target
    /// of a copy is 1 to 31 bytes behind its source, counted within pages, Zen 5 takes four times as long.
    private static let pageBytes = 4_096

    /// Reads from `descriptor`, which it closes in the end; -1: from nothing.
    init(
        descriptor: Int32, name: String, isLive: Bool = false, following: Following? = nil, isOpenEnded: Bool = false,
        capacity: Int = EventInput.windowBytes + EventInput.pageBytes
    ) {
        var status = stat()
        let isFile = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        self.descriptor = descriptor
        mayBeSilent = !isFile
        self.name = name
        self.following = following
        self.isLive = isLive || following != nil
        fileSize = isFile ? Int64(status.st_size) : nil
        // A descriptor may stand in the middle of its file.
        position = isFile ? Int64(lseek(descriptor, 0, SEEK_CUR)) : nil
        knownEnd = position == 0 ? fileSize : nil
        self.capacity = capacity
        unsafe buffer = .allocate(byteCount: capacity, alignment: EventInput.pageBytes)
        self.isOpenEnded = isOpenEnded
        hasEnded = descriptor < 0 && !isOpenEnded
    }

    /// Opens `path`, or standard input for `-`.
    convenience init(path: String, following: Following? = nil) throws(SpikelineError) {
        let name = SoundInput.name(of: path)
        let descriptor = path == "-" ? fcntl(0, F_DUPFD_CLOEXEC, 3) : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SoundInput.refusal(code: errno, name: name) }
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw SpikelineError(
                "expected an event file, found a folder", at: name, hint: "Name one of the files in it")
        }
        self.init(descriptor: descriptor, name: name, following: following)
    }

    /// Serves `bytes`, for tests and for what is in memory already.
    ///
    /// With `isOpenEnded` they are the start of a stream whose rest has not come yet: whoever asks for more gets an error,
    /// and ``isStarved`` tells that one from others.
    convenience init(bytes: [UInt8], name: String, isOpenEnded: Bool = false) {
        self.init(descriptor: -1, name: name, isOpenEnded: isOpenEnded, capacity: max(bytes.count, 1))
        if !isOpenEnded { knownEnd = Int64(bytes.count) }
        unsafe UnsafeMutableRawBufferPointer(start: buffer, count: bytes.count).copyBytes(from: bytes)
        end = bytes.count
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        unsafe buffer.deallocate()
    }

    /// The whole input, for formats that are read here and there: a regular file, or what is in memory; nil for a pipe, a
    /// socket or a file that is followed. After that, nothing more comes to the window.
    func randomAccess() -> ByteSource? {
        guard following == nil, !isOpenEnded else { return nil }
        let source = descriptor < 0 ? ByteSource(window.bytes(0..<count)) : ByteSource(descriptor: descriptor)
        if source != nil { hasEnded = true }
        return source
    }

    /// The bytes at hand.
    var window: EventBytes {
        unsafe EventBytes(base: buffer + start, count: end - start, offset: offset, isLast: hasEnded)
    }

    /// How many bytes are at hand.
    var count: Int { end - start }

    /// Passes over the first `count` bytes of the window.
    func consume(_ count: Int) {
        precondition(count >= 0 && count <= end - start, "more bytes were used than there are")
        start += count
        offset += Int64(count)
    }

    /// Reads until the window holds `count` bytes (at most ``longestPiece``) or the input ends.
    ///
    /// - Parameters:
    ///   - mayWait: false gives up where a live input has nothing at the moment.
    ///   - deadline: when, by ``MonotonicClock``, an input that is followed is given up for now.
    /// - Returns: whether so many bytes are there.
    @discardableResult
    func fill(_ count: Int, mayWait: Bool = true, deadline: Int64 = .max) throws(SpikelineError) -> Bool {
        let count = min(count, EventInput.longestPiece)
        while end - start < count, !hasEnded {
            if isOpenEnded {
                if !mayWait { return false }
                isStarved = true
                throw SpikelineError("more bytes are needed", at: name, cause: .lost)
            }
            if !mayWait, isLive, !isReadable(milliseconds: 0) { return false }
            if try !readSome(of: count, mayWait: mayWait, deadline: deadline) { return false }
        }
        return end - start >= count
    }

    /// Reads until the window holds `count` bytes, the input ends, or `deadline` of ``MonotonicClock`` has passed.
    ///
    /// - Returns: whether so many bytes are there.
    func fill(_ count: Int, until deadline: Int64) throws(SpikelineError) -> Bool {
        let count = min(count, EventInput.longestPiece)
        while end - start < count, !hasEnded {
            guard SocketHandle.isReady(descriptor, Int32(POLLIN), until: deadline) else { return false }
            if try !readSome(of: count, mayWait: true) { return false }
        }
        return end - start >= count
    }

    /// Moves the window to the front of the buffer and lets the buffer grow towards `count`, at most twofold.
    private func makeRoom(for count: Int) {
        let held = end - start
        let wanted = min(max(count, EventInput.windowBytes), max(2 * held, EventInput.windowBytes))
        let page = Int64(EventInput.pageBytes)
        let front = position.map { Int((max($0, 0) &+ offset) & (page - 1)) } ?? 0
        if front + wanted > capacity {
            // Rounded up to whole pages, so that reading ends with a page.
            let bytes = (front + wanted + EventInput.pageBytes - 1) & ~(EventInput.pageBytes - 1)
            let larger = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: EventInput.pageBytes)
            unsafe (larger + front).copyMemory(from: buffer + start, byteCount: held)
            unsafe buffer.deallocate()
            unsafe buffer = larger
            capacity = bytes
        } else {
            unsafe (buffer + front).copyMemory(from: buffer + start, byteCount: held)
        }
        start = front
        end = front + held
    }

    /// Reads what is there on the way to a window of `count` bytes, waiting for it if `mayWait`, or finds the end.
    ///
    /// - Returns: false if there is nothing at the moment.
    private func readSome(of count: Int, mayWait: Bool, deadline: Int64 = .max) throws(SpikelineError) -> Bool {
        // Room is made for what may come, not for what a file claims, twice as much at a time.
        if capacity - start < min(count, max(2 * (end - start), EventInput.windowBytes)) { makeRoom(for: count) }
        if end == capacity { makeRoom(for: capacity) }
        while true {
            // A pipe that is followed and still has a writer.
            if mayBeSilent, deadline < .max, !SocketHandle.isReady(descriptor, Int32(POLLIN), until: deadline) {
                return false
            }
            guard !mayBeSilent || ProgramEnd.awaitInput(descriptor) else { throw ProgramEnd.error(at: name) }
            let got = unsafe read(descriptor, buffer + end, capacity - end)
            if got > 0 {
                end += got
                waited = 0
                return true
            }
            if got < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    // A socket was ready for nothing; its reader has a deadline to look after.
                    if isLive, following == nil { return false }
                    _ = isReadable(milliseconds: 100)
                    if following?.isStopped() == true { break }
                    continue
                }
                throw SpikelineError(
                    "cannot be read (\(SoundInput.systemText(errno)))", at: name, cause: isLive ? .lost : .input)
            }
            // The end, unless the file is one that grows.
            guard let following else { break }
            if following.isStopped() { break }
            if let idle = following.idleMilliseconds, waited >= idle { break }
            if !mayWait || MonotonicClock.nanoseconds() >= deadline { return false }
            usleep(20_000)
            waited += 20
        }
        hasEnded = true
        return true
    }

    private func isReadable(milliseconds: Int32) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&ready, 1, milliseconds) != 0
    }
}
