import SpikeSignals

/// Records that wait for their peer, oldest first, at most so many.
///
/// One thread appends while another takes from the front.
protocol RecordQueue: Sendable {
    /// How many wait.
    var count: Int { get }
    /// Adds `records` at the end; when this returns they are as safe as this queue makes them.
    ///
    /// - Returns: how many of the oldest had to go for them.
    func append(_ records: [OutgoingRecord]) throws(SpikelineError) -> Int
    /// The oldest, at most `limit`, with their keys.
    func first(_ limit: Int) throws(SpikelineError) -> [OutgoingRecord]
    /// Removes the records with these keys; one that is there no longer is no error.
    func remove(_ keys: [Int64]) throws(SpikelineError)
}
