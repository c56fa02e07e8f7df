import Synchronization

/// What a stage counts besides the items it takes and makes: malformed datagrams, reconnections, filtered events.
///
/// A stage owns one, adds to it while it works, and the summary of a run shows it as `counters` of the stage. A live
/// source works on a thread of its own, so the numbers are kept behind a lock; update them once a block, not once an
/// item.
public final class StageCounters: Sendable {
    /// The names in reports, in order; they are a contract, so a name is never changed.
    public let names: [String]
    /// The names of what should not happen: damage, loss, disorder.
    public let troubles: Set<String>
    private let values: Mutex<[Int]>

    /// Counters with these names, all at 0; those among `troubles` count what should not happen.
    public init(_ names: [String], troubles: Set<String> = []) {
        self.names = names
        self.troubles = troubles
        values = Mutex(Array(repeating: 0, count: names.count))
    }

    /// The counters of a stage that counts nothing.
    public static let none = StageCounters([])

    /// Changes the numbers, which are in the order of ``names``. Allocates nothing.
    public func update(_ body: (inout [Int]) -> Void) { values.withLock { body(&$0) } }

    /// The numbers as they are now, with their names.
    public var counts: [StageCount] {
        let now = values.withLock { $0 }
        return zip(names, now).map { StageCount(name: $0, value: $1, isTrouble: troubles.contains($0)) }
    }
}

/// One number that a stage counts.
public struct StageCount: Hashable, Sendable {
    /// The name in reports.
    public var name: String
    /// The number.
    public var value: Int
    /// Whether it counts what should not happen.
    public var isTrouble: Bool

    /// A number with its name.
    public init(name: String, value: Int, isTrouble: Bool = false) {
        self.name = name
        self.value = value
        self.isTrouble = isTrouble
    }
}
