import CMosquitto
import SpikeSignals

/// One connection to a broker, from its beginning to its end; a new one is made for the next.
///
/// Everything happens in the thread that calls: the library runs no thread of its own and sends nothing again by itself,
/// so what has been confirmed is known for certain.
@safe
final class MQTTClient {
    /// What the broker told; filled by the functions that the library calls.
    private final class Mailbox {
        var connectReason: Int32?
        var disconnectReason: Int32?
        var confirmed: [(mid: Int32, reason: Int32)] = []
        var lastError = ""
    }

    private let settings: MQTTSettings
    private let mailbox = Mailbox()
    private var handle: OpaquePointer?
    /// Whether the broker has accepted us and is there.
    private(set) var isConnected = false
    /// Messages that the broker has not confirmed.
    private(set) var unconfirmed: Set<Int32> = []

    /// A client that is not connected.
    init(_ settings: MQTTSettings) throws(SpikelineError) {
        try MosquittoLibrary.load()
        self.settings = settings
        let object = unsafe Unmanaged.passUnretained(mailbox).toOpaque()
        guard let made = unsafe spike_mosquitto_new(settings.clientID, true, object) else {
            throw SpikelineError("the library makes no MQTT client", cause: .lost)
        }
        unsafe handle = made
        try prepare()
    }

    deinit { unsafe spike_mosquitto_destroy(handle) }

    /// What is readable when the broker sends something.
    var descriptor: Int32? {
        let socket = unsafe spike_mosquitto_socket(handle)
        return socket >= 0 ? socket : nil
    }

