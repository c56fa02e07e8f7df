import SpikeSignals

/// What a reader met besides events, so that nothing is passed over in silence.
public struct EventTally: Hashable, Sendable {
    /// The kinds of things that are counted.
    public enum Item: Int, CaseIterable, Sendable {
        /// Damaged places; each of the first is told in ``EventLog/damage``.
        case damage
        /// Bytes passed over in damaged places.
        case damagedBytes
        /// Events before the first word that tells the time; they have no time and are left out.
        case eventsBeforeTimeBase
        /// Times at which a counter of the format began anew and the reader went on counting.
        case timeWraps
        /// Events earlier than the one before; delivered as they are.
        case timeStepsBack
        /// Events outside the sensor; delivered as they are.
        case outsideSensor
        /// Events that the file itself marks as invalid, or with numbers that no sensor has; left out.
        case invalidEvents
        /// Edges on trigger inputs and other special events.
        case triggers
        /// Frames of a sensor that also takes pictures.
        case frames
        /// Single pixels of such frames, in formats that keep them one by one.
        case frameSamples
        /// Samples of a motion sensor.
        case imuSamples
        /// Words, packets or lines of kinds that are not known; passed over.
        case unknown

        /// Those that should not happen.
        static let troubles: Set<Item> = [
            .damage, .damagedBytes, .eventsBeforeTimeBase, .timeStepsBack, .outsideSensor, .invalidEvents, .unknown,
        ]

        /// The name in reports.
        public var name: String {
            switch self {
            case .damage: "damaged_places"
            case .damagedBytes: "damaged_bytes"
            case .eventsBeforeTimeBase: "events_before_time_base"
            case .timeWraps: "time_wraps"
            case .timeStepsBack: "time_steps_back"
            case .outsideSensor: "outside_sensor"
            case .invalidEvents: "invalid_events"
            case .triggers: "triggers"
            case .frames: "frames"
            case .frameSamples: "frame_samples"
            case .imuSamples: "imu_samples"
            case .unknown: "unknown_items"
            }
        }
    }

    private var counts = [Int](repeating: 0, count: Item.allCases.count)

    /// Nothing yet.
    public init() {}

    /// How many there were.
    public subscript(item: Item) -> Int {
        get { counts[item.rawValue] }
        set { counts[item.rawValue] = newValue }
    }

    /// Adds the numbers to `totals` from `place` on, in the order of ``Item``. Allocates nothing.
    func add(to totals: inout [Int], at place: Int = 0) {
        for index in counts.indices { totals[place + index] += counts[index] }
    }
}

/// A damaged place of a file.
public struct EventDamage: Hashable, Sendable, CustomStringConvertible {
    /// The byte at which it begins.
    public var offset: Int64
    /// What was expected and what was found.
    public var what: String

    /// Damage at `offset`.
    public init(offset: Int64, what: String) {
        self.offset = offset
        self.what = what
    }

    /// The damage as people read it.
    public var description: String { "byte \(offset.grouped): \(what)" }
}

/// Keeps what a reader met besides events.
public final class EventLog {
    /// How many of each.
    public internal(set) var tally = EventTally()
    /// The first damaged places, at most ``mostDamage``.
    public private(set) var damage: [EventDamage] = []

    /// The first damaged place after ``forgetLatest()`` that is not among the first; for live streams, which have no end.
    private(set) var latest: EventDamage?

    /// How many events at the start of the batch that is being filled a decoder has found to be in order and on the sensor, so
    /// that ``EventAudit`` need not look at them again.
    var audited = 0

    /// How many damaged places are told; further ones are only counted.
    public static let mostDamage = 100

    /// An empty log.
    public init() {}

    /// Notes damage at `offset`, for which `bytes` were passed over.
    func note(_ what: @autoclosure () -> String, at offset: Int64, bytes: Int = 0) {
        tally[.damage] += 1
        tally[.damagedBytes] += bytes
        if damage.count < EventLog.mostDamage {
            damage.append(EventDamage(offset: offset, what: what()))
        } else if latest == nil {
            latest = EventDamage(offset: offset, what: what())
        }
    }

    /// The latest place has been told.
    func forgetLatest() { latest = nil }

    /// Notes that the stream ends inside `what`, `bytes` bytes of which are there.
    func noteCut(_ what: String, at offset: Int64, bytes: Int) {
        note(
            "the file ends inside \(what): \(bytes.grouped) byte\(bytes == 1 ? "" : "s") left over", at: offset,
            bytes: bytes)
    }
}
