import Foundation

/// Debian's mosquitto on a free loopback port, and a subscriber that writes down what comes.
public final class Broker {
    /// A message as the subscriber got it.
    public struct Message: Hashable {
        /// The topic.
        public var topic: String
        /// Whether the broker had kept it.
        public var isRetained: Bool
        /// The text.
        public var payload: String
    }

    /// Whether what is needed is installed.
    public static let isInstalled = Tool.areInstalled("mosquitto", "mosquitto_sub", "mosquitto_passwd", "openssl")

    /// The port.
    public let port = Tool.freePort()
    /// The certificates, if connections are encrypted.
    public let certificates: Certificates?
    private let folder: String
    private let password: String?
    private var process: Child?
    private var subscriber: Child?
    private var subscriptions = 0

    /// A broker that is not running yet. With `password` only the user "spike" with that password may connect.
    ///
    /// What it owes to subscribers is in a file after every change, so a broker that was killed still knows it.
    public init(encrypted: Bool = false, password: String? = nil) throws {
        folder = NSTemporaryDirectory() + "spikeline-broker-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        certificates = encrypted ? try Certificates(in: folder) : nil
        self.password = password
        var lines = [
            "listener \(port) 127.0.0.1", "user root", "persistence true", "persistence_location \(folder)/",
            "autosave_on_changes true", "autosave_interval 1", "max_inflight_messages 0", "max_queued_messages 0",
            "allow_anonymous \(password == nil)",
        ]
        if let password {
            try Tool.run(["mosquitto_passwd", "-b", "-c", folder + "/users", "spike", password])
            lines.append("password_file \(folder)/users")
        }
        if let certificates {
            lines.append("certfile \(certificates.certificate)")
            lines.append("keyfile \(certificates.key)")
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/broker.conf"))
    }

    deinit {
        stop(signal: SIGKILL)
        subscriber?.end(signal: SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Whether it runs.
    public var isRunning: Bool { process?.isRunning ?? false }

    /// Starts it, again if need be, and waits until it takes connections.
    public func start() throws {
        guard !isRunning else { return }
        process = try Tool.start(["mosquitto", "-c", folder + "/broker.conf"])
        Tool.wait { Tool.isOpen(port: port) }
    }

    /// Stops it: politely with SIGTERM, at once with SIGKILL.
    public func stop(signal: Int32 = SIGTERM) {
        process?.end(signal: signal)
        process = nil
    }

    /// Starts the subscriber, which gets every topic and, while it is away, all that comes meanwhile.
    public func subscribe() throws {
        subscriptions += 1
        var words = [
            "mosquitto_sub", "-h", "127.0.0.1", "-p", "\(port)", "-V", "5", "-q", "1", "-c", "-x", "86400", "-i",
            "receiver\(subscriptions)", "-t", "#", "-F", "%t\t%r\t%p",
        ]
        if let password { words += ["-u", "spike", "-P", password] }
        if let certificates { words += ["--cafile", certificates.authority] }
        subscriber?.end(signal: SIGKILL)
        subscriber = try Tool.start(words, output: log)
        waitForSubscriber()
    }

    private var log: String { "\(folder)/messages-\(subscriptions)" }

    /// Waits until the subscriber is connected (again): until a message of ours reaches it.
    public func waitForSubscriber() {
        let mark = UUID().uuidString
        var words = [
            "mosquitto_pub", "-h", "127.0.0.1", "-p", "\(port)", "-V", "5", "-q", "1", "-t", "test/mark", "-m", mark,
        ]
        if let password { words += ["-u", "spike", "-P", password] }
        if let certificates { words += ["--cafile", certificates.authority] }
        _ = Tool.wait {
            _ = try? Tool.run(words)
            return Tool.wait(seconds: 0.3) { text.contains(mark) }
        }
    }

    private var text: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

    /// What the subscriber got so far, without our own messages.
    public var messages: [Message] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts[0] != "test/mark" else { return nil }
            return Message(topic: parts[0], isRetained: parts[1] == "1", payload: parts[2])
        }
    }
}
