import SpikeSensors
import SpikeSignals

/// Decides who may look at a page.
///
/// A page on this machine needs no token, but then it is only shown to a browser that was told an address of this machine: a site
/// elsewhere whose name leads here (DNS rebinding) sends its own name as `Host`. What is asked for by a page of another origin is refused.
struct PageGuard: Sendable {
    /// What to do with a request.
    enum Verdict: Equatable {
        /// It may pass.
        case passes
        /// It may pass and brings the token in the address; the browser should keep it as a cookie.
        case passesWithCookie
        /// 401: no token, or a wrong one.
        case unknown
        /// 403: it comes from a page of another origin, or for another host.
        case foreign
    }

    /// The name of the cookie.
    static let cookie = "spikeline_token"
    /// The name of the parameter in an address.
    static let parameter = "token"
    /// The fewest characters of a token.
    static let shortestToken = 16

    /// What must be shown to look; nil for a page on this machine only.
    let token: String?

    /// A guard that knows `token`.
    init(token: String?) { self.token = token }

    /// A guard for a server at `address`, which came by the option of that name.
    ///
    /// - Throws: if the token is too short, or there is none and other machines can connect.
    init(token: String?, at address: String, option: String) throws(SpikelineError) {
        if let token, token.utf8.count < PageGuard.shortestToken {
            throw SpikelineError(
                "the token has \(token.utf8.count) bytes, expected at least \(PageGuard.shortestToken)", at: option,
                hint: "Make one: openssl rand -hex 16")
        }
        if token == nil, try !StreamListener.isLocal(address, option: option) {
            throw SpikelineError(
                "other machines could look, and there is no token", at: "\(option) \(address)",
                hint: "Use 127.0.0.1, or give a token")
        }
        self.init(token: token)
    }

    /// What to do with `request`.
    func verdict(on request: HTTPRequest) -> Verdict {
        let host = request.fields["host"] ?? ""
        if let origin = request.fields["origin"], !PageGuard.isSame(origin: origin, host: host) { return .foreign }
        guard let token else { return PageGuard.namesThisMachine(host) ? .passes : .foreign }
        if let shown = request.parameter(PageGuard.parameter) {
            return PageGuard.equal(shown, token) ? .passesWithCookie : .unknown
        }
        if let shown = request.fields["authorization"], shown.hasPrefix("Bearer ") {
            return PageGuard.equal(String(shown.dropFirst(7)), token) ? .passes : .unknown
        }
        return PageGuard.equal(request.cookie(PageGuard.cookie) ?? "", token) ? .passes : .unknown
    }

    /// Whether a page of `origin` (`http://host:port`) was served by `host`.
    private static func isSame(origin: String, host: String) -> Bool {
        guard let scheme = ["http://", "https://"].first(where: { origin.hasPrefix($0) }) else { return false }
        return origin.dropFirst(scheme.count).lowercased() == host.lowercased()
    }

    private static func namesThisMachine(_ host: String) -> Bool {
        let name: Substring
        if host.hasPrefix("[") {
            name = host.prefix { $0 != "]" }.dropFirst()
        } else {
            name = host.prefix { $0 != ":" }
        }
        if ["localhost", "::1", ""].contains(name.lowercased()) { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Compares in a time that does not tell how much of the token was right.
    private static func equal(_ shown: String, _ token: String) -> Bool {
        let (a, b) = (Array(shown.utf8), Array(token.utf8))
        var difference = a.count ^ b.count
        for (index, byte) in b.enumerated() { difference |= Int((index < a.count ? a[index] : 0) ^ byte) }
        return difference == 0
    }
}
