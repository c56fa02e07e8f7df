/// What becomes of a recording that turns out to be damaged: cut off, or with a part that cannot be decoded.
///
/// Either way everything that was decoded before the damage is delivered first, and nothing after it.
public enum DamagePolicy: String, Hashable, Sendable, CaseIterable {
    /// The stream ends with an error that says where the damage is.
    case error
    /// The stream ends as if the recording were over; the damage is told by ``AudioFileSource/damage``.
    case keep
}
