import Foundation

/// A client that sends what it likes.
// Unchecked: the descriptor is a constant, and the system takes calls from any thread.
final class RawClient: @unchecked Sendable {
    private let descriptor: Int32

    init(_ path: String) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        var timeout = timeval(tv_sec: 3, tv_usec: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Asks the server at `path` for `target`, with further header fields; its whole answer.
    static func ask(_ path: String, _ target: String, method: String = "GET", _ fields: [String] = []) -> String {
        let client = RawClient(path)
        client.send(Array(("\(method) \(target) HTTP/1.1\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n").utf8))
        return client.receiveAll()
    }

    func send(_ bytes: [UInt8]) {
        _ = unsafe bytes.withUnsafeBytes {
            unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
    }

    /// Everything until the server closes, nothing comes for three seconds, or there are so many bytes.
    func receiveAll(atMost most: Int = 1_000_000) -> String {
        var all = ""
        while all.utf8.count < most {
            let part = receive()
            guard !part.isEmpty else { break }
            all += part
        }
        return all
    }

    /// What comes until `text` is in it, the server closes, or nothing comes for three seconds.
    func receive(until text: String) -> String {
        var all = ""
        while !all.contains(text) {
            let part = receive()
            guard !part.isEmpty else { break }
            all += part
        }
        return all
    }

    /// Fills the way to the server without reading an answer.
    func sendWithoutReading(_ bytes: [UInt8], times: Int) {
        for _ in 0..<times { send(bytes) }
    }

    /// What comes first; empty when the server has closed or nothing comes within three seconds.
    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }
}
