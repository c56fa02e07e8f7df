import Synchronization

/// Asks a running pipeline to end cleanly: sources are read no further, what is on its way is delivered.
///
/// ``request()`` only sets a flag, so a signal handler may call it; a pipeline looks at least ten times a second.
public final class StopSignal: Sendable {
    private let flag = Atomic(false)

    /// Not requested yet.
    public init() {}

    /// Asks for the end.
    public func request() { flag.store(true, ordering: .relaxed) }

    /// Whether the end has been asked for.
    public var isRequested: Bool { flag.load(ordering: .relaxed) }
}
