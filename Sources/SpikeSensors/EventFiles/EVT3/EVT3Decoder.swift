import SpikeSignals

/// Decodes EVT 3.0, see ``EVT3Word``.
///
/// Row, time and column lie in different bits of an event's word, so a word of the stream that sets one of them is one
/// masked insertion whatever its kind, and an event is the same with a store that is then kept or not:
///
///     state = state & keep[kind] | word * spread[kind] & field[kind]
///     out[n] = state;  n += kind == X
///
/// No branch depends on the order of rows, times and columns, which nobody can predict. Vectors, upper time words and
/// everything rare leave this loop.
///
/// - The time of an event is known from the first TIME_HIGH on; events before it are counted and left out.
/// - A TIME_HIGH that differs from the last sets the lower bits to zero until the next TIME_LOW, as OpenEB does.
/// - The base of vectors moves on by the length of each vector, in any order of 12 and 8.
final class EVT3Decoder: EventDecoder {
    let minimumBytes = 2

    /// Time (bits 32 to 63, relative to the batch), row, polarity and column of the next event.
    private var state: UInt64 = 0
    /// Polarity (bit 31) and column of the next vector.
    private var vector: UInt64 = 0
    private var unwrapper = TimeUnwrapper(bits: EVT3Word.timeBits)
    /// The time of the last TIME_HIGH, a multiple of 4,096 µs.
    private var high: Int64 = 0
    private var knowsTime = false

    private let rules = KindRules()

