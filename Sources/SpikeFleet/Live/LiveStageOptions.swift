import SpikeSignals
import SpikeSinks

/// What the stages `nats` understand in common: where the server is, who we are, and which stream is meant.
public struct LiveStageOptions: Sendable {
    /// The name that stands for every sensor, in pipelines of `spikeline attend`.
    public static let everySensor = "*"

    static let specs =
        [
            OptionSpec(
                "url", .string, required: true,
                help: "The server: nats://HOST[:PORT], or tls://HOST[:PORT] for an encrypted connection."),
            OptionSpec(
                "kind", .choice(LiveMessage.kinds), required: true, help: "What the stream carries."),
            OptionSpec(
                "sensor", .string, required: true,
                help:
                    "The name of the sensor, letters, digits, _ and -, under which its stream is known. \"*\" stands for "
                    + "every sensor, for spikeline attend."),
            OptionSpec("fleet", .string, help: "The first level of all subjects. Default: spikeline."),
            OptionSpec("user", .string, help: "The user, if the server wants one."),
        ] + Secret.specs("password", what: "the user's password")
        + Secret.specs("token", what: "a token, in place of a user") + [
            OptionSpec(
                "credentials_file", .string, help: "A file with a JWT and its seed (.creds), in place of a user."),
            OptionSpec(
                "ca_file", .string,
                help: "The certificate that the server's must be signed by (PEM). Default: those the system trusts."),
            OptionSpec("cert_file", .string, help: "Our own certificate, if the server wants one (PEM)."),
            OptionSpec("key_file", .string, help: "The key of cert_file (PEM, without a password)."),
            OptionSpec(
                "give_up_after_s", .number(0...1_000_000),
                help: "How long a server that is away is waited for, before the run ends with exit code 3. Default: 30."
            ),
        ]

    /// How to reach the server.
    public let settings: NATSSettings
    /// The fleet.
    public let fleet: Fleet
    /// The sensor, or ``everySensor``.
    public let sensor: String
    /// What the stream carries.
    public let kind: PortKind

    /// What the options of the stage say.
    public init(_ options: Options, context: StageContext, kind: PortKind) throws(SpikelineError) {
        let place = "stage \"\(context.stage)\""
        do throws(SpikelineError) {
            var settings = try NATSSettings(options.string("url") ?? "")
            settings.user = options.string("user")
            settings.password = try Secret.value("password", of: options, context: context)
            settings.token = try Secret.value("token", of: options, context: context)
            settings.credentialsFile = options.string("credentials_file").map(context.resolve(path:))
            settings.caFile = options.string("ca_file").map(context.resolve(path:))
            settings.certFile = options.string("cert_file").map(context.resolve(path:))
            settings.keyFile = options.string("key_file").map(context.resolve(path:))
            settings.patienceSeconds = options.number("give_up_after_s") ?? 30
            settings.name = "spikeline \(context.pipeline) \(context.stage)"
            try settings.check()
            self.settings = settings
            fleet = try Fleet(name: options.string("fleet") ?? "spikeline")
        } catch {
            var error = error
            if error.place.isEmpty { error.place = place }
            throw error
        }
        sensor = options.string("sensor") ?? ""
        self.kind = kind
    }

    /// Refuses a name that is not one sensor's.
    func checkSensor(at stage: String) throws(SpikelineError) {
        guard sensor != LiveStageOptions.everySensor else {
            throw SpikelineError(
                "\"sensor\" expects the name of one sensor here, found \"*\"", at: "stage \"\(stage)\"",
                hint: "Name one, or run the pipeline with spikeline attend")
        }
        try Fleet.checkName(sensor, of: "sensor", at: "stage \"\(stage)\"")
    }
}
