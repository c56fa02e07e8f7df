import SpikeSignals

/// Where a stream of bytes comes from, again and again: a connection that is made or accepted, a pipe.
///
/// Nothing here waits longer than until a deadline, so that stream time goes on and the pipeline can end.
protocol EventLink: AnyObject {
    /// How the stream is called in messages.
    var name: String { get }
    /// Whether another stream may follow one that has ended.
    var canReopen: Bool { get }
    /// How often no connection came about.
    var failedAttempts: Int { get }
    /// A descriptor to read from, which the caller closes; nil if there is none by `deadline`.
    ///
    /// - Throws: when there will be none any more.
    func open(until deadline: Int64) throws(SpikelineError) -> Int32?
    /// The stream has ended; `wasUseful` says whether it was one of events.
    func closed(wasUseful: Bool)
}

extension EventLink {
    var failedAttempts: Int { 0 }
    func closed(wasUseful: Bool) {}
}