    /// Sets everything that must be known before the connection.
    private func prepare() throws(SpikelineError) {
        try check(unsafe spike_mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5))
        try check(unsafe spike_mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1))
        if let username = settings.username {
            try check(unsafe spike_mosquitto_username_pw_set(handle, username, settings.password))
        }
        if settings.broker.usesTLS {
            if settings.caFile == nil {
                try check(unsafe spike_mosquitto_int_option(handle, MOSQ_OPT_TLS_USE_OS_CERTS, 1))
            }
            // The library wants a place of certificates named even where those of the system are used. A key that is
            // locked by a password is refused; without the function the library would ask the terminal for it.
            let code = unsafe spike_mosquitto_tls_set(
                handle, settings.caFile, settings.caFile == nil ? "/etc/ssl/certs" : nil, settings.certFile,
                settings.keyFile, { _, _, _, _ in 0 })
            try check(code)
        }
        let last = Array("offline".utf8)
        try check(
            unsafe spike_mosquitto_will_set(
                handle, settings.availabilityTopic, Int32(last.count), last, 1, true))
        unsafe spike_mosquitto_connect_v5_callback_set(handle) { _, object, reason, _, _ in
            unsafe MQTTClient.mailbox(object)?.connectReason = reason
        }
        unsafe spike_mosquitto_disconnect_v5_callback_set(handle) { _, object, reason, _ in
            unsafe MQTTClient.mailbox(object)?.disconnectReason = reason
        }
        unsafe spike_mosquitto_publish_v5_callback_set(handle) { _, object, mid, reason, _ in
            unsafe MQTTClient.mailbox(object)?.confirmed.append((mid, reason))
        }
        unsafe spike_mosquitto_log_callback_set(handle) { _, object, level, text in
            guard level == MOSQ_LOG_ERR, let text = unsafe text else { return }
            unsafe MQTTClient.mailbox(object)?.lastError = unsafe String(cString: text)
        }
    }

    private static func mailbox(_ object: UnsafeMutableRawPointer?) -> Mailbox? {
        unsafe object.map { unsafe Unmanaged<Mailbox>.fromOpaque($0).takeUnretainedValue() }
    }

    private func check(_ code: Int32) throws(SpikelineError) {
        guard code != MOSQ_ERR_SUCCESS.code else { return }
        throw SpikelineError("MQTT cannot be set up (\(MosquittoLibrary.text(code)))", at: settings.broker.text)
    }

    /// Connects and waits for the broker's answer; nil if it accepts us.
    func connect(until deadline: Deadline) -> DeliveryFailure? {
        let timeout = MonotonicClock.nanoseconds() + Int64(settings.timeoutSeconds * 1e9)
        let code = unsafe spike_mosquitto_connect_async(
            handle, settings.broker.host, Int32(settings.broker.port), Int32(settings.keepaliveSeconds))
        guard code == MOSQ_ERR_SUCCESS.code else { return failure(code) }
        while true {
            if let failure = turn(milliseconds: 20) { return failure }
            if isConnected { return nil }
            if deadline.hasPassed || MonotonicClock.nanoseconds() > timeout {
                return away("the broker does not answer", hint: "Check the address and the network")
            }
        }
    }

    /// Hands a message to the library; a number under which it will be confirmed, or what is wrong.
    func publish(_ message: MQTTMessage, qos: Int) -> Result<Int32, DeliveryFailure> {
        let payload = Array(message.payload.utf8)
        var mid: Int32 = 0
        let code = unsafe spike_mosquitto_publish(
            handle, &mid, message.topic, Int32(clamping: payload.count), payload, Int32(qos), message.isRetained)
        guard code == MOSQ_ERR_SUCCESS.code else { return .failure(failure(code)) }
        unconfirmed.insert(mid)
        return .success(mid)
    }

    /// Sends and receives, waiting at most that long for something to come; what is wrong, if something is.
    func turn(milliseconds: Int32) -> DeliveryFailure? {
        let code = unsafe spike_mosquitto_loop(handle, milliseconds, 1)
        if let reason = mailbox.connectReason {
            mailbox.connectReason = nil
            if reason >= 0x80 || reason != 0 { return refusal(reason) }
            isConnected = true
        }
        if let reason = mailbox.disconnectReason {
            isConnected = false
            mailbox.disconnectReason = nil
            if reason > 0x80 { return away("the broker ends the connection: \(MosquittoLibrary.text(reason: reason))") }
        }
        guard code == MOSQ_ERR_SUCCESS.code else {
            isConnected = false
            return failure(code)
        }
        return nil
    }

    /// What the broker has confirmed since the last call, with its reasons; 0x80 and more are refusals.
    func takeConfirmed() -> [(mid: Int32, reason: Int32)] {
        defer { mailbox.confirmed = [] }
        for (mid, _) in mailbox.confirmed { unconfirmed.remove(mid) }
        return mailbox.confirmed
    }

    /// Says good-bye, so that the last will is not published.
    func disconnect(until deadline: Deadline) {
        guard isConnected, unsafe spike_mosquitto_disconnect(handle) == MOSQ_ERR_SUCCESS.code else { return }
        while isConnected, !deadline.hasPassed, turn(milliseconds: 20) == nil {}
    }

    private func failure(_ code: Int32) -> DeliveryFailure {
        let text = MosquittoLibrary.text(code)
        switch code {
        case MOSQ_ERR_TLS.code:
            let isUntrusted = mailbox.lastError.contains("certificate verify failed")
            let what = "no TLS connection (\(mailbox.lastError.isEmpty ? text : mailbox.lastError))"
            let hint = "Check \"ca_file\" and that the certificate is for this host"
            return away(what, hint: hint, isForGood: isUntrusted)
        case MOSQ_ERR_EAI.code:
            return away("there is no such host, or no name service", hint: "Check \"url\"")
        case MOSQ_ERR_CONN_LOST.code, MOSQ_ERR_NO_CONN.code: return away("the connection to the broker is lost")
        default: return away("the broker cannot be reached (\(text))", hint: "Check that it runs there")
        }
    }

    private func refusal(_ reason: Int32) -> DeliveryFailure {
        let text = MosquittoLibrary.text(reason: reason)
        switch UInt32(reason) {
        case MQTT_RC_NOT_AUTHORIZED.rawValue, MQTT_RC_BAD_USERNAME_OR_PASSWORD.rawValue, MQTT_RC_BANNED.rawValue,
            MQTT_RC_BAD_AUTHENTICATION_METHOD.rawValue:
            let hint = "Check \"username\" and \"password_file\" or \"password_env\""
            return away("the broker refuses us: \(text)", hint: hint, isForGood: true)
        case 1, MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION.rawValue:
            return away("the broker does not speak MQTT 5", hint: "Use one that does", isForGood: true)
        case MQTT_RC_CLIENTID_NOT_VALID.rawValue:
            return away("the broker refuses us: \(text)", hint: "Give another \"client_id\"", isForGood: true)
        default: return away("the broker refuses us: \(text)")
        }
    }

    private func away(_ what: String, hint: String = "", isForGood: Bool = false) -> DeliveryFailure {
        let error = SpikelineError(what, at: settings.broker.text, hint: hint, cause: .lost)
        return DeliveryFailure(error: error, isForGood: isForGood)
    }
}
