import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// How to reach a NATS server, or the servers of a cluster, and who we are.
public struct NATSSettings: Sendable {
    /// The servers, each `nats://HOST:PORT` or, encrypted, `tls://HOST:PORT`.
    public let urls: [String]
    /// The user, if the server wants one.
    public var user: String?
    /// The user's password.
    public var password: String?
    /// A token in place of a user.
    public var token: String?
    /// A file with a JWT and its seed (`.creds`).
    public var credentialsFile: String?
    /// The certificate of the authority that signed the server's; nil for those that the system trusts.
    public var caFile: String?
    /// Our own certificate, if the server wants one.
    public var certFile: String?
    /// The key of ``certFile``.
    public var keyFile: String?
    /// Our name in the server's lists.
    public var name = "spikeline"
    /// How long a server that is away is waited for, in seconds.
    public var patienceSeconds = 30.0

    /// Servers at `text`: one URL, or several with commas between them.
    ///
    /// - Throws: if one is no URL of NATS, or holds a password, which other users of the machine would see.
    public init(_ text: String) throws(SpikelineError) {
        urls = text.split(separator: ",").map(String.init)
        for url in urls.isEmpty ? [text] : urls {
            let isPlain = url.hasPrefix("nats://")
            guard isPlain || url.hasPrefix("tls://") else {
                throw SpikelineError("expected nats://HOST[:PORT] or tls://HOST[:PORT], found \"\(url)\"")
            }
            let rest = url.dropFirst(isPlain ? 7 : 6)
            guard !rest.contains("@") else {
                throw SpikelineError(
                    "expected a URL without user and password, which others could see, found one with them",
                    hint: "Use --user and --password-file, --token-file or --credentials")
            }
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            let host = parts.first ?? ""
            let port = parts.count == 2 ? Int(parts[1]) : parts.count == 1 ? 4222 : nil
            let isFit = host.utf8.allSatisfy { byte in
                byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || (byte < 0x80 && Character(Unicode.Scalar(byte)).isLetter)
                    || (0x30...0x39).contains(byte)
            }
            guard isFit, (1...253).contains(host.utf8.count), let port, (1...65_535).contains(port) else {
                throw SpikelineError("expected nats://HOST[:PORT] or tls://HOST[:PORT], found \"\(url)\"")
            }
        }
    }

    /// Whether the connection is encrypted.
    var usesTLS: Bool { urls.contains { $0.hasPrefix("tls://") } }
    /// The servers in messages.
    public var place: String { urls.joined(separator: ",") }

    /// Refuses what does not go together, and files that cannot be read.
    public func check() throws(SpikelineError) {
        let ways = [user, token, credentialsFile].filter { $0 != nil }.count
        if ways > 1 {
            throw SpikelineError("expected one of a user, a token and a credentials file, found \(ways)", at: place)
        }
        if password != nil, user == nil {
            throw SpikelineError("a password expects a user beside it, found none", at: place)
        }
        if (certFile == nil) != (keyFile == nil) {
            throw SpikelineError("expected both of a certificate and its key or neither, found one", at: place)
        }
        if !usesTLS, caFile != nil || certFile != nil {
            throw SpikelineError(
                "certificates expect an encrypted connection, found \(place)", at: place, hint: "Write tls://")
        }
        for file in [credentialsFile, caFile, certFile, keyFile] {
            guard let file, unsafe access(file, R_OK) != 0 else { continue }
            throw SpikelineError("the file cannot be read", at: file, hint: "Check the path and who may read")
        }
    }
}
