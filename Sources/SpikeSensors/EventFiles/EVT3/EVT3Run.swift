import CEventKernels
import SpikeSignals

/// Decodes rows, columns and times of EVT 3.0, the words that make up most of a stream, without a branch on their kind.
///
/// Time, row and column lie in different bits of an event, so a word that sets one of them is a masked insertion
/// whatever its kind, and an event is the same with a store that counts:
///
///     state = state & keep[kind] | word * spread[kind] & field[kind]
///     out[count] = state;  count += isEvent[kind]
///
/// Nothing has to guess the order of the words. Only upper times branch: the usual ones, which repeat the last or step
/// on, at once, all others through ``TimeUnwrapper``.
struct EVT3Run {
    /// Time (bits 32 to 63, relative to the batch), row, polarity and column of the next event.
    var state: UInt64 = 0
    /// The time of the last TIME_HIGH, a multiple of 4,096 µs, unwrapped.
    private var high: Int64 = 0
    /// The value of the last TIME_HIGH.
    private var raw: UInt64 = 0
    /// How many steps of the upper time the batch can follow yet.
    private var room: UInt64 = 0
    private var unwrapper = TimeUnwrapper(bits: EVT3Word.timeBits)
    private let rules = EVT3Rules()

    /// Begins with the first TIME_HIGH.
    mutating func start(at time: Int64) {
        high = time
        raw = UInt64(time >> 12)
        unwrapper.start(at: time)
    }

    /// Makes the upper time the time base of an empty batch.
    mutating func rebase(_ batch: EventBatch) {
        batch.timeBase = high
        room = 1 << 19 - 1
        state = state & 0xFFF_FFFF_FFFF
    }

    /// How many words a wide loop may take at once, so that the time cannot outrun the batch: 8 s for 32 words.
    private static let widest = 2_048
    /// How far the upper time can step in so many words.
    private static let widestStep: UInt64 = 64 * 2_048

    /// Decodes blocks of plain words with wide vectors, as many as follow each other.
    ///
    /// - Returns: the number of words used.
    mutating func takeWide(
        _ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch, _ made: inout Int
    ) -> Int {
        guard room > EVT3Run.widestStep else { return 0 }
        var row = UInt16(truncatingIfNeeded: state >> 16) & 0x7FFF
        var low = UInt16(truncatingIfNeeded: state >> 32) & 0xFFF
        var upper = UInt16(truncatingIfNeeded: raw)
        let base = UInt32(truncatingIfNeeded: high &- batch.timeBase)
        let used = unsafe ek_evt3(
            (bytes.base + 2 * start).assumingMemoryBound(to: UInt8.self), min(stop - start, EVT3Run.widest), base, &row,
            &low, &upper, batch.words, &made)
        let step = UInt64(upper) &- raw
        raw = UInt64(upper)
        room &-= step
        high &+= Int64(step) << 12
        state = UInt64(truncatingIfNeeded: high &- batch.timeBase) << 32 | UInt64(low) << 32 | UInt64(row) << 16
        return used
    }

    /// Decodes the words from `start` to `stop`, each of which makes at most one event and finds room.
    ///
    /// - Parameter made: how many events the batch holds.
    /// - Returns: the index of the first word that is of another kind, or a TIME_HIGH that is too far from the time
    ///   base of the batch, or `stop`.
    @inline(__always)
    mutating func take(
        _ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch, _ made: inout Int, _ log: EventLog
    ) -> Int {
        let table = unsafe rules.table
        let out = unsafe batch.words
        var state = state
        var count = made
        var index = start
        while index < stop {
            let word = UInt64(bytes.number(2 &* index, as: UInt16.self))
            let kind = word >> 12
            if EVT3Rules.plain >> kind & 1 != 0 {
                let rule = unsafe table + Int(truncatingIfNeeded: kind &* 4)
                state = unsafe state & rule[0] | (word &* rule[1]) & rule[2]
                unsafe out[count] = state
                count = unsafe count &+ Int(truncatingIfNeeded: rule[3])
            } else if kind == EVT3Word.timeHigh {
                self.state = state
                guard takeHigh(word & 0xFFF, batch, isEmpty: count == 0, log) else { break }
                state = self.state
            } else {
                break
            }
            index &+= 1
        }
        self.state = state
        made = count
        return index
    }

    /// Takes a TIME_HIGH; false if the batch must be handed on first, as its time base is too far.
    @inline(__always)
    private mutating func takeHigh(_ value: UInt64, _ batch: EventBatch, isEmpty: Bool, _ log: EventLog) -> Bool {
        let step = value &- raw
        if step == 0 { return true }
        guard step < 2_048, step <= room, !isEmpty else { return takeFarHigh(value, batch, isEmpty: isEmpty, log) }
        raw = value
        room &-= step
        high &+= Int64(truncatingIfNeeded: step) << 12
        state = state & 0xFFFF_FFFF | UInt64(truncatingIfNeeded: high &- batch.timeBase) << 32
        return true
    }

    /// Takes a TIME_HIGH that does not simply step on.
    @inline(never)
    private mutating func takeFarHigh(_ value: UInt64, _ batch: EventBatch, isEmpty: Bool, _ log: EventLog) -> Bool {
        unwrapper.settle(at: high)
        let (time, didWrap) = unwrapper.time(Int64(value) << 12)
        if isEmpty { batch.timeBase = time }
        let offset = time &- batch.timeBase
        guard offset >= -(1 << 31), offset <= 1 << 31 - 4_096 else { return false }
        state = state & 0xFFFF_FFFF | UInt64(truncatingIfNeeded: offset) << 32
        high = time
        raw = value
        room = UInt64(truncatingIfNeeded: (1 << 31 - 4_096 - offset) >> 12)
        if didWrap { log.tally[.timeWraps] += 1 }
        return true
    }
}

/// What a word of each kind does to the state of an ``EVT3Run``: four numbers for each kind, keep, spread, field, and 1
/// if it is an event.
@safe final class EVT3Rules {
    let table: UnsafeMutablePointer<UInt64>

    /// The kinds that need no branch, a bit for each.
    static let plain: UInt64 = 1 << EVT3Word.row | 1 << EVT3Word.event | 1 << EVT3Word.timeLow

    init() {
        unsafe table = .allocate(capacity: 64)
        unsafe table.initialize(repeating: 0, count: 64)
        set(EVT3Word.row, spread: 1 << 16, field: 0x7FF << 16)
        set(EVT3Word.event, spread: 1 | 1 << 20, field: 1 << 31 | 0x7FF)
        set(EVT3Word.timeLow, spread: 1 << 32, field: 0xFFF << 32)
        unsafe table[Int(EVT3Word.event) * 4 + 3] = 1
    }

    deinit { unsafe table.deallocate() }

    private func set(_ kind: UInt64, spread: UInt64, field: UInt64) {
        let row = unsafe table + Int(kind) * 4
        unsafe row[0] = ~field
        unsafe row[1] = spread
        unsafe row[2] = field
    }
}
