import CMosquitto
import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// libmosquitto, opened when the first client is made.
enum MosquittoLibrary {
    private static let complaint: String? = {
        if let complaint = unsafe spike_mosquitto_open() { return unsafe String(cString: complaint) }
        return spike_mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code ? nil : "it cannot be initialised"
    }()

    /// Opens the library, once.
    static func load() throws(SpikelineError) {
        guard let complaint else { return }
        throw SpikelineError("MQTT needs libmosquitto: \(complaint)", hint: "Install it: apt install libmosquitto1")
    }

    /// What an error code of the library means.
    static func text(_ code: Int32) -> String {
        let system = code == MOSQ_ERR_ERRNO.code ? unsafe strerror(errno) : nil
        if let system = unsafe system { return unsafe String(cString: system) }
        return unsafe spike_mosquitto_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    /// What a reason code of MQTT 5 means.
    static func text(reason: Int32) -> String {
        unsafe spike_mosquitto_reason_string(reason).map { unsafe String(cString: $0) } ?? "reason \(reason)"
    }
}

extension mosq_err_t {
    /// The code as functions return it.
    var code: Int32 { Int32(rawValue) }
}
