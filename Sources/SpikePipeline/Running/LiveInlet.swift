import SpikeSignals

#if canImport(Glibc)
import Glibc
#endif

/// Reads a live source on a thread of its own and hands its blocks to the pipeline through a bounded queue.
///
/// ```
///  sensor -> [source, own thread] -> | queue, bounded | -> [pipeline's thread] -> stages
/// ```
/// So a slow pipeline never blocks the sensor; what does not fit is dropped by ``FullQueuePolicy`` and counted.
// Unchecked: after `start` only its thread calls `source` and writes the block it holds; the pipeline's thread reads
// only the block it took; everything else is touched inside `monitor`.
final class LiveInlet: @unchecked Sendable {
    /// What the queue lost and took, so far.
    struct Counts {
        /// Items lost.
        var dropped = 0
        /// Nanoseconds in the source, waiting included.
        var nanoseconds: Int64 = 0
    }

    /// The source; nil once the thread has let go of it.
    private var source: AnySource?
    private var hasStarted = false
    private let monitor: Monitor
    private let blocks: [any Batch]
    private var order: QueueOrder
    private var hasEnded = false
    private var isClosed = false
    private var failure: SpikelineError?
    private var kept = Counts()

    /// A queue of `capacity` blocks in front of `source`; `monitor` is woken by every change.
    init(_ source: AnySource, capacity: Int, policy: FullQueuePolicy, monitor: Monitor) {
        self.source = source
        self.monitor = monitor
        order = QueueOrder(capacity: capacity, policy: policy)
        blocks = (0..<(order.capacity + 2)).map { _ in source.makeOutput() }
    }

    /// Starts the thread.
    func start() throws(SpikelineError) {
        hasStarted = true
        do {
            try Worker.start { [self] in fill() }
        } catch {
            hasStarted = false
            throw error
        }
    }

    /// The body of the thread.
    private func fill() {
        var held = 0
        var upTo = StreamTime.zero
        while true {
            let block = blocks[held]
            block.removeAll()
            block.upTo = upTo
            let begin = MonotonicClock.nanoseconds()
            do {
                guard try source?.read(block) == true else { return end(nil) }
            } catch {
                return end(error)
            }
            upTo = block.upTo
            let spent = MonotonicClock.nanoseconds() - begin
            guard let next = push(held, after: spent) else { return end(nil) }
            held = next
        }
    }

    /// Queues a block; the block to fill next, or nil if the pipeline wants no more.
    private func push(_ block: Int, after nanoseconds: Int64) -> Int? {
        monitor.locked {
            kept.nanoseconds += nanoseconds
            while !isClosed {
                switch order.push(block) {
                case .queued(let next):
                    monitor.wake()
                    return next
                case .replacedOldest(let next):
                    kept.dropped += blocks[next].count
                    return next
                case .refused:
                    kept.dropped += blocks[block].count
                    return block
                case .mustWait: monitor.wait(milliseconds: 100)
                }
            }
            return nil
        }
    }

    private func end(_ error: SpikelineError?) {
        source = nil
        monitor.locked {
            hasEnded = true
            failure = error
            monitor.wake()
        }
    }

    /// What the pipeline finds when it looks.
    enum Find {
        /// A block, to be given back with ``recycle(_:)``.
        case block(Int, any Batch)
        /// Nothing yet.
        case nothing
        /// The source has ended and all its blocks have been taken.
        case end(SpikelineError?)
    }

    /// Whether ``take()`` finds something. Ask inside `monitor`.
    var isReady: Bool { hasEnded || !order.isEmpty }

    /// Whether no thread holds the source any more. Ask inside `monitor`.
    var hasLetGo: Bool { hasEnded || !hasStarted }

    /// Takes the oldest block, without waiting. Call it inside `monitor`.
    func take() -> Find {
        if let index = order.pop() { return .block(index, blocks[index]) }
        return hasEnded ? .end(failure) : .nothing
    }

    /// Gives a block back.
    func recycle(_ block: Int) {
        monitor.locked {
            order.recycle(block)
            monitor.wake()
        }
    }

    /// The pipeline wants no more; the thread ends after the block it is at.
    func close() {
        monitor.locked {
            isClosed = true
            monitor.wake()
        }
    }

    /// What the queue lost and took, so far.
    var counts: Counts { monitor.locked { kept } }
}
