import Glibc
import SpikeSignals
import Synchronization

@testable import SpikeSinks

/// A peer that does as it is told, and may be looked at from the test's thread.
final class ToyPeer: Peer {
    /// What it does with records.
    struct State {
        var isAway = false
        var isAwayForGood = false
        var refused: Set<String> = []
        /// How long it takes for each call, in milliseconds.
        var delay = 0
        var got: [String] = []
        var calls = 0
        var isClosed = false
    }

    let window = 4
    let state = Mutex(State())

    func deliver(_ records: [OutgoingRecord], until deadline: Deadline) -> Delivery {
        let delay = state.withLock { state in
            state.calls += 1
            return state.delay
        }
        for _ in 0..<delay where !deadline.hasPassed { usleep(1_000) }
        return state.withLock { state in
            var delivery = Delivery()
            guard !state.isAway else {
                let error = SpikelineError("nobody is there", at: "toy", cause: .lost)
                delivery.failure = DeliveryFailure(error: error, isForGood: state.isAwayForGood)
                return delivery
            }
            for record in records where !deadline.hasPassed {
                if state.refused.contains(record.fields["seq"] ?? "") {
                    delivery.refused.append((record.key, SpikelineError("not this one", at: "toy")))
                } else {
                    state.got.append(record.fields["seq"] ?? "")
                    delivery.delivered.append(record.key)
                }
            }
            return delivery
        }
    }

    func close(until deadline: Deadline) { state.withLock { $0.isClosed = true } }

    var isClosed: Bool { state.withLock { $0.isClosed } }
    var got: [String] { state.withLock { $0.got } }
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }
}

/// Notices, kept.
final class Notices: Sendable {
    private let kept = Mutex<[String]>([])

    var notice: SinkNotice { { message in self.kept.withLock { $0.append(message) } } }
    var all: [String] { kept.withLock { $0 } }
}
