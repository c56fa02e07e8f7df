import CNATS
import SpikeSignals
import SpikeSinks

#if canImport(Glibc)
import Glibc
#endif

// Unchecked: the library's connection may be used by several threads, and nothing else changes after it was made.
/// A connection to a NATS server. The library connects again by itself when it is lost; what was asked meanwhile is asked
/// again here, until patience ends.
@safe
public final class NATSConnection: @unchecked Sendable {
    /// An answer or a message: at most what the server lets through, by default a megabyte.
    struct Message {
        /// What it was published on.
        var subject = ""
        /// Where an acknowledgement goes; empty without one.
        var reply = ""
        /// What it says.
        var data: [UInt8] = []
        /// The status that the server gives in place of a message: 404 nothing there, 408 nothing came in time.
        var status: String?
        /// The number in the stream of a message that was asked for.
        var sequence: UInt64?
    }

    let settings: NATSSettings
    private let handle: OpaquePointer

    /// Connects, trying again until the patience of `settings` ends.
    ///
    /// - Parameter notice: is told once when it has to wait.
    /// - Throws: a ``SpikelineError`` with cause `lost` if no server answers or it refuses us.
    public init(_ settings: NATSSettings, notice: (String) -> Void = { _ in }) throws(SpikelineError) {
        try settings.check()
        try NATSLibrary.load()
        self.settings = settings
        var pause = Pause(longestSeconds: 2)
        let end = MonotonicClock.nanoseconds() + Int64(settings.patienceSeconds * 1e9)
        var wasTold = false
        while true {
            var made: OpaquePointer?
            let options = unsafe try NATSConnection.options(settings)
            let status = unsafe spike_natsConnection_Connect(&made, options)
            unsafe spike_natsOptions_Destroy(options)
            if status == NATS_OK, let made = unsafe made {
                unsafe handle = made
                return
            }
            let error = NATSConnection.failure(status, settings)
            let wait = pause.take()
            let isForGood = [
                NATS_CONNECTION_AUTH_FAILED, NATS_SSL_ERROR, NATS_SECURE_CONNECTION_REQUIRED,
                NATS_SECURE_CONNECTION_WANTED,
            ].contains(status)
            if isForGood || MonotonicClock.nanoseconds() + wait > end { throw error }
            if !wasTold { notice("\(error.what) at \(settings.place); trying again") }
            wasTold = true
            NATSConnection.sleep(nanoseconds: wait)
        }
    }

    deinit { unsafe spike_natsConnection_Destroy(handle) }

    private static func options(_ settings: NATSSettings) throws(SpikelineError) -> OpaquePointer {
        var made: OpaquePointer?
        guard unsafe spike_natsOptions_Create(&made) == NATS_OK, let options = unsafe made else {
            throw SpikelineError("the library makes no connection", at: settings.place, cause: .lost)
        }
        var worst = NATS_OK
        var what = ""
        func take(_ status: natsStatus, _ name: String) {
            if status != NATS_OK, worst == NATS_OK { (worst, what) = (status, name) }
        }
        let texts = unsafe settings.urls.map { unsafe strdup($0) }
        defer { unsafe texts.forEach { unsafe free($0) } }
        var servers = unsafe texts.map { unsafe UnsafePointer($0) }
        take(unsafe spike_natsOptions_SetServers(options, &servers, Int32(servers.count)), "URL")
        if let user = settings.user {
            take(unsafe spike_natsOptions_SetUserInfo(options, user, settings.password ?? ""), "user")
        }
        if let token = settings.token { take(unsafe spike_natsOptions_SetToken(options, token), "token") }
        if let file = settings.credentialsFile {
            take(unsafe spike_natsOptions_SetUserCredentialsFromFiles(options, file, nil), "credentials")
        }
        if settings.usesTLS { take(unsafe spike_natsOptions_SetSecure(options, true), "TLS") }
        if let file = settings.caFile {
            take(unsafe spike_natsOptions_LoadCATrustedCertificates(options, file), "authority")
        }
        if let file = settings.certFile {
            take(unsafe spike_natsOptions_LoadCertificatesChain(options, file, settings.keyFile), "certificate")
        }
        take(unsafe spike_natsOptions_SetName(options, settings.name), "name")
        take(unsafe spike_natsOptions_SetTimeout(options, 5_000), "timeout")
        take(unsafe spike_natsOptions_SetMaxReconnect(options, -1), "reconnection")
        take(unsafe spike_natsOptions_SetReconnectWait(options, 200), "reconnection")
        take(unsafe spike_natsOptions_SetFailRequestsOnDisconnect(options, true), "requests")
        // Without one the library writes to standard error.
        take(unsafe spike_natsOptions_SetErrorHandler(options, { _, _, _, _ in }, nil), "errors")
        guard worst == NATS_OK else {
            unsafe spike_natsOptions_Destroy(options)
            throw SpikelineError("the \(what) cannot be used (\(NATSLibrary.text(worst)))", at: settings.place)
        }
        return unsafe options
    }

