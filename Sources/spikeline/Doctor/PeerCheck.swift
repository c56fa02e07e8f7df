import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Whether somebody takes connections at an address.
struct PeerCheck {
    /// The name or address of the machine.
    var host: String
    /// The port.
    var port: Int

    /// Host and port of a URL of these schemes: mqtt, mqtts, http, https; nil for any other text.
    init?(url: String) {
        let ports = ["mqtt": 1_883, "mqtts": 8_883, "http": 80, "https": 443]
        let parts = url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, parts[0].hasSuffix(":"),
            let known = ports[String(parts[0].dropLast())]
        else { return nil }
        var authority = parts[2].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        var rest = authority
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            rest = authority[authority.index(after: end)...]
        } else {
            host = String(authority.prefix { $0 != ":" })
            rest = authority.dropFirst(host.count)
        }
        guard !host.isEmpty, host.utf8.count <= 253, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return nil
        }
        if rest.isEmpty {
            port = known
        } else {
            guard rest.hasPrefix(":"), let number = Int(rest.dropFirst()), (1...65_535).contains(number) else {
                return nil
            }
            port = number
        }
    }

    /// Connects by TCP and hangs up; what keeps it from that within `milliseconds`, or nil. Names are looked up by the
    /// system, in its own time.
    func complaint(within milliseconds: Int32 = 3_000) -> String? {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0, let first = unsafe list else {
            return unsafe "the name cannot be found (\(String(cString: gai_strerror(code))))"
        }
        defer { unsafe freeaddrinfo(first) }
        var complaint = "no address"
        var entry: UnsafeMutablePointer<addrinfo>? = unsafe first
        while let each = unsafe entry {
            guard let trouble = unsafe Self.connect(each.pointee, within: milliseconds) else { return nil }
            complaint = trouble
            unsafe entry = each.pointee.ai_next
        }
        return complaint
    }

    private static func connect(_ address: addrinfo, within milliseconds: Int32) -> String? {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let file = unsafe socket(address.ai_family, kind, 0)
        guard file >= 0 else { return unsafe String(cString: strerror(errno)) }
        defer { close(file) }
        if unsafe Glibc.connect(file, address.ai_addr, address.ai_addrlen) == 0 { return nil }
        guard errno == EINPROGRESS else { return unsafe String(cString: strerror(errno)) }
        var wait = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&wait, 1, milliseconds) == 1 else { return "no answer within \(milliseconds / 1_000) s" }
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(file, SOL_SOCKET, SO_ERROR, &error, &length)
        return error == 0 ? nil : unsafe String(cString: strerror(error))
    }
}
