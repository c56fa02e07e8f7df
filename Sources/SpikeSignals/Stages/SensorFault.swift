/// What a source noticed about its own sensor; the runner makes a ``SensorFaultRecord`` of it.
public struct SensorFault: Hashable, Sendable {
    /// What is wrong.
    public enum Kind: String, Sendable, CaseIterable {
        /// Nothing comes, or too late, though the sensor is there.
        case stalled
        /// The sensor is gone.
        case dead
        /// A part of the sensor reports without cause.
        case hot
        /// The signal is larger than the sensor can tell.
        case clipped
        /// The sensor's time went on by another amount than ours.
        case clockJump = "clock_jump"
        /// Samples were lost because they were not fetched in time.
        case xrun
        /// What came could not be understood and was passed over.
        case damaged
    }

    /// Whether it goes on.
    public enum State: String, Sendable, CaseIterable {
        /// It begins and goes on.
        case onset
        /// It is over.
        case clear
        /// It came and went.
        case passed
    }

    /// What is wrong.
    public var kind: Kind
    /// Whether it goes on.
    public var state: State
    /// Where it shows: a device, a channel, a pixel.
    public var place: String
    /// When it was noticed.
    public var at: StreamTime
    /// Milliseconds of stream time for which nothing was sensed; nil where that is not known (yet).
    public var lostMilliseconds: Int?

    /// A fault at `place`.
    public init(_ kind: Kind, _ state: State, place: String, at: StreamTime, lostMilliseconds: Int? = nil) {
        self.kind = kind
        self.state = state
        self.place = place
        self.at = at
        self.lostMilliseconds = lostMilliseconds
    }
}
