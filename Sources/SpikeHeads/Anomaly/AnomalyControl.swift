import Synchronization

/// Tells a running ``AnomalyHead`` what an operator knows; safe to call from any thread and from a signal handler.
public final class AnomalyControl: Sendable {
    /// What an operator may ask for.
    public enum Request: Int, Sendable {
        /// Nothing.
        case none
        /// Take what comes now for normal too.
        case accept
        /// Forget everything and learn afresh.
        case relearn
    }

    private let request = Atomic(Request.none.rawValue)

    /// Nothing asked for.
    public init() {}

    /// Asks; the head does it with the next batch. A later request replaces an earlier one that was not yet taken.
    public func ask(for request: Request) { self.request.store(request.rawValue, ordering: .relaxed) }

    /// Takes the request, if there is one.
    func take() -> Request { Request(rawValue: request.exchange(Request.none.rawValue, ordering: .relaxed)) ?? .none }
}
