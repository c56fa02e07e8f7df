import Foundation

/// Debian's nats-server with JetStream on a free loopback port, with a folder of its own.
public final class NATSServer {
    /// Whether it is installed.
    public static let isInstalled = Tool.areInstalled("nats-server", "openssl")

    /// The port.
    public let port = Tool.freePort()
    /// Where it keeps its streams and its configuration.
    public let folder: String
    /// The certificates, if connections are encrypted.
    public let certificates: Certificates?
    private var process: Child?

    /// A server that is not running yet; `more` are lines of its configuration.
    public init(encrypted: Bool = false, more: [String] = []) throws {
        folder = NSTemporaryDirectory() + "spikeline-nats-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        certificates = encrypted ? try Certificates(in: folder) : nil
        var lines = ["host: 127.0.0.1", "port: \(port)", "jetstream { store_dir: \"\(folder)/streams\" }"] + more
        if let certificates {
            lines.append("tls { cert_file: \"\(certificates.certificate)\", key_file: \"\(certificates.key)\" }")
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/server.conf"))
    }

    deinit {
        stop(signal: SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The URL.
    public var url: String { "\(certificates == nil ? "nats" : "tls")://127.0.0.1:\(port)" }

    /// Starts it, again if need be, and waits until it takes connections.
    public func start() throws {
        process = try Tool.start(["nats-server", "-c", folder + "/server.conf"])
        Tool.wait { Tool.isOpen(port: port) }
    }

    /// Stops it: politely with SIGTERM, at once with SIGKILL.
    public func stop(signal: Int32 = SIGTERM) {
        process?.end(signal: signal)
        process = nil
    }
}
