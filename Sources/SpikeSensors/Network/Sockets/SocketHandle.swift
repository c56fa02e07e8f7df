import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// A socket of the operating system, closed with the last reference.
final class SocketHandle {
    /// The descriptor, non-blocking and closed on exec; -1 once it has been taken.
    private(set) var descriptor: Int32

    /// A new socket for `address`; `kind` is `SOCK_DGRAM` or `SOCK_STREAM`.
    init(_ kind: __socket_type, for address: SocketAddress) throws(SpikelineError) {
        descriptor = socket(
            address.family, Int32(kind.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketHandle.refusal(errno, address) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Hands the descriptor over; the taker closes it.
    func take() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    /// Gives the socket an address of this machine.
    func bind(to address: SocketAddress) throws(SpikelineError) {
        if address.family == AF_INET6 { set(IPPROTO_IPV6, IPV6_V6ONLY, 1) }
        let code = unsafe address.withPointer { unsafe Glibc.bind(descriptor, $0, $1) == 0 ? 0 : errno }
        guard code == 0 else { throw SocketHandle.refusal(code, address) }
    }

    /// Sets an option to a number; whether the system took it.
    @discardableResult
    func set(_ level: Int, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return unsafe setsockopt(descriptor, Int32(level), option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// The number that an option has.
    func get(_ level: Int, _ option: Int32) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, Int32(level), option, &value, &length) == 0 ? value : 0
    }

    /// Lets the system find out within half a minute that a silent peer is gone (tcp(7)).
    func keepAlive() { SocketHandle.keepAlive(descriptor) }

    /// As ``keepAlive()``; a socket that is not of TCP stays as it is.
    static func keepAlive(_ descriptor: Int32) {
        for (level, option, value) in [
            (SOL_SOCKET, SO_KEEPALIVE, 1), (Int32(IPPROTO_TCP), TCP_KEEPIDLE, 10),
            (Int32(IPPROTO_TCP), TCP_KEEPINTVL, 5),
            (Int32(IPPROTO_TCP), TCP_KEEPCNT, 3),
        ] {
            var number = Int32(value)
            _ = unsafe setsockopt(descriptor, level, option, &number, socklen_t(MemoryLayout<Int32>.size))
        }
    }

    /// The port that the socket has got; 0 for a Unix socket.
    var port: Int {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let code = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        guard code == 0, [sa_family_t(AF_INET), sa_family_t(AF_INET6)].contains(storage.ss_family) else { return 0 }
        // Both families have the port behind the two bytes of the family, highest byte first.
        return unsafe withUnsafeBytes(of: &storage) { unsafe Int($0[2]) << 8 | Int($0[3]) }
    }

    /// Waits until the socket is ready for one of `events` or `deadline` has passed.
    func isReady(_ events: Int32, until deadline: Int64) -> Bool {
        SocketHandle.isReady(descriptor, events, until: deadline)
    }

    /// Waits until `descriptor` is ready for one of `events` or `deadline` has passed.
    static func isReady(_ descriptor: Int32, _ events: Int32, until deadline: Int64) -> Bool {
        var ready = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return unsafe poll(&ready, 1, MonotonicClock.pollTime(to: deadline)) > 0
    }

    /// The error for an address at which the system refuses to open a socket, by the system's code.
    static func refusal(_ code: Int32, _ address: SocketAddress) -> SpikelineError {
        switch code {
        case EADDRINUSE:
            SpikelineError(
                "the address is in use by another program", at: address.text,
                hint: "End that program, or choose another \(address.path == nil ? "port" : "path")")
        case EADDRNOTAVAIL:
            SpikelineError(
                "this machine has no such address", at: address.text,
                hint: "Use 127.0.0.1, or 0.0.0.0 for all of its own")
        case EACCES, EPERM:
            SpikelineError(
                "the address may not be used (permission denied)", at: address.text,
                hint: "Ports below 1024 are the system's")
        default:
            SpikelineError("the socket cannot be opened (\(SoundInput.systemText(code)))", at: address.text)
        }
    }
}