    private static func failure(_ status: natsStatus, _ settings: NATSSettings) -> SpikelineError {
        switch status {
        case NATS_NO_SERVER, NATS_TIMEOUT, NATS_IO_ERROR, NATS_CONNECTION_CLOSED, NATS_CONNECTION_DISCONNECTED:
            SpikelineError(
                "no NATS server answers", at: settings.place, hint: "Check the address and that nats-server runs there",
                cause: .lost)
        case NATS_CONNECTION_AUTH_FAILED:
            SpikelineError(
                "the server refuses us: wrong or missing credentials", at: settings.place,
                hint: "Check --user and --password-file, --token-file or --credentials", cause: .lost)
        case NATS_SSL_ERROR, NATS_SECURE_CONNECTION_REQUIRED, NATS_SECURE_CONNECTION_WANTED:
            SpikelineError(
                "no TLS connection (\(NATSLibrary.text(status)))", at: settings.place,
                hint: "Check --ca-file, tls:// and that the certificate is for this host", cause: .lost)
        default:
            SpikelineError("the connection fails (\(NATSLibrary.text(status)))", at: settings.place, cause: .lost)
        }
    }

    /// The largest message that the server takes, in bytes.
    public var largestMessage: Int { Int(clamping: unsafe spike_natsConnection_GetMaxPayload(handle)) }

    /// Sends and does not wait; for acknowledgements, whose loss the server mends by delivering again.
    func publish(_ subject: String, _ data: [UInt8]) {
        _ = unsafe spike_natsConnection_Publish(handle, subject, data, Int32(clamping: data.count))
    }

