import CNATS
import SpikeSignals

/// libnats, opened when the first connection is made.
enum NATSLibrary {
    private static let complaint: String? = unsafe spike_nats_open().map { unsafe String(cString: $0) }

    /// Opens the library, once.
    static func load() throws(SpikelineError) {
        guard let complaint else { return }
        throw SpikelineError("NATS needs libnats: \(complaint)", hint: "Install it: apt install libnats-dev")
    }

    /// What a status of the library means.
    static func text(_ status: natsStatus) -> String {
        unsafe spike_natsStatus_GetText(status).map { unsafe String(cString: $0) } ?? "error \(status.rawValue)"
    }
}
