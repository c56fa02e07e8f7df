/// A run of events of one event camera, in the order in which the sensor gave them.
///
/// ```swift
/// for event in batch { print(batch.time(of: event), event.x, event.y, event.isOn) }
/// ```
/// A batch holds ``capacity`` events in storage that is allocated once: 128 KiB, which stay in the second-level cache
/// from the decoder to the network. Sensor time is counted in microseconds, as all cameras do, and kept as the sensor
/// gave it; ``startTime`` says which sensor time is zero in stream time.
@safe public final class EventBatch: Batch {
    /// The kind of edge that carries events.
    public static let kind = PortKind.events
    /// The most events that a batch holds.
    public static let capacity = 16_384
    /// How many events may be written behind ``capacity`` by code that stores first and counts afterwards.
    public static let slack = 64
    /// The sensor times that are understood, in microseconds: 285 years either way.
    public static let sensorTimes: ClosedRange<Int64> = -(1 << 53)...(1 << 53)

    /// Columns of the sensor; 0 if that is unknown.
    public var width = 0
    /// Rows of the sensor; 0 if that is unknown.
    public var height = 0
    /// The sensor time that ``PixelEvent/offset`` counts from, in microseconds. Change it only while the batch is empty.
    public var timeBase: Int64 = 0
    /// The sensor time at which stream time is zero, in microseconds.
    public var startTime: Int64 = 0
    /// Nothing earlier than this will follow.
    public var upTo = StreamTime.zero
    /// The number of events, at most ``capacity``.
    public var count = 0 {
        didSet { precondition(count >= 0 && count <= EventBatch.capacity, "an event batch holds at most its capacity") }
    }

    /// The words of the events: ``capacity`` and ``slack`` of them; valid are the first ``count``.
    public let words: UnsafeMutablePointer<UInt64>

    /// An empty batch.
    public init() {
        unsafe words = .allocate(capacity: EventBatch.capacity + EventBatch.slack)
        unsafe words.initialize(repeating: 0, count: EventBatch.capacity + EventBatch.slack)
    }

    deinit { unsafe words.deallocate() }

    /// Empties the batch and keeps its storage.
    public func removeAll() { count = 0 }

    /// Whether no event fits any more.
    public var isFull: Bool { count == EventBatch.capacity }

    /// The event at `index`, which is below ``count``.
    public subscript(index: Int) -> PixelEvent {
        precondition(index >= 0 && index < count, "the batch has no such event")
        return unsafe PixelEvent(bits: words[index])
    }

    /// The sensor time of an event of this batch, in microseconds.
    @inlinable public func time(of event: PixelEvent) -> Int64 { timeBase &+ Int64(event.offset) }

    /// The time in the stream of an event of this batch.
    public func streamTime(of event: PixelEvent) -> StreamTime { streamTime(sensor: time(of: event)) }

    /// The stream time of sensor time `time`, at the ends of stream time if it lies beyond.
    public func streamTime(sensor time: Int64) -> StreamTime {
        let (delta, isTooFar) = time.subtractingReportingOverflow(startTime)
        let (product, isTooLong) = delta.multipliedReportingOverflow(by: 1_000)
        return StreamTime(nanoseconds: isTooFar || isTooLong ? (time < startTime ? .min : .max) : product)
    }

    /// Appends one event; an empty batch takes `time` for its time base.
    ///
    /// - Returns: false if the batch is full or its time base is too far from `time`; begin another one then.
    public func append(time: Int64, x: UInt16, y: UInt16, isOn: Bool) -> Bool {
        if count == 0 { timeBase = time }
        guard !isFull, let offset = Int32(exactly: time.subtractingReportingOverflow(timeBase).partialValue) else {
            return false
        }
        unsafe words[count] = PixelEvent(offset: offset, x: x, y: y, isOn: isOn).bits
        count += 1
        return true
    }

    /// Replaces what the batch holds by a copy of `other`.
    public func copy(_ other: EventBatch) {
        copyFrame(of: other)
        unsafe words.update(from: other.words, count: other.count)
        count = other.count
    }

    /// Takes over size, times and ``upTo`` of `other`, but none of its events.
    public func copyFrame(of other: EventBatch) {
        width = other.width
        height = other.height
        timeBase = other.timeBase
        startTime = other.startTime
        upTo = other.upTo
    }
}

extension EventBatch: Sequence {
    /// Walks over the events that a batch held when the walk began; the batch must not change meanwhile.
    @safe public struct Iterator: IteratorProtocol {
        @usableFromInline let batch: EventBatch
        @usableFromInline var place: UnsafeMutablePointer<UInt64>
        @usableFromInline let end: UnsafeMutablePointer<UInt64>

        @usableFromInline init(_ batch: EventBatch) {
            self.batch = batch
            unsafe place = batch.words
            unsafe end = batch.words + batch.count
        }

        /// The next event.
        @inlinable public mutating func next() -> PixelEvent? {
            guard unsafe place != end else { return nil }
            defer { unsafe place += 1 }
            return unsafe PixelEvent(bits: place.pointee)
        }
    }

    /// Walks over the events.
    @inlinable public func makeIterator() -> Iterator { Iterator(self) }
}
