/// What a source of streams counts besides what the readers of its streams count (``EventTally``).
struct StreamTally {
    /// The kinds of things that are counted.
    enum Item: Int, CaseIterable {
        /// Streams that began: connections made or accepted, pipes opened.
        case connections
        /// Connections that ended with an error and not by being closed.
        case lostConnections
        /// Attempts to connect that came to nothing.
        case failedAttempts
        /// Streams that were of no known format.
        case refusedStreams
        /// Events earlier than one before them, or than what had been promised to be complete; left out.
        case eventsOutOfOrder
        /// Times at which the sensor's clock jumped; the stream goes on from where it was.
        case clockJumps

        /// Those that should not happen.
        static let troubles: Set<Item> = [.lostConnections, .refusedStreams, .eventsOutOfOrder, .clockJumps]

        /// The name in reports.
        var name: String {
            switch self {
            case .connections: "connections"
            case .lostConnections: "lost_connections"
            case .failedAttempts: "failed_attempts"
            case .refusedStreams: "refused_streams"
            case .eventsOutOfOrder: "events_out_of_order"
            case .clockJumps: "clock_jumps"
            }
        }
    }

    /// The names of all that is counted: these items, and then those of the readers.
    static let names = Item.allCases.map(\.name) + EventTally.Item.allCases.map(\.name)

    /// The names of what should not happen.
    static let troubles = Set(Item.troubles.map(\.name) + EventTally.Item.troubles.map(\.name))

    private var own = [Int](repeating: 0, count: Item.allCases.count)
    private var ended = [Int](repeating: 0, count: EventTally.Item.allCases.count)

    /// How many there were.
    subscript(item: Item) -> Int {
        get { own[item.rawValue] }
        set { own[item.rawValue] = newValue }
    }

    /// Adds what the reader of a stream that has ended counted.
    mutating func add(_ tally: EventTally) { tally.add(to: &ended) }

    /// Writes the numbers in the order of ``names``, with those of the stream that is being read.
    func write(to counts: inout [Int], reading tally: EventTally?) {
        for index in own.indices { counts[index] = own[index] }
        for index in ended.indices { counts[own.count + index] = ended[index] }
        tally?.add(to: &counts, at: own.count)
    }
}
