import SpikeSignals

/// Where records are posted and how we show who we are.
struct WebhookSettings: Sendable {
    /// The address, `http` or `https`.
    var url: String
    /// The key of the signature; nil for none.
    var secret: String?
    /// What goes into `Authorization: Bearer`; nil for none.
    var token: String?
    /// The certificate of the authority that signed the server's; nil for those that the system trusts.
    var caFile: String?
    /// How long a request may take, in seconds.
    var timeoutSeconds = 10.0

    /// Posts to `url`.
    init(url: String) { self.url = url }

    /// What the options of the stage say.
    init(_ options: Options, context: StageContext) throws(SpikelineError) {
        let place = "stage \"\(context.stage)\""
        url = options.string("url") ?? ""
        let host = url.hasPrefix("https://") ? url.dropFirst(8) : url.hasPrefix("http://") ? url.dropFirst(7) : ""
        let isPrintable = url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        guard let first = host.first, first != "/", isPrintable, url.utf8.count <= 2_048 else {
            throw SpikelineError("\"url\" expects http://HOST... or https://HOST..., found \"\(url)\"", at: place)
        }
        guard !host.prefix(while: { $0 != "/" && $0 != "?" }).contains("@") else {
            throw SpikelineError(
                "\"url\" expects no user and password, found some", at: place,
                hint: "Give \"token_file\" or \"token_env\"")
        }
        secret = try Secret.value("secret", of: options, context: context)
        token = try Secret.value("token", of: options, context: context)
        if let token, !token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw SpikelineError("the token expects visible characters, found others", at: place)
        }
        caFile = try FilePath.readable("ca_file", of: options, context: context)
        timeoutSeconds = options.number("timeout_s") ?? timeoutSeconds
        if caFile != nil, !url.hasPrefix("https://") {
            throw SpikelineError("\"ca_file\" expects an encrypted connection, found \(url)", at: place)
        }
    }
}
