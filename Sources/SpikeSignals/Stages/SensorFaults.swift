import Synchronization

/// The faults that a source has noticed and that nobody has fetched yet.
///
/// A source owns one and reports while it reads; the runner fetches after every block and carries the faults to every sink
/// that takes records. At most ``mostHeld`` wait; beyond that the oldest is lost.
public final class SensorFaults: Sendable {
    /// How many faults may wait.
    public static let mostHeld = 64

    private let waiting = Mutex<[SensorFault]>([])

    /// No faults so far.
    public init() {}

    /// What a source that notices none has; nothing is ever reported to it.
    public static let none = SensorFaults()

    /// Adds a fault.
    public func report(_ fault: SensorFault) {
        waiting.withLock { faults in
            if faults.count == SensorFaults.mostHeld { faults.removeFirst() }
            faults.append(fault)
        }
    }

    /// Fetches the faults that wait, oldest first. Allocates nothing.
    public func take() -> [SensorFault] {
        waiting.withLock { faults in
            if faults.isEmpty { return [] }
            let taken = faults
            faults = []
            return taken
        }
    }
}
