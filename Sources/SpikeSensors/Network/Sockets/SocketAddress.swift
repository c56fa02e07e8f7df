import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Where a socket listens or connects to: `127.0.0.1:3333`, `[::1]:3333`, `camera.local:7777`, `:3333` (this machine
/// only) or `unix:/run/camera.sock`.
struct SocketAddress: Sendable {
    /// How it was written.
    let text: String
    /// `AF_INET`, `AF_INET6` or `AF_UNIX`.
    let family: Int32
    /// The path of a Unix socket.
    let path: String?
    private let storage: sockaddr_storage
    private let length: socklen_t

    /// Takes over `bytes` of an address of the system.
    private init(text: String, path: String?, bytes: UnsafeRawBufferPointer) {
        var storage = sockaddr_storage()
        unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.copyBytes(from: bytes.prefix($0.count)) }
        self.storage = storage
        self.text = text
        self.path = path
        family = Int32(storage.ss_family)
        length = socklen_t(bytes.count)
    }

    /// Runs `body` with the address as the system wants it.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }

    /// Whether only programs on this machine can reach it.
    var isLocal: Bool {
        if family == AF_UNIX { return true }
        return unsafe withUnsafeBytes(of: storage) { bytes in
            // The first byte of IPv4's address is the fifth; IPv6's 16 bytes begin with the ninth.
            if family == AF_INET { return unsafe bytes[4] == 127 }
            return unsafe bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
        }
    }

    /// The addresses that `text` names, those of IPv4 first.
    static func resolve(_ text: String, option: String) throws(SpikelineError) -> [SocketAddress] {
        if text.hasPrefix("unix:") { return [try unix(text, option: option)] }
        guard let (host, port) = parts(text) else {
            throw SpikelineError(
                "\"\(option)\" expects host:port, found \"\(text)\"", at: text,
                hint: "As in 127.0.0.1:3333, [::1]:3333 or unix:/path; the port is a number up to 65535")
        }
        let found = try lookUp(host, port, text)
        guard !found.isEmpty else { throw SpikelineError("the host \"\(host)\" has no address", at: text) }
        return found.filter { $0.family == AF_INET } + found.filter { $0.family != AF_INET }
    }

    private static func lookUp(_ host: String, _ port: String, _ text: String) throws(SpikelineError) -> [SocketAddress]
    {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, port, &hints, &list)
        guard code == 0 else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw SpikelineError(
                "the host \"\(host)\" is not known (\(reason))", at: text, hint: "Check the name, or give a number")
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = unsafe list
        while let info = unsafe next {
            let family = unsafe info.pointee.ai_family
            if let address = unsafe info.pointee.ai_addr, family == AF_INET || family == AF_INET6 {
                let bytes = unsafe UnsafeRawBufferPointer(start: address, count: Int(info.pointee.ai_addrlen))
                unsafe found.append(SocketAddress(text: text, path: nil, bytes: bytes))
            }
            unsafe next = info.pointee.ai_next
        }
        return found
    }

    /// Host and port of `host:port`; a missing host is 127.0.0.1.
    private static func parts(_ text: String) -> (host: String, port: String)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let port = text[text.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), UInt16(port) != nil else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            return nil
        }
        return (host.isEmpty ? "127.0.0.1" : host, String(port))
    }

    private static func unix(_ text: String, option: String) throws(SpikelineError) -> SocketAddress {
        let path = String(text.dropFirst("unix:".count))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path) - 1
        guard !path.isEmpty, path.utf8.count <= room, !path.utf8.contains(0) else {
            throw SpikelineError(
                "\"\(option)\" expects unix: and a path of at most \(room) bytes, found \"\(text)\"", at: text)
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return unsafe withUnsafeBytes(of: &address) { unsafe SocketAddress(text: text, path: path, bytes: $0) }
    }
}
