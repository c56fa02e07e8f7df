import SpikeSignals

/// Brings the messages of one sensor into the order of their numbers, each once; a pure state machine.
///
/// ```
/// in the stream   1 2 3 5 6 4 4 7     the sender sent 4 again, as it had not been confirmed, and did so twice
/// given           1 2 3     4 5 6 7
/// ```
/// - What comes twice, or belongs to the run before, is left out.
/// - What is ahead is held until what is missing has come. When ``mostHeld`` messages or ``mostHeldBytes`` are held it never
///   will: the server has discarded it, and the rest goes on without it. A sender does not run so far ahead of what is not
///   confirmed. That depends on the stream alone, so every reader does the same.
/// - The first message of a run is given whatever its number, as the sender lets it be stored before it sends others.
struct RunOrder {
    /// How many messages may be held: a sender is less ahead of the first that is not confirmed.
    static let mostHeld = 1_024
    /// How many bytes of bodies may be held, but for the message that comes last; likewise.
    static let mostHeldBytes = 64 << 20

    /// Whether a message may be sent while the first that is not confirmed is so many messages and bytes behind: no reader gives
    /// that one up for what is held.
    static func isWithinReach(messages: UInt64, bytes: Int) -> Bool { messages < mostHeld && bytes < mostHeldBytes }

    /// A message and its place in the stream.
    struct Placed {
        var message: LiveMessage
        var sequence: UInt64
    }

    /// The run that goes on; 0 for none yet.
    private(set) var run: UInt64 = 0
    /// The run before it.
    private(set) var runBefore: UInt64 = 0
    /// The number that comes next.
    private(set) var next: UInt64 = 1
    /// Everything up to this number of the stream has been given or left out.
    private(set) var position: UInt64
    /// Messages that never came.
    private(set) var lost = 0
    /// Messages that came twice, or too late.
    private(set) var repeated = 0

    private var held: [UInt64: Placed] = [:]
    /// Bytes of the bodies of ``held``.
    private var heldBytes = 0
    private var latest: UInt64

    /// The order of a stream that is read from after number `position` on.
    init(after position: UInt64) { (self.position, latest) = (position, position) }

    /// The order as it was at `position`: run `run` went on, after `runBefore`, and number `next` was to come.
    init(after position: UInt64, run: UInt64, runBefore: UInt64, next: UInt64) {
        self.init(after: position)
        (self.run, self.runBefore, self.next) = (run, runBefore, next)
    }

    /// Takes the next message of the stream and gives those that are due now, in order.
    mutating func take(_ message: LiveMessage, at sequence: UInt64) -> [LiveMessage] {
        var due: [LiveMessage] = []
        defer { settle(sequence) }
        if message.run != run {
            guard message.run != runBefore else {
                repeated += 1
                return []
            }
            // What was held of the run before is given: its missing messages will not come any more.
            due = release()
            if run != 0 { lose(message.number - 1) }
            (runBefore, run) = (run, message.run)
            next = message.number
        }
        guard message.number >= next, held[message.number] == nil else {
            repeated += 1
            return due
        }
        held[message.number] = Placed(message: message, sequence: sequence)
        heldBytes += message.body.count
        due += flow()
        while held.count >= RunOrder.mostHeld || heldBytes > RunOrder.mostHeldBytes { due += skip() }
        return due
    }

    /// Leaves out a message of the stream that is none.
    mutating func pass(_ sequence: UInt64) { settle(sequence) }

    private mutating func settle(_ sequence: UInt64) {
        latest = max(latest, sequence)
        // What is held must be read again by who goes on from here.
        let earliest = held.values.reduce(UInt64.max) { min($0, $1.sequence) }
        position = held.isEmpty ? latest : max(min(earliest - 1, latest), position)
    }

    /// What goes on from the number that is next.
    private mutating func flow() -> [LiveMessage] {
        var due: [LiveMessage] = []
        while let placed = held.removeValue(forKey: next) {
            due.append(placed.message)
            heldBytes -= placed.message.body.count
            next += 1
        }
        return due
    }

    /// Gives up on what is missing before the first that is held.
    private mutating func skip() -> [LiveMessage] {
        guard let first = held.keys.min() else { return [] }
        lose(first - next)
        next = first
        return flow()
    }

    /// Counts messages that never came; whoever sends may claim any number of them.
    private mutating func lose(_ count: UInt64) { lost = lost.saturatingSum(Int(clamping: count)) }

    /// Everything that is held.
    private mutating func release() -> [LiveMessage] {
        var due: [LiveMessage] = []
        while !held.isEmpty { due += skip() }
        return due
    }
}

extension Int {
    /// The sum with a number that is not negative, at most `Int.max`.
    func saturatingSum(_ other: Int) -> Int {
        let (sum, isTooMuch) = addingReportingOverflow(other)
        return isTooMuch ? .max : sum
    }
}
