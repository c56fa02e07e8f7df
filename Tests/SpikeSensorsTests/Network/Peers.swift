import SpikeSignals
import SpikeTestSupport

@testable import SpikeSensors

#if canImport(Glibc)
import Glibc
#endif

/// One event, for comparing.
struct SeenEvent: Hashable {
    var time: Int64
    var x: Int
    var y: Int
    var isOn: Bool
}

/// What programs of others sent; see the README beside the files.
enum Recorded {
    static func bytes(_ name: String) throws -> [UInt8] {
        let path = SharedData.packageRoot + "/Tests/SpikeSensorsTests/Fixtures/network/" + name
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw SpikelineError("no such fixture", at: path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe block.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return bytes }
            bytes += block[..<count]
        }
    }

    /// The datagrams of a file with lengths in front.
    static func datagrams(_ name: String) throws -> [[UInt8]] {
        let bytes = try bytes(name)
        var found: [[UInt8]] = []
        var index = 0
        while index + 4 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[index + $1]) << (8 * $1) }
            found.append(Array(bytes[(index + 4)..<(index + 4 + length)]))
            index += 4 + length
        }
        return found
    }

    /// The events that all of them were sent.
    static func events() throws -> [SeenEvent] {
        let text = String(decoding: try bytes("events.csv"), as: UTF8.self)
        return text.split(separator: "\n").dropFirst().map { line in
            let parts = line.split(separator: ",").compactMap { Int($0) }
            return SeenEvent(time: Int64(parts[0]), x: parts[1], y: parts[2], isOn: parts[3] == 1)
        }
    }
}

extension EventBatch {
    /// The events, for comparing.
    var seen: [SeenEvent] { map { SeenEvent(time: time(of: $0), x: Int($0.x), y: Int($0.y), isOn: $0.isOn) } }
}

extension Source where Output == EventBatch {
    /// Reads until there are `count` events, the source ends or `seconds` have passed.
    func collect(_ count: Int, seconds: Double = 10) throws -> [SeenEvent] {
        var events: [SeenEvent] = []
        let batch = EventBatch()
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while events.count < count, MonotonicClock.nanoseconds() < end {
            batch.removeAll()
            guard try read(into: batch) else { break }
            events += batch.seen
        }
        return events
    }

    /// Reads until the source tells of faults; those, none after ten seconds or at the end.
    func faultsToCome() throws -> [SensorFault] {
        let batch = EventBatch()
        let end = MonotonicClock.nanoseconds() + 10_000_000_000
        while MonotonicClock.nanoseconds() < end {
            batch.removeAll()
            let isMore = try read(into: batch)
            let told = faults.take()
            if !told.isEmpty || !isMore { return told }
        }
        return []
    }

    /// The number that is called `name`.
    func counted(_ name: String) -> Int? { counters.counts.first { $0.name == name }?.value }

    /// Reads on until the number called `name` is at least `value`; whether that came about.
    func reads(until name: String, is value: Int, seconds: Double = 10) throws -> Bool {
        let batch = EventBatch()
        let end = MonotonicClock.nanoseconds() + Int64(seconds * 1e9)
        while MonotonicClock.nanoseconds() < end {
            if let now = counted(name), now >= value { return true }
            batch.removeAll()
            guard try read(into: batch) else { break }
        }
        return (counted(name) ?? 0) >= value
    }
}

/// A sender on this machine.
final class Peer: @unchecked Sendable {
    // Unchecked: a test and the thread it starts use a peer one after the other.
    private(set) var descriptor: Int32

    /// Sends datagrams to `port`.
    init(datagramsTo port: Int) throws {
        let address = try SocketAddress.resolve("127.0.0.1:\(port)", option: "test")[0]
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        guard unsafe address.withPointer({ unsafe connect(descriptor, $0, $1) }) == 0 else {
            throw SpikelineError("no socket for a test")
        }
    }

    /// Connects to `text`, as in `127.0.0.1:4000` or `unix:/path`.
    init(connectingTo text: String) throws {
        let address = try SocketAddress.resolve(text, option: "test")[0]
        descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        guard unsafe address.withPointer({ unsafe connect(descriptor, $0, $1) }) == 0 else {
            throw SpikelineError("no connection for a test (\(errno))")
        }
    }

    /// Takes over a descriptor.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { leave() }

    /// Sends all of `bytes`; a peer that has gone is no matter here.
    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Sends a datagram without bytes.
    func sendNothing() { _ = Glibc.send(descriptor, nil, 0, 0) }

    /// Sends no more, but keeps the connection.
    func halfClose() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Breaks the connection off, so that the other side gets an error and not an end.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        leave()
    }

    func leave() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

/// A server on this machine that accepts one connection after the other.
final class Server {
    let port: Int
    private let handle: SocketHandle

    init(port: Int = 0) throws {
        let address = try SocketAddress.resolve("127.0.0.1:\(port)", option: "test")[0]
        handle = try SocketHandle(SOCK_STREAM, for: address)
        handle.set(Int(SOL_SOCKET), SO_REUSEADDR, 1)
        try handle.bind(to: address)
        listen(handle.descriptor, 4)
        self.port = handle.port
    }

    /// The next connection, if one comes within ten seconds.
    func next() throws -> Peer {
        guard handle.isReady(Int32(POLLIN), until: MonotonicClock.nanoseconds() + 10_000_000_000) else {
            throw SpikelineError("nobody connected")
        }
        return Peer(accept(handle.descriptor, nil, nil))
    }
}

/// Notices that a source gave.
final class Notices: @unchecked Sendable {
    // Unchecked: only the test's thread uses it.
    private(set) var all: [String] = []
    var notice: LiveNotice { { [self] in all.append($0) } }
}
