import Foundation

/// Programs that tests start beside the one they test.
public enum Tool {
    /// The path of `name`, or nil if it is not installed.
    public static func path(of name: String) -> String? {
        let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (places + ["/usr/sbin", "/sbin"]).map { $0 + "/" + name }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Whether all of these are installed.
    public static func areInstalled(_ names: String...) -> Bool { names.allSatisfy { path(of: $0) != nil } }

    /// Starts `words`, the first being the name of a program, with its output in `output`.
    public static func start(_ words: [String], output: String = "/dev/null") throws -> Child {
        try Child(path(of: words[0]) ?? words[0], Array(words.dropFirst()), output: output)
    }

    /// Runs `words` to their end; the exit code.
    @discardableResult
    public static func run(_ words: [String]) throws -> Int32 {
        let child = try start(words)
        child.wait()
        return child.code
    }

    /// A port of the loopback interface that nothing listens at.
    public static func freePort() -> Int {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, length)
                unsafe getsockname(listener, address, &length)
            }
            return Int(UInt16(bigEndian: unsafe pointer.pointee.sin_port))
        }
    }

    /// Whether something listens at `port` of the loopback interface.
    public static func isOpen(port: Int) -> Bool {
        let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(caller) }
        return connect(caller, to: port)
    }

    private static func connect(_ caller: Int32, to port: Int) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe Glibc.connect(caller, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// The answer to `GET path` at `port` of the loopback interface, head and body; empty if nobody answers in ten seconds.
    public static func get(_ path: String, port: Int) -> String {
        let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(caller) }
        var timeout = timeval(tv_sec: 10, tv_usec: 0)
        _ = unsafe setsockopt(caller, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        guard connect(caller, to: port) else { return "" }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
        _ = unsafe request.withUnsafeBytes { unsafe send(caller, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        var (all, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4_096))
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(caller, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { break }
            all += buffer[..<count]
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Waits until `condition` holds, at most `seconds`; whether it does.
    @discardableResult
    public static func wait(seconds: Double = 20, until condition: () -> Bool) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while !condition() {
            if Date() > end { return false }
            usleep(5_000)
        }
        return true
    }
}