    /// What a word of each kind does to the state.
    @safe private final class KindRules {
        /// Four numbers for each kind: keep, spread, field, and 1 if it is an event.
        let table: UnsafeMutablePointer<UInt64>
        static let special: UInt64 = ~(1 << EVT3Word.row | 1 << EVT3Word.event | 1 << EVT3Word.timeLow)

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
            let row = Int(kind) * 4
            unsafe table[row] = ~field
            unsafe table[row + 1] = spread
            unsafe table[row + 2] = field
        }
    }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let words = bytes.count / 2
        var index = 0
        if !knowsTime {
            index = skipToTime(bytes, words, log)
            guard knowsTime else { return end(bytes, after: words, log) }
        }
        if batch.count == 0 { rebase(batch) }
        var count = batch.count
        let out = unsafe batch.words
        let table = unsafe rules.table
        var state = state
        while index < words {
            // A word makes at most one event here, so this many words fit.
            let stop = min(words, index + EventBatch.capacity - count)
            if index >= stop { break }
            var word: UInt64 = 0
            var kind: UInt64 = 0
            while index < stop {
                word = UInt64(bytes.number(2 * index, as: UInt16.self))
                kind = word >> 12
                if KindRules.special >> kind & 1 != 0 { break }
                let rule = unsafe table + Int(kind) * 4
                state = unsafe state & rule[0] | (word &* rule[1]) & rule[2]
                unsafe out[count] = state
                count = unsafe count &+ Int(truncatingIfNeeded: rule[3])
                index &+= 1
            }
            guard index < stop else { continue }
            switch kind {
            case EVT3Word.vectorBase:
                vector = word & 0x7FF | (word & 0x800) << 20
                index += 1
            case EVT3Word.vector12, EVT3Word.vector8:
                guard EventBatch.capacity - count >= 32 else {
                    self.state = state
                    batch.count = count
                    return DecodeStep(used: 2 * index, isBatchDone: true)
                }
                index += unsafe expand(bytes, index, words, state: state, into: out, &count)
            case EVT3Word.timeHigh:
                self.state = state
                guard takeHigh(word & 0xFFF, batch, isEmpty: count == 0, log) else {
                    batch.count = count
                    return DecodeStep(used: 2 * index, isBatchDone: true)
                }
                state = self.state
                index += 1
            default:
                note(kind, log)
                index += 1
            }
        }
        self.state = state
        batch.count = count
        if batch.isFull { return DecodeStep(used: 2 * index, isBatchDone: true) }
        return end(bytes, after: index, log)
    }

    /// Appends the events of a vector, or of the usual run of two of 12 columns and one of 8 at once.
    ///
    /// - Returns: the number of words used.
    @inline(__always)
    private func expand(
        _ bytes: EventBytes, _ index: Int, _ words: Int, state: UInt64, into out: UnsafeMutablePointer<UInt64>,
        _ count: inout Int
    ) -> Int {
        let base = state & ~(1 << 31 | 0xFFFF) | vector
        let first = UInt32(bytes.number(2 * index, as: UInt16.self))
        if index + 2 < words {
            let pair = bytes.number(2 * index + 2, as: UInt32.self)
            // 12, 12, 8: the kinds of the three words in one comparison.
            if first >> 12 == 4, pair & 0xF000_F000 == 0x5000_4000 {
                let mask = first & 0xFFF | (pair & 0xFFF) << 12 | (pair >> 16 & 0xFF) << 24
                unsafe VectorExpansion.scatter(mask, base, into: out, &count)
                advance(by: 32)
                return 3
            }
        }
        let isLong = first >> 12 == 4
        unsafe VectorExpansion.scatter(first & (isLong ? 0xFFF : 0xFF), base, into: out, &count)
        advance(by: isLong ? 12 : 8)
        return 1
    }

    /// Moves the base of vectors on; a column stays below 2^15 whatever comes.
    @inline(__always)
    private func advance(by columns: UInt64) { vector = vector & 1 << 31 | ((vector & 0x7FFF) &+ columns) & 0x7FFF }

    /// Takes a TIME_HIGH; false if the batch must be handed on first, as its time base is too far.
    private func takeHigh(_ value: UInt64, _ batch: EventBatch, isEmpty: Bool, _ log: EventLog) -> Bool {
        var next = unwrapper
        let (time, didWrap) = next.time(Int64(value) << 12)
        if time != high {
            if isEmpty {
                batch.timeBase = time
            } else {
                let offset = time &- batch.timeBase
                guard offset >= -(1 << 31), offset <= 1 << 31 - 4_096 else { return false }
            }
            state = state & 0xFFFF_FFFF | UInt64(truncatingIfNeeded: time &- batch.timeBase) << 32
            high = time
        }
        unwrapper = next
        if didWrap { log.tally[.timeWraps] += 1 }
        return true
    }

    /// Makes the time of the state relative to an empty batch.
    private func rebase(_ batch: EventBatch) {
        batch.timeBase = high
        state = state & 0xFFF_FFFF_FFFF
    }

    /// Passes over everything before the first TIME_HIGH, but for the row, and takes that.
    private func skipToTime(_ bytes: EventBytes, _ words: Int, _ log: EventLog) -> Int {
        for index in 0..<words {
            let word = UInt64(bytes.number(2 * index, as: UInt16.self))
            switch word >> 12 {
            case EVT3Word.timeHigh:
                high = Int64(word & 0xFFF) << 12
                unwrapper.start(at: high)
                knowsTime = true
                return index + 1
            case EVT3Word.row: state = word << 16 & 0x7FF << 16
            case EVT3Word.vectorBase: vector = word & 0x7FF | (word & 0x800) << 20
            case EVT3Word.event: log.tally[.eventsBeforeTimeBase] += 1
            case EVT3Word.vector12:
                log.tally[.eventsBeforeTimeBase] += (word & 0xFFF).nonzeroBitCount
                advance(by: 12)
            case EVT3Word.vector8:
                log.tally[.eventsBeforeTimeBase] += (word & 0xFF).nonzeroBitCount
                advance(by: 8)
            case EVT3Word.timeLow: break
            default: note(word >> 12, log)
            }
        }
        return words
    }

    private func note(_ kind: UInt64, _ log: EventLog) {
        switch kind {
        case EVT3Word.trigger: log.tally[.triggers] += 1
        case EVT3Word.others, EVT3Word.continued4, EVT3Word.continued12: break
        default: log.tally[.unknown] += 1
        }
    }

    private func end(_ bytes: EventBytes, after words: Int, _ log: EventLog) -> DecodeStep {
        guard bytes.isLast, bytes.count % 2 == 1 else { return DecodeStep(used: 2 * words) }
        log.noteCut("a word", at: bytes.offset + Int64(bytes.count - 1), bytes: 1)
        return DecodeStep(used: bytes.count)
    }
}
