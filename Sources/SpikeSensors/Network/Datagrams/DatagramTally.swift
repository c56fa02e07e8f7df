/// What a receiver of datagrams counts besides events.
struct DatagramTally {
    /// The kinds of things that are counted.
    enum Item: Int, CaseIterable {
        /// Datagrams received, malformed ones among them.
        case datagrams
        /// Datagrams that are empty, or end inside their head or an event; what is whole in them is used.
        case malformed
        /// Datagrams that the kernel threw away because they came faster than they were read.
        case lostInKernel
        /// Datagrams missing by their numbers, wherever they were lost.
        case missing
        /// Datagrams whose number is not after that of the one before: overtaken, sent twice, or of a new sender.
        case outOfOrder
        /// Events outside the sensor; left out.
        case outsideSensor
        /// Events with a time that no sensor reaches; left out.
        case invalidEvents
        /// Edges on trigger inputs and other special events; left out.
        case triggers
        /// Times at which the sensor's counter began anew and the reader went on counting.
        case timeWraps
        /// Events earlier than one before them, or than what had been promised to be complete; left out.
        case eventsOutOfOrder
        /// Times at which the sensor's clock jumped; the stream goes on from where it was.
        case clockJumps

        /// Those that should not happen.
        static let troubles: Set<Item> = [
            .malformed, .lostInKernel, .missing, .outOfOrder, .outsideSensor, .invalidEvents, .eventsOutOfOrder,
            .clockJumps,
        ]

        /// The name in reports.
        var name: String {
            switch self {
            case .datagrams: "datagrams"
            case .malformed: "malformed_datagrams"
            case .lostInKernel: "datagrams_lost_in_kernel"
            case .missing: "datagrams_missing"
            case .outOfOrder: "datagrams_out_of_order"
            case .outsideSensor: "outside_sensor"
            case .invalidEvents: "invalid_events"
            case .triggers: "triggers"
            case .timeWraps: "time_wraps"
            case .eventsOutOfOrder: "events_out_of_order"
            case .clockJumps: "clock_jumps"
            }
        }
    }

    /// The numbers, in the order of ``Item``.
    private(set) var counts = [Int](repeating: 0, count: Item.allCases.count)

    /// How many there were.
    subscript(item: Item) -> Int {
        get { counts[item.rawValue] }
        set { counts[item.rawValue] = newValue }
    }
}
