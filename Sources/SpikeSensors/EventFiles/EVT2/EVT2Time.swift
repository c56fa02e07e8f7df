import SpikeSignals

/// The upper time of EVT 2.0 and 2.1: 28 bits of 64 µs.
struct EVT2Time {
    /// Whether an upper time word has come.
    private(set) var isKnown = false
    /// The upper time relative to the batch, where an event's word has its time.
    private(set) var offsetBits: UInt64 = 0
    private var high: Int64 = 0
    private var unwrapper = TimeUnwrapper(bits: 34)

    /// Makes the upper time the time base of an empty batch.
    mutating func rebase(_ batch: EventBatch) {
        batch.timeBase = high
        offsetBits = 0
    }

    /// Takes an upper time of `value` µs; false if the batch must be handed on first, as its time base is too far.
    mutating func take(_ value: Int64, _ batch: EventBatch, isEmpty: Bool, _ log: EventLog) -> Bool {
        var next = unwrapper
        if !isKnown { next.start(at: value) }
        let (time, didWrap) = next.time(value)
        if isEmpty { batch.timeBase = time }
        let offset = time &- batch.timeBase
        guard offset >= -(1 << 31), offset <= 1 << 31 - 64 else { return false }
        isKnown = true
        high = time
        unwrapper = next
        offsetBits = UInt64(truncatingIfNeeded: offset) << 32
        if didWrap { log.tally[.timeWraps] += 1 }
        return true
    }
}
