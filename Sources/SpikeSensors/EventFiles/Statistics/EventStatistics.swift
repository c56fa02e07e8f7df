import SpikeSignals

/// What a recording holds, gathered batch by batch in memory that does not grow with its length.
public struct EventStatistics {
    /// An event with its sensor time.
    public struct Mark: Hashable, Sendable {
        /// The sensor time in microseconds.
        public var time: Int64
        /// The event; its offset means nothing here.
        public var event: PixelEvent
    }

    /// How many events there were.
    public private(set) var events = 0
    /// How many of them were on.
    public private(set) var on = 0
    /// The first event.
    public private(set) var first: Mark?
    /// The last event.
    public private(set) var last: Mark?
    /// The sum of all times in microseconds, modulo 2^64.
    public private(set) var sumOfTimes: Int64 = 0
    /// The sum of all columns.
    public private(set) var sumOfColumns = 0
    /// The sum of all rows.
    public private(set) var sumOfRows = 0
    /// The largest column and row.
    public private(set) var largest: (x: Int, y: Int) = (0, 0)
    /// The most events in a window of ``peakWindow``, windows standing side by side from the first event on.
    public private(set) var peakEvents = 0
    /// Pauses of more than ``longPause`` between two events.
    public private(set) var pauses = 0
    /// The longest pause in microseconds, and the sensor time at which it begins.
    public private(set) var longestPause: (duration: Int64, at: Int64) = (0, 0)
    /// Steps back in time: how many, and the largest in microseconds.
    public private(set) var stepsBack: (count: Int, largest: Int64) = (0, 0)
    /// Events over time.
    public private(set) var timeline = EventTimeline()
    /// Events on each pixel.
    public private(set) var pixels: EventPixelCounts

    /// The length of a window for ``peakEvents``: 10 ms.
    public static let peakWindow: Int64 = 10_000
    /// What counts as a pause: 100 ms.
    public static let longPause: Int64 = 100_000

    private var windowStart: Int64 = 0
    private var windowEvents = 0

    /// Nothing yet; of a sensor of `size`, if that is known.
    public init(size: SensorSize?) { pixels = EventPixelCounts(size: size) }

    /// Takes the events of `batch`.
    public mutating func add(_ batch: EventBatch) {
        guard batch.count > 0 else { return }
        let head = Mark(time: batch.time(of: batch[0]), event: batch[0])
        if first == nil {
            first = head
            windowStart = head.time
            timeline.start(at: head.time)
        }
        addSums(batch)
        addTimes(batch, after: last?.time ?? head.time)
        timeline.add(batch)
        pixels.add(batch)
        let tail = batch[batch.count - 1]
        last = Mark(time: batch.time(of: tail), event: tail)
        events += batch.count
    }

    /// Microseconds from the first event to the last; at least 0.
    public var duration: Int64 {
        guard let first, let last else { return 0 }
        return max(0, last.time - first.time)
    }

    /// Events per second over the whole recording; 0 if that is shorter than a microsecond.
    public var meanRate: Double { duration > 0 ? Double(events) * 1e6 / Double(duration) : 0 }

    /// Events per second in the busiest window.
    public var peakRate: Double { Double(max(peakEvents, windowEvents)) * 1e6 / Double(EventStatistics.peakWindow) }

    private mutating func addSums(_ batch: EventBatch) {
        let words = unsafe batch.words
        var (sumX, sumY, sumOn): (UInt64, UInt64, UInt64) = (0, 0, 0)
        var sumT: Int64 = 0
        var (right, bottom): (UInt64, UInt64) = (0, 0)
        for index in 0..<batch.count {
            let word = unsafe words[index]
            let (x, y) = (word & 0xFFFF, word >> 16 & 0x7FFF)
            sumX &+= x
            sumY &+= y
            sumOn &+= word >> 31 & 1
            sumT &+= Int64(bitPattern: word) >> 32
            right = max(right, x)
            bottom = max(bottom, y)
        }
        sumOfColumns &+= Int(sumX)
        sumOfRows &+= Int(sumY)
        on += Int(sumOn)
        sumOfTimes = sumOfTimes &+ sumT &+ batch.timeBase &* Int64(batch.count)
        largest = (max(largest.x, Int(right)), max(largest.y, Int(bottom)))
    }

    private mutating func addTimes(_ batch: EventBatch, after before: Int64) {
        var before = before
        for event in batch {
            let time = batch.time(of: event)
            let step = time &- before
            if step < 0 {
                stepsBack = (stepsBack.count + 1, max(stepsBack.largest, -step))
            } else if step > EventStatistics.longPause {
                pauses += 1
                if step > longestPause.duration { longestPause = (step, before) }
            }
            before = time
            if time &- windowStart >= EventStatistics.peakWindow {
                peakEvents = max(peakEvents, windowEvents)
                windowEvents = 0
                windowStart = time - (time - windowStart) % EventStatistics.peakWindow
            }
            windowEvents += 1
        }
    }
}
