import SpikeSignals
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// Tells systemd how a service does, by the protocol of sd_notify(3): lines `NAME=VALUE` in one datagram to the socket
/// that the variable NOTIFY_SOCKET names. Without the variable nothing is sent.
///
/// | message | when |
/// |---|---|
/// | `READY=1` | devices and files are open; again after a reload, whether it worked or not |
/// | `RELOADING=1`, `MONOTONIC_USEC=` | a new pipeline file is being checked |
/// | `STOPPING=1` | the end was asked for |
/// | `WATCHDOG=1` | data moves, at most every half of WATCHDOG_USEC |
///
/// A datagram that does not get through is lost: the data come first.
final class ServiceManager: Sendable {
    private let socket: Int32
    private let address: [UInt8]
    /// Nanoseconds between two signs of life; nil if the service manager watches nobody.
    private let interval: Int64?
    /// When the next sign of life is due, in nanoseconds of the monotonic clock.
    private let due = Atomic<Int64>(0)

    /// The one that the environment names. The variables are removed, so that programs this one starts cannot speak in
    /// its name. Call it while there is one thread.
    static func ofEnvironment() -> ServiceManager? {
        let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
        let values = names.map { name in unsafe getenv(name).map { unsafe String(cString: $0) } }
        for name in names { unsafe unsetenv(name) }
        guard let path = values[0] else { return nil }
        let isOurs = values[2].map { Int32($0) == getpid() } ?? true
        return ServiceManager(path, watchdogMicroseconds: isOurs ? values[1].flatMap { Int64($0) } : nil)
    }

    /// The one at `path`, an absolute path or `@` and an abstract name; nil if there can be no such socket.
    init?(_ path: String, watchdogMicroseconds: Int64? = nil) {
        let name = Array(path.utf8)
        // sun_path of unix(7) has 108 bytes; a path ends with a zero, an abstract name begins with one.
        guard name.count > 1, name.count < 108, name[0] == 0x2F || name[0] == 0x40 else { return nil }
        let family = unsafe withUnsafeBytes(of: sa_family_t(AF_UNIX)) { unsafe Array($0) }
        address = family + (name[0] == 0x40 ? [0] + name.dropFirst() : name + [0])
        if let watchdogMicroseconds, watchdogMicroseconds > 0 {
            interval = min(watchdogMicroseconds, 86_400_000_000) * 1_000 / 2
        } else {
            interval = nil
        }
        // Not to block: a manager that does not read must not hold the data up.
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        socket = Glibc.socket(AF_UNIX, kind, 0)
        guard socket >= 0 else { return nil }
    }

    deinit { if socket >= 0 { close(socket) } }

    /// The service runs; `status` is what `systemctl status` shows.
    func ready(_ status: String) { send("READY=1\nSTATUS=\(Self.oneLine(status))") }

    /// A new pipeline file is being checked; ``ready(_:)`` says when that is over.
    func reloading() { send("RELOADING=1\nMONOTONIC_USEC=\(MonotonicClock.nanoseconds() / 1_000)") }

    /// The service ends.
    func stopping() { send("STOPPING=1") }

    /// The pipeline moves; costs a look at the clock while nothing is due. Allocates nothing unless it sends.
    func alive() {
        guard let interval else { return }
        let now = MonotonicClock.nanoseconds()
        guard now >= due.load(ordering: .relaxed) else { return }
        due.store(now + interval, ordering: .relaxed)
        send("WATCHDOG=1")
    }

    private func send(_ message: String) {
        let bytes = Array(message.utf8)
        _ = unsafe bytes.withUnsafeBytes { bytes in
            unsafe address.withUnsafeBytes { address in
                unsafe sendto(
                    socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL),
                    address.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(address.count))
            }
        }
    }

    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 ? 0x20 : $0 }.prefix(512), as: UTF8.self)
    }
}
