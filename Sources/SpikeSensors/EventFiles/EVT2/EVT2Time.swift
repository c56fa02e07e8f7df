import SpikeSignals

/// The upper time of EVT 2.0 and 2.1: 28 bits of 64 µs.
struct EVT2Time {
    /// Whether an upper time word has come.
    private(set) var isKnown = false
    /// The upper time relative to the batch, where an event's word has its time.
    private(set) var offsetBits: UInt64 = 0
    /// The upper time in microseconds, unwrapped.
    private var high: Int64 = 0
    private var unwrapper = TimeUnwrapper(bits: 34)

    /// The last upper time as its word had it, in units of 64 µs.
    var raw: UInt64 { UInt64(truncatingIfNeeded: high >> 6) & 0xFFF_FFFF }

    /// How far the upper time may step on until the batch cannot follow, in units of 64 µs.
    func room(in batch: EventBatch) -> UInt64 {
        UInt64(truncatingIfNeeded: max(0, (1 << 31 - 64 - (high &- batch.timeBase)) >> 6))
    }

    /// Makes the upper time the time base of an empty batch.
    mutating func rebase(_ batch: EventBatch) {
        batch.timeBase = high
        offsetBits = 0
    }

    /// Takes an upper time word; false if the batch must be handed on first, as its time base is too far.
    mutating func take(_ word: UInt64, _ batch: EventBatch, isEmpty: Bool, _ log: EventLog) -> Bool {
        let value = Int64(word) << 6
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

    /// Goes on from the upper time `word`, which has been reached in small steps forward; false, and nothing happens, if
    /// that is too far from the time base of the batch.
    mutating func settle(at word: UInt64, _ batch: EventBatch) -> Bool {
        let time = high &+ Int64(truncatingIfNeeded: word &- raw) << 6
        let offset = time &- batch.timeBase
        guard offset >= -(1 << 31), offset <= 1 << 31 - 64 else { return false }
        guard time != high else { return true }
        high = time
        unwrapper.settle(at: time)
        offsetBits = UInt64(truncatingIfNeeded: offset) << 32
        return true
    }
}
