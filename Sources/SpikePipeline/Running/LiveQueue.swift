import SpikeSignals

/// What to do with a live source's block when the pipeline has not kept up and the queue is full.
///
/// A live source names it with its option `when_full`.
public enum FullQueuePolicy: String, Sendable, CaseIterable {
    /// Throw the oldest waiting block away: the pipeline stays close to the present.
    case dropOldest = "drop_oldest"
    /// Throw the new block away: what has been heard is heard to its end.
    case dropNewest = "drop_newest"
    /// Let the source wait; only for sources that can, such as a pipe.
    case block
}

/// Which block of a bounded queue goes where: the order of waiting blocks by number, apart from locks and threads.
///
/// There are two blocks more than can wait: one that the source fills and one that the pipeline reads. So the source
/// always has a block and nothing is allocated.
struct QueueOrder {
    /// What became of a block that the source has filled.
    enum Outcome: Equatable {
        /// It waits; the source goes on with block `next`.
        case queued(next: Int)
        /// It waits in the place of block `next`, which is lost and which the source goes on with.
        case replacedOldest(next: Int)
        /// It is lost, and the source fills it again.
        case refused
        /// There is no room for it yet.
        case mustWait
    }

    let capacity: Int
    let policy: FullQueuePolicy
    private var waiting: [Int] = []
    private var free: [Int]

    /// An empty queue; the source has block 0.
    init(capacity: Int, policy: FullQueuePolicy) {
        self.capacity = max(1, capacity)
        self.policy = policy
        waiting.reserveCapacity(self.capacity + 2)
        free = Array((1..<(self.capacity + 2)).reversed())
    }

    /// Whether a block waits.
    var isEmpty: Bool { waiting.isEmpty }

    /// The source has filled `block`.
    mutating func push(_ block: Int) -> Outcome {
        if waiting.count < capacity, let next = free.popLast() {
            waiting.append(block)
            return .queued(next: next)
        }
        switch policy {
        case .dropOldest:
            waiting.append(block)
            return .replacedOldest(next: waiting.removeFirst())
        case .dropNewest: return .refused
        case .block: return .mustWait
        }
    }

    /// The pipeline takes the oldest block.
    mutating func pop() -> Int? { waiting.isEmpty ? nil : waiting.removeFirst() }

    /// The pipeline is done with `block`.
    mutating func recycle(_ block: Int) { free.append(block) }
}