    /// Sends, with headers and a place for answers, and does not wait; what is sent while the connection is lost goes when
    /// it is back, if it fits the library's buffer.
    func publish(_ subject: String, _ data: [UInt8], reply: String, headers: [(String, String)] = []) {
        var made: OpaquePointer?
        let status = unsafe data.withUnsafeBytes { bytes in
            unsafe spike_natsMsg_Create(
                &made, subject, reply, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: bytes.count))
        }
        guard status == NATS_OK, let message = unsafe made else { return }
        defer { unsafe spike_natsMsg_Destroy(message) }
        for (key, value) in headers { _ = unsafe spike_natsMsgHeader_Set(message, key, value) }
        _ = unsafe spike_natsConnection_PublishMsg(handle, message)
    }

    /// Listens on `subject`, which may have wildcards.
    func subscribe(_ subject: String) throws(SpikelineError) -> NATSSubscription {
        var made: OpaquePointer?
        let status = unsafe spike_natsConnection_SubscribeSync(&made, handle, subject)
        guard status == NATS_OK, let subscription = unsafe made else {
            throw SpikelineError(
                "no subscription to \(subject) can be made (\(NATSLibrary.text(status)))", at: settings.place,
                cause: .lost)
        }
        return unsafe NATSSubscription(subscription, of: self)
    }

    /// Waits until the server has all that was sent, at most `seconds`.
    func flush(seconds: Double) {
        _ = unsafe spike_natsConnection_FlushTimeout(handle, Int64(seconds * 1_000))
    }

    /// Asks once; nil if no answer comes in time or nobody is there to give one.
    func requestOnce(
        _ subject: String, _ data: [UInt8], headers: [(String, String)] = [], milliseconds: Int64
    ) throws(SpikelineError) -> Message? {
        var request: OpaquePointer?
        let made = unsafe data.withUnsafeBytes { bytes in
            unsafe spike_natsMsg_Create(
                &request, subject, nil, bytes.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32(clamping: bytes.count))
        }
        guard made == NATS_OK, let request = unsafe request else {
            throw SpikelineError("no message can be made (\(NATSLibrary.text(made)))", at: subject, cause: .defect)
        }
        defer { unsafe spike_natsMsg_Destroy(request) }
        for (key, value) in headers { _ = unsafe spike_natsMsgHeader_Set(request, key, value) }
        var answer: OpaquePointer?
        let status = unsafe spike_natsConnection_RequestMsg(&answer, handle, request, milliseconds)
        defer { unsafe spike_natsMsg_Destroy(answer) }
        switch status {
        case NATS_OK: return unsafe answer.map { unsafe NATSConnection.message($0) } ?? nil
        case NATS_TIMEOUT, NATS_NO_RESPONDERS, NATS_CONNECTION_DISCONNECTED, NATS_IO_ERROR, NATS_STALE_CONNECTION:
            try expectPermission(subject)
            return nil
        case NATS_MAX_PAYLOAD:
            throw SpikelineError(
                "a message of \(data.count) bytes is more than the \(largestMessage) that the server takes",
                at: settings.place, hint: "Raise max_payload of the server")
        default: throw NATSConnection.failure(status, settings)
        }
    }

    /// A server says nothing to a request that we may not make, but complains beside it.
    func expectPermission(_ subject: String) throws(SpikelineError) {
        var text: UnsafePointer<CChar>?
        _ = unsafe spike_natsConnection_GetLastError(handle, &text)
        guard let text = unsafe text.map({ unsafe String(cString: $0) }),
            text.lowercased().contains("permissions violation"),
            text.contains(subject)
        else { return }
        throw SpikelineError(
            "the server does not permit us this: \(text)", at: settings.place,
            hint: "Let the user's permissions contain the subject", cause: .lost)
    }

    /// Asks until there is an answer, or patience ends.
    func request(
        _ subject: String, _ data: [UInt8], headers: [(String, String)] = []
    ) throws(SpikelineError) -> Message {
        let end = MonotonicClock.nanoseconds() + Int64(settings.patienceSeconds * 1e9)
        var pause = Pause(longestSeconds: 1)
        while true {
            if let answer = try requestOnce(subject, data, headers: headers, milliseconds: 5_000) { return answer }
            let wait = pause.take()
            guard MonotonicClock.nanoseconds() + wait < end else {
                throw SpikelineError(
                    "the server does not answer \(subject)", at: settings.place,
                    hint: "Check that it runs and was started with JetStream (-js)", cause: .lost)
            }
            NATSConnection.sleep(nanoseconds: wait)
        }
    }

    static func message(_ raw: OpaquePointer) -> Message {
        var message = Message()
        if let subject = unsafe spike_natsMsg_GetSubject(raw) { message.subject = unsafe String(cString: subject) }
        if let reply = unsafe spike_natsMsg_GetReply(raw) { message.reply = unsafe String(cString: reply) }
        let count = Int(unsafe spike_natsMsg_GetDataLength(raw))
        if count > 0, let data = unsafe spike_natsMsg_GetData(raw) {
            unsafe data.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
                message.data = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
            }
        }
        func header(_ name: String) -> String? {
            var value: UnsafePointer<CChar>?
            guard unsafe spike_natsMsgHeader_Get(raw, name, &value) == NATS_OK else { return nil }
            return unsafe value.map { unsafe String(cString: $0) }
        }
        message.status = header("Status")
        message.sequence = header("Nats-Sequence").flatMap { UInt64($0) }
        return message
    }

    /// Waits.
    static func sleep(nanoseconds: Int64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        _ = unsafe nanosleep(&time, nil)
    }
}
