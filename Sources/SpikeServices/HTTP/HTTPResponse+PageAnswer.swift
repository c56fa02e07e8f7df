import SpikeSignals

extension HTTPResponse {
    /// What a page may do: its own style and script, and requests to where it came from.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
        + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// The response that `answer` stands for.
    init(_ answer: PageAnswer) {
        self.init(body: answer.body)
        switch answer.content {
        case .html:
            type = "text/html; charset=utf-8"
            fields.append(("Content-Security-Policy", Self.policy))
        case .json: type = "application/json"
        case .refusal: (type, status) = ("application/json", .malformed)
        case .busy: (type, status) = ("application/json", .unavailable)
        }
        if let time = answer.milliseconds.flatMap({ JSONValue.decimal($0, decimals: 2) }) {
            fields.append(("Server-Timing", "engine;dur=\(time)"))
        }
    }
}
