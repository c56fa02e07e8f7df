import SpikeSignals

/// Where a broker is: `mqtt://host:1883` or, with TLS, `mqtts://host:8883`.
struct BrokerAddress: Hashable, Sendable {
    /// The name or address of the machine.
    var host: String
    /// The port.
    var port: Int
    /// Whether the connection is encrypted.
    var usesTLS: Bool

    /// The address as a URL.
    var text: String {
        (usesTLS ? "mqtts://" : "mqtt://") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }

    /// Reads a URL; the port is 1883, or 8883 with TLS, if it names none.
    init(_ url: String, at place: String) throws(SpikelineError) {
        let wrong = SpikelineError(
            "\"url\" expects mqtt://HOST[:PORT] or mqtts://HOST[:PORT], found \"\(url)\"", at: place)
        var rest: Substring
        if url.hasPrefix("mqtts://") {
            (usesTLS, rest) = (true, url.dropFirst(8))
        } else if url.hasPrefix("mqtt://") {
            (usesTLS, rest) = (false, url.dropFirst(7))
        } else {
            throw wrong
        }
        if rest.hasSuffix("/") { rest.removeLast() }
        guard !rest.contains("@") else {
            throw SpikelineError(
                "\"url\" expects no user and password, found some", at: place,
                hint: "Give \"username\" and \"password_file\" or \"password_env\"")
        }
        var portText: Substring?
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let after = rest[rest.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else { throw wrong }
            if !after.isEmpty { portText = after.dropFirst() }
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2, let name = parts.first else { throw wrong }
            host = String(name)
            if parts.count == 2 { portText = parts[1] }
        }
        let isName = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !host.contains("/")
        guard !host.isEmpty, host.utf8.count <= 253, isName else { throw wrong }
        if let portText {
            guard let number = Int(portText), (1...65_535).contains(number) else { throw wrong }
            port = number
        } else {
            port = usesTLS ? 8_883 : 1_883
        }
    }
}
