import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Waits for programs that connect and send, one at a time: the next one is heard when the one before has left.
final class ListeningLink: EventLink {
    let name: String
    let canReopen: Bool
    /// The port it listens at; 0 for a Unix socket.
    let port: Int

    private let socket: SocketHandle
    private let path: String?
    private let notice: LiveNotice?

    /// How many programs may wait for their turn.
    static let mostWaiting: Int32 = 4

    /// Listens at `address`; a Unix socket that nobody listens at any more is replaced.
    init(
        _ address: SocketAddress, canReopen: Bool, mostWaiting: Int32 = ListeningLink.mostWaiting,
        notice: LiveNotice? = nil
    ) throws(SpikelineError) {
        name = address.text
        self.canReopen = canReopen
        self.notice = notice
        socket = try SocketHandle(SOCK_STREAM, for: address)
        // A port whose last connection is still being wound up may be used again at once.
        if address.path == nil { socket.set(Int(SOL_SOCKET), SO_REUSEADDR, 1) }
        if let path = address.path { try ListeningLink.clear(path, address) }
        try socket.bind(to: address)
        path = address.path
        guard listen(socket.descriptor, mostWaiting) == 0 else {
            throw SocketHandle.refusal(errno, address)
        }
        port = socket.port
        if !address.isLocal { notice?("\(name) can be reached from other machines, and nothing is checked") }
    }

    deinit { if let path { unsafe unlink(path) } }

    func open(until deadline: Int64) throws(SpikelineError) -> Int32? {
        while socket.isReady(Int32(POLLIN), until: deadline) {
            let descriptor = accept(socket.descriptor, nil, nil)
            if descriptor >= 0 {
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
                if path == nil { SocketHandle.keepAlive(descriptor) }
                notice?("a program has connected to \(name)")
                return descriptor
            }
            // One that has left while it waited, or too many open files: not for ever.
            if MonotonicClock.nanoseconds() >= deadline { return nil }
            MonotonicClock.sleep(until: min(deadline, MonotonicClock.nanoseconds() + 10_000_000))
        }
        return nil
    }

    /// Removes a socket at `path` that is left over; anything else stays, and binding to it fails.
    private static func clear(_ path: String, _ address: SocketAddress) throws(SpikelineError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        let probe = try SocketHandle(SOCK_STREAM, for: address)
        let code = unsafe address.withPointer { unsafe connect(probe.descriptor, $0, $1) == 0 ? 0 : errno }
        if code == ECONNREFUSED { unsafe unlink(path) }
    }
}
