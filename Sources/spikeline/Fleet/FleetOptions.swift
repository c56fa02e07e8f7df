import ArgumentParser
import SpikeFleet
import SpikeSignals

/// How verbs reach a fleet.
struct FleetOptions: ParsableArguments {
    @Option(help: "The NATS server, as nats://HOST[:PORT] or, encrypted, tls://HOST[:PORT]; several with commas.")
    var nats: String
    @Option(help: "The name of the fleet, the first level of its subjects.")
    var fleet = "spikeline"
    @Option(help: "The user, if the server wants one.")
    var user: String?
    @Option(help: "A file that holds the user's password.")
    var passwordFile: String?
    @Option(help: "A file that holds a token, in place of a user.")
    var tokenFile: String?
    @Option(help: "A file with a JWT and its seed (.creds), in place of a user.")
    var credentials: String?
    @Option(help: "The certificate that the server's must be signed by (PEM). Default: those that the system trusts.")
    var caFile: String?
    @Option(help: "Our own certificate, if the server wants one (PEM).")
    var certFile: String?
    @Option(help: "The key of --cert-file (PEM).")
    var keyFile: String?
    @Option(help: "How many seconds a server that is away is waited for.")
    var patience = 30.0

    func validate() throws {
        guard (0...86_400).contains(patience) else {
            throw ValidationError("--patience expects 0 to 86400, found \(patience).")
        }
    }

    /// The connection.
    func connect(as name: String) throws(SpikelineError) -> NATSConnection {
        var settings = try NATSSettings(nats)
        settings.user = user
        settings.password = try passwordFile.map { (path) throws(SpikelineError) in try Self.secret(path) }
        settings.token = try tokenFile.map { (path) throws(SpikelineError) in try Self.secret(path) }
        settings.credentialsFile = credentials
        (settings.caFile, settings.certFile, settings.keyFile) = (caFile, certFile, keyFile)
        settings.patienceSeconds = patience
        settings.name = "spikeline \(name)"
        return try NATSConnection(settings) {
            Console.error("\($0) for \(Figures.decimal(patience, 0)) s (--patience)")
        }
    }

    /// The fleet.
    func named() throws(SpikelineError) -> Fleet { try Fleet(name: fleet) }

    private static func secret(_ path: String) throws(SpikelineError) -> String {
        var text = try TextInput.read(path, limit: 4_096)
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw SpikelineError("expected a secret, found nothing", at: path)
        }
        return text
    }
}
