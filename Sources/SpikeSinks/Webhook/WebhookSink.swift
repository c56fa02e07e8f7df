import SpikeSignals

/// Posts records to a web server; see `WebhookPeer` for the requests.
public enum WebhookSink {
    /// The stage `webhook` of pipelines.
    public static let descriptor = StageDescriptor(
        type: "webhook", role: .sink, input: .records,
        summary: "Posts each record as JSON to a web server, signed if wanted.",
        options: [
            OptionSpec("url", .string, required: true, help: "Where to: http://HOST... or https://HOST...")
        ] + Secret.specs("secret", what: "the key of the signature (HMAC-SHA256)")
            + Secret.specs("token", what: "what goes into the header Authorization: Bearer") + [
                OptionSpec(
                    "ca_file", .string,
                    help: "The certificate that the server's must be signed by (PEM). Default: those the system trusts."
                ),
                OptionSpec("timeout_s", .number(0.1...600), help: "How long a request may take. Default: 10."),
            ] + DeliveryOptions.specs,
        make: { (options, context) throws(SpikelineError) in
            let peer = try WebhookPeer(WebhookSettings(options, context: context))
            return try .sink(AnySink(DeliverySink(peer, options, context)))
        })
}
