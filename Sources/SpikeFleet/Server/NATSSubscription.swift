import CNATS
import SpikeSignals

/// What comes in on a subject; the library keeps it until somebody looks, at most ``mostHeld`` messages.
// Unchecked: the library's subscription may be used by several threads, and nothing changes after it was made.
@safe
final class NATSSubscription: @unchecked Sendable {
    /// How many messages, and how many bytes, may wait; what comes beyond that is lost.
    static let mostHeld: (messages: Int32, bytes: Int32) = (65_536, 256 << 20)

    private let handle: OpaquePointer
    /// The library's connection must live as long.
    private let connection: NATSConnection

    init(_ handle: OpaquePointer, of connection: NATSConnection) {
        unsafe self.handle = handle
        self.connection = connection
        let most = NATSSubscription.mostHeld
        _ = unsafe spike_natsSubscription_SetPendingLimits(handle, most.messages, most.bytes)
    }

    deinit { unsafe spike_natsSubscription_Destroy(handle) }

    /// The next message, waited for at most so long; nil if none came.
    func next(milliseconds: Int64) -> NATSConnection.Message? {
        var message: OpaquePointer?
        let status = unsafe spike_natsSubscription_NextMsg(&message, handle, max(milliseconds, 1))
        guard status == NATS_OK, let message = unsafe message else {
            // A subscription that the server has refused answers at once.
            if status != NATS_TIMEOUT, status != NATS_OK {
                MonotonicClock.sleep(milliseconds: min(max(milliseconds, 1), 50))
            }
            return nil
        }
        defer { unsafe spike_natsMsg_Destroy(message) }
        return unsafe NATSConnection.message(message)
    }
}
