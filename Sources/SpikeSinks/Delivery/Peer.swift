import SpikeSignals

/// Who takes the records of a sink: a broker, a server, a program, a file.
///
/// A peer is used by one thread, the courier's. Its calls may take long, but not beyond their deadline, which may be
/// brought forward meanwhile.
protocol Peer: AnyObject {
    /// The most records it takes at once.
    var window: Int { get }
    /// Whether it is known to be there, without anything being delivered.
    var isConnected: Bool { get }
    /// What becomes readable when it wants to be tended, if there is such a thing now.
    var descriptor: Int32? { get }
    /// Tries to deliver `records`, oldest first.
    func deliver(_ records: [OutgoingRecord], until deadline: Deadline) -> Delivery
    /// Keeps a connection alive while there is nothing to deliver; called at least once a second.
    func tend(until deadline: Deadline) -> DeliveryFailure?
    /// Says good-bye. Nothing else is called afterwards.
    func close(until deadline: Deadline)
}

extension Peer {
    /// Known only by trying.
    var isConnected: Bool { false }
    /// Nothing to wait for.
    var descriptor: Int32? { nil }
    /// No connection to keep alive.
    func tend(until deadline: Deadline) -> DeliveryFailure? { nil }
    /// Nothing to say.
    func close(until deadline: Deadline) {}
}

/// What became of records that a peer was given.
struct Delivery {
    /// The keys of those it has for certain.
    var delivered: [Int64] = []
    /// The keys of those it will never take, each with why: trying again is useless.
    var refused: [(key: Int64, why: SpikelineError)] = []
    /// Why the others were not delivered; nil if all were settled or time was up.
    var failure: DeliveryFailure?
}

/// Why a peer cannot be reached or takes nothing now.
struct DeliveryFailure: Error {
    /// What is wrong, told to the person who can mend it.
    var error: SpikelineError
    /// Whether it lies in the settings (a wrong password), so that waiting does not help.
    var isForGood = false
}
