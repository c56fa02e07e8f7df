import CCurl
import SpikeSignals

/// A web server as the taker of records: each is posted as JSON, and delivered when the server answers 2xx.
///
/// | header | value |
/// |---|---|
/// | `X-Spikeline-Id` | the stable id of the record |
/// | `X-Spikeline-Timestamp` | seconds since 1970, now |
/// | `X-Spikeline-Signature` | with a secret: `sha256=` and the HMAC-SHA256, in hexadecimal, of timestamp, full stop and body |
///
/// The answers 400, 413, 415 and 422 mean that the server will never take this record; any other is tried again.
@safe
final class WebhookPeer: Peer {
    /// What a request that is going on may look at.
    private final class Watch {
        var deadline = Deadline()
        var received = 0
    }

    let window = 1
    /// The most bytes of an answer that are read.
    private static let mostReceived = 65_536

    private let settings: WebhookSettings
    private let handle: UnsafeMutableRawPointer
    private let watch = Watch()

    /// Posts as `settings` say.
    init(_ settings: WebhookSettings) throws(SpikelineError) {
        try CurlLibrary.load()
        self.settings = settings
        guard let made = unsafe spike_curl_easy_init() else {
            throw SpikelineError("the library makes no HTTP client", cause: .lost)
        }
        unsafe handle = made
        let milliseconds = max(1, Int(settings.timeoutSeconds * 1_000))
        unsafe spike_curl_set_text(handle, CURLOPT_URL, settings.url)
        unsafe spike_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe spike_curl_set_text(handle, CURLOPT_USERAGENT, "spikeline")
        unsafe spike_curl_set_long(handle, CURLOPT_POST, 1)
        unsafe spike_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        unsafe spike_curl_set_long(handle, CURLOPT_TIMEOUT_MS, milliseconds)
        unsafe spike_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        unsafe spike_curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
        if let file = settings.caFile { unsafe spike_curl_set_text(handle, CURLOPT_CAINFO, file) }
        let object = unsafe Unmanaged.passUnretained(watch).toOpaque()
        unsafe spike_curl_set_pointer(handle, CURLOPT_WRITEDATA, object)
        unsafe spike_curl_set_pointer(handle, CURLOPT_XFERINFODATA, object)
        unsafe spike_curl_set_writer(handle) { _, size, count, object in
            guard let watch = unsafe WebhookPeer.watch(object) else { return 0 }
            watch.received += size * count
            return watch.received > WebhookPeer.mostReceived ? 0 : size * count
        }
        unsafe spike_curl_set_progress(handle) { object, _, _, _, _ in
            unsafe WebhookPeer.watch(object)?.deadline.hasPassed ?? true ? 1 : 0
        }
    }

    deinit { unsafe spike_curl_easy_cleanup(handle) }

    private static func watch(_ object: UnsafeMutableRawPointer?) -> Watch? {
        unsafe object.map { unsafe Unmanaged<Watch>.fromOpaque($0).takeUnretainedValue() }
    }

    func deliver(_ records: [OutgoingRecord], until deadline: Deadline) -> Delivery {
        var delivery = Delivery()
        watch.deadline = deadline
        for record in records {
            guard delivery.failure == nil, !deadline.hasPassed else { break }
            switch post(record) {
            case .success(200..<300): delivery.delivered.append(record.key)
            case .success(let status) where [400, 413, 415, 422].contains(status):
                delivery.refused.append((record.key, error("the server answers \(status)")))
            case .success(let status): delivery.failure = failure(status)
            case .failure(let failure): delivery.failure = failure
            }
        }
        return delivery
    }

    /// Posts one record; the status of the answer.
    private func post(_ record: OutgoingRecord) -> Result<Int, DeliveryFailure> {
        let seconds = RecordStamp.wallNanoseconds() / 1_000_000_000
        var headers = WebhookPeer.headers(of: record, at: seconds, secret: settings.secret)
        if let token = settings.token { headers.append("Authorization: Bearer \(token)") }
        var list: UnsafeMutablePointer<curl_slist>?
        for header in headers { unsafe list = spike_curl_slist_append(list, header) }
        defer { unsafe spike_curl_slist_free_all(list) }
        watch.received = 0
        let body = record.json
        unsafe spike_curl_set_list(handle, CURLOPT_HTTPHEADER, list)
        unsafe spike_curl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.utf8.count)
        unsafe spike_curl_set_text(handle, CURLOPT_COPYPOSTFIELDS, body)
        let code = unsafe spike_curl_easy_perform(handle)
        var status = 0
        unsafe spike_curl_status(handle, &status)
        // An answer that is too long to read has its status all the same.
        if code == CURLE_OK || (code == CURLE_WRITE_ERROR && status > 0) { return .success(status) }
        let why = unsafe spike_curl_easy_strerror(code).map { unsafe String(cString: $0) } ?? "error"
        let isUntrusted = code == CURLE_PEER_FAILED_VERIFICATION
        let error = error(
            "the server cannot be reached (\(why))",
            hint: isUntrusted
                ? "Check \"ca_file\" and that the certificate is for this host" : "Check that it runs there")
        return .failure(DeliveryFailure(error: error, isForGood: isUntrusted))
    }

    /// The headers of a request, with a signature if there is a secret.
    static func headers(of record: OutgoingRecord, at seconds: Int64, secret: String?) -> [String] {
        var headers = [
            "Content-Type: application/json", "Expect:", "X-Spikeline-Id: \(record.id)",
            "X-Spikeline-Timestamp: \(seconds)",
        ]
        if let secret {
            let hash = SHA256.authenticate(Array("\(seconds).\(record.json)".utf8), key: Array(secret.utf8))
            headers.append("X-Spikeline-Signature: sha256=\(SHA256.hexadecimal(hash))")
        }
        return headers
    }

    private func failure(_ status: Int) -> DeliveryFailure {
        switch status {
        case 401, 403:
            let hint = "Check the token and the secret"
            return DeliveryFailure(error: error("the server refuses us (\(status))", hint: hint), isForGood: true)
        case 300..<400:
            let hint = "Give the address that it points to"
            return DeliveryFailure(error: error("the server sends us elsewhere (\(status))", hint: hint))
        default: return DeliveryFailure(error: error("the server answers \(status), expected 200 to 299"))
        }
    }

    private func error(_ what: String, hint: String = "") -> SpikelineError {
        SpikelineError(what, at: settings.url, hint: hint, cause: .lost)
    }
}
