import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Publishes records at an MQTT 5 broker; see `MQTTPeer` for the topics and `DeliverySink` for what happens while the
/// broker is away.
public enum MQTTSink {
    /// The stage `mqtt` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "mqtt", role: .sink, input: .records,
        summary: "Publishes records as JSON at an MQTT 5 broker, and shows them in Home Assistant.",
        options: [
            OptionSpec(
                "url", .string, required: true,
                help: "The broker: mqtt://HOST[:PORT], or mqtts://HOST[:PORT] for an encrypted connection."),
            OptionSpec(
                "topic", .string,
                help: "Records are published at TOPIC/KIND. Default: spikeline/PIPELINE."),
            OptionSpec("username", .string, help: "The user, if the broker wants one."),
        ] + Secret.specs("password", what: "the user's password") + [
            OptionSpec(
                "ca_file", .string,
                help: "The certificate that the broker's must be signed by (PEM). Default: those the system trusts."),
            OptionSpec("cert_file", .string, help: "Our own certificate, if the broker wants one (PEM)."),
            OptionSpec("key_file", .string, help: "The key of cert_file (PEM, without a password)."),
            OptionSpec(
                "client_id", .string,
                help:
                    "Our name towards the broker; no two clients may share one. Default: spikeline-HOST-PIPELINE-STAGE."
            ),
            OptionSpec(
                "keepalive_s", .integer(5...3_600),
                help: "How long a connection may be silent before it is tried. Default: 30."),
            OptionSpec(
                "timeout_s", .number(0.1...600), help: "How long an answer of the broker is waited for. Default: 10."),
            OptionSpec(
                "home_assistant", .either(.bool, .list(.choice(HomeAssistant.kinds))),
                help:
                    "Whether Home Assistant shows the records: true announces each kind when its first record comes, a "
                    + "list of kinds announces these at once. Default: false."),
            OptionSpec(
                "words", .list(.string),
                help: "The words that Home Assistant learns of at once; others when they are first heard."),
            OptionSpec(
                "discovery_prefix", .string,
                help: "Where Home Assistant looks for announcements. Default: homeassistant."),
            OptionSpec(
                "device_name", .string, help: "What Home Assistant calls the device. Default: Spikeline PIPELINE."),
            OptionSpec(
                "expire_after_s", .integer(0...1_000_000),
                help: "After how long without news Home Assistant takes a state for unknown; 0: never. Default: 0."),
        ] + DeliveryOptions.specs,
        make: { (options, context) throws(SpikelineError) in
            let settings = try MQTTSettings(options, context: context)
            try MosquittoLibrary.load()
            let delivery = try DeliveryOptions(options, context: context)
            let queue = try delivery.makeQueue()
            let home = try HomeAssistant(options, settings: settings, queue: queue, context: context)
            let peer = MQTTPeer(settings, topic: MQTTSettings.topic(options, context: context), home: home)
            let notice = SinkNotices.standardError(stage: context.stage)
            return .sink(AnySink(try DeliverySink(peer, options: delivery, queue: queue, notice: notice)))
        })
}

extension MQTTSettings {
    /// What the options of the stage say.
    init(_ options: Options, context: StageContext) throws(SpikelineError) {
        let place = "stage \"\(context.stage)\""
        let topic = MQTTSettings.topic(options, context: context)
        for name in ["topic", "discovery_prefix"] {
            guard let text = name == "topic" ? topic : options.string(name) else { continue }
            let isFit = text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { level in
                !level.isEmpty && String(level).asTopicLevel == level
            }
            guard isFit, text.utf8.count <= 1_024, !text.hasPrefix("$") else {
                throw SpikelineError(
                    "\"\(name)\" expects levels with slashes between them and without + and #, found \"\(text)\"",
                    at: place)
            }
        }
        let host = MQTTSettings.hostName
        broker = try BrokerAddress(options.string("url") ?? "", at: place)
        clientID = options.string("client_id") ?? "spikeline-\(host)-\(context.pipeline)-\(context.stage)"
        availabilityTopic = topic + "/availability"
        username = options.string("username")
        password = try Secret.value("password", of: options, context: context)
        caFile = try FilePath.readable("ca_file", of: options, context: context)
        certFile = try FilePath.readable("cert_file", of: options, context: context)
        keyFile = try FilePath.readable("key_file", of: options, context: context)
        keepaliveSeconds = options.integer("keepalive_s") ?? keepaliveSeconds
        timeoutSeconds = options.number("timeout_s") ?? timeoutSeconds
        guard (1...256).contains(clientID.utf8.count) else {
            throw SpikelineError("\"client_id\" expects 1 to 256 bytes, found \(clientID.utf8.count)", at: place)
        }
        if password != nil, username == nil {
            throw SpikelineError("a password expects \"username\" beside it, found none", at: place)
        }
        if (certFile == nil) != (keyFile == nil) {
            throw SpikelineError("expected both of \"cert_file\" and \"key_file\" or neither, found one", at: place)
        }
        if !broker.usesTLS, caFile != nil || certFile != nil {
            throw SpikelineError(
                "\"ca_file\" and \"cert_file\" expect an encrypted connection, found \(broker.text)", at: place,
                hint: "Write mqtts://")
        }
    }

    /// Where the records are.
    static func topic(_ options: Options, context: StageContext) -> String {
        options.string("topic") ?? "spikeline/" + context.pipeline.asTopicLevel
    }

    /// The name of this machine.
    static var hostName: String {
        var bytes = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&bytes, 255) == 0 else { return "unknown" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension HomeAssistant {
    /// What the options of the stage say; nil if Home Assistant is not asked for.
    init?(
        _ options: Options, settings: MQTTSettings, queue: any RecordQueue, context: StageContext
    ) throws(SpikelineError) {
        let listed = HomeAssistant.texts(options.list("home_assistant"))
        guard options.bool("home_assistant") ?? (listed != nil) else {
            for name in ["words", "discovery_prefix", "device_name", "expire_after_s"] where options[name] != nil {
                throw SpikelineError(
                    "\"\(name)\" expects \"home_assistant\" beside it, found none", at: "stage \"\(context.stage)\"")
            }
            return nil
        }
        var names = Names(
            topic: MQTTSettings.topic(options, context: context), availability: settings.availabilityTopic,
            node: String(settings.clientID.unicodeScalars.map { HomeAssistant.isPlain($0) ? Character($0) : "_" }),
            device: options.string("device_name") ?? "Spikeline \(context.pipeline)")
        names.prefix = options.string("discovery_prefix") ?? names.prefix
        names.expireAfterSeconds = options.integer("expire_after_s") ?? 0
        let outbox = queue as? Outbox
        self.init(
            names, announced: listed ?? [], words: HomeAssistant.texts(options.list("words")) ?? [],
            memory: outbox.map { outbox in
                Memory(
                    recall: { name in (try? outbox.recall(name)) ?? nil },
                    remember: { name, value in try? outbox.remember(value, as: name) })
            })
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
        default: false
        }
    }

    private static func texts(_ values: [OptionValue]?) -> [String]? {
        values?.compactMap { value in
            if case .string(let text) = value { text } else { nil }
        }
    }
}
