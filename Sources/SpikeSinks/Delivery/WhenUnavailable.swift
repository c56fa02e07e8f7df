/// What becomes of records while their peer is away.
enum WhenUnavailable: String, CaseIterable, Sendable {
    /// They wait in memory for a while; a peer that stays away ends the run with exit code 3.
    case error
    /// They are lost and counted.
    case drop
    /// They wait on disk, also beyond the end of the run, until the peer takes them.
    case queue
}
