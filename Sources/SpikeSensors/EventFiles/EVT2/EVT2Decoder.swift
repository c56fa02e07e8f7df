import CEventKernels
import SpikeSignals

/// Decodes EVT 2.0 (Prophesee, "EVT 2.0 Format", docs.prophesee.ai, data/encoding_formats/evt2): little-endian words of
/// 32 bits.
///
/// ```
///  31  28 27     22 21        11 10         0
/// ┌──────┬─────────┬────────────┬────────────┐
/// │ 0, 1 │ µs      │ column     │ row        │  an event, off or on; the lower 6 bits of its time
/// │ 8    │ 64 µs, 28 bits                    │  the upper bits of the time of what follows
/// │ A    │ ...     │ id ... edge             │  an edge on a trigger input
/// │ E, F │ other words, continued            │
/// └──────┴───────────────────────────────────┘
/// ```
/// The time wraps every 2^34 µs (4.8 hours). Events before the first upper time word have no time; they are counted
/// and left out.
///
/// Events and upper times are decoded in runs without a branch on their kind: an upper time adds its step to the time,
/// and every word is stored but only events count. That holds while the upper time steps on by less than 67 s; if it
/// was not so, or the run holds other words, it is decoded again one by one.
final class EVT2Decoder: EventDecoder {
    let minimumBytes = 4

    private static let timeHigh: UInt64 = 0x8
    private static let trigger: UInt64 = 0xA
    private static let others: UInt64 = 0xE
    private static let continued: UInt64 = 0xF
    /// The longest run; what may have to be decoded twice.
    private static let longestRun = 1_024

    private var time = EVT2Time()
    /// Whether less than one word in 16 was an upper time lately.
    private var areTimesRare = false
    private let isWide: Bool

    init(isWide: Bool = WideLoops.areThere) { self.isWide = isWide }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let words = bytes.count / 4
        var index = 0
        if batch.count == 0 { time.rebase(batch) }
        if !time.isKnown { index = skipToTime(bytes, words, log) }
        while index < words, !batch.isFull {
            let stop = min(words, index + min(EventBatch.capacity - batch.count, EVT2Decoder.longestRun))
            let before = batch.count
            let isTaken = time.isKnown && takeRun(bytes, from: index, to: stop, batch)
            if isTaken {
                areTimesRare = (stop - index - (batch.count - before)) * 16 < stop - index
                index = stop
            } else {
                index = takeCarefully(bytes, from: index, to: stop, batch, log)
                if index < stop { return DecodeStep(used: 4 * index, isBatchDone: true) }
            }
        }
        if batch.isFull { return DecodeStep(used: 4 * index, isBatchDone: true) }
        guard bytes.isLast, bytes.count % 4 != 0 else { return DecodeStep(used: 4 * index) }
        log.noteCut("a word", at: bytes.offset + Int64(4 * words), bytes: bytes.count % 4)
        return DecodeStep(used: bytes.count)
    }

    /// Decodes a run in the way that suits it; false, and nothing has happened, if it holds other words or times.
    private func takeRun(_ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch) -> Bool {
        if isWide { return takeWide(bytes, from: start, to: stop, batch) }
        return areTimesRare
            ? takeGuessing(bytes, from: start, to: stop, batch) : take(bytes, from: start, to: stop, batch)
    }

    /// Decodes a run with wide vectors.
    private func takeWide(_ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch) -> Bool {
        var (upper, base, count) = (time.raw, time.offsetBits, batch.count)
        let source = unsafe (bytes.base + 4 * start).assumingMemoryBound(to: UInt8.self)
        guard unsafe ek_evt2(source, stop - start, &upper, &base, batch.words, &count) == 0,
            time.settle(at: upper, batch)
        else { return false }
        batch.count = count
        return true
    }

    /// Decodes a run as ``take(_:from:to:_:)`` does, with a branch that guesses events: the quicker way where upper times
    /// are rare.
    private func takeGuessing(_ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch) -> Bool {
        let out = unsafe batch.words
        var count = batch.count
        var base = time.offsetBits
        var upper = time.raw
        for index in start..<stop {
            let word = UInt64(bytes.number(4 &* index, as: UInt32.self))
            if word >> 29 == 0 {
                unsafe out[count] = base &+ EVT2Decoder.event(word)
                count &+= 1
            } else {
                let step = (word & 0xFFF_FFFF) &- upper
                guard word >> 28 == EVT2Decoder.timeHigh, step >> 20 == 0 else { return false }
                upper = upper &+ step
                base = base &+ step << 38
            }
        }
        guard time.settle(at: upper, batch) else { return false }
        batch.count = count
        return true
    }

    /// Decodes a run; false if it holds other words or times, and then nothing has happened.
    private func take(_ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch) -> Bool {
        let out = unsafe batch.words
        /// A bit for each kind of word that is neither an event nor an upper time.
        let otherKinds: UInt64 = 0b1111_1110_1111_1100
        var count = batch.count
        var base = time.offsetBits
        var upper = time.raw
        var strange: UInt64 = 0
        for index in start..<stop {
            let word = UInt64(bytes.number(4 &* index, as: UInt32.self))
            let kind = word >> 28
            let step = ((word & 0xFFF_FFFF) &- upper) & (kind == EVT2Decoder.timeHigh ? .max : 0)
            upper = upper &+ step
            base = base &+ step << 38
            strange |= step >> 20 | (otherKinds >> kind & 1)
            unsafe out[count] = base &+ EVT2Decoder.event(word)
            count &+= kind < 2 ? 1 : 0
        }
        guard strange == 0, time.settle(at: upper, batch) else { return false }
        batch.count = count
        return true
    }

    private func takeCarefully(
        _ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch, _ log: EventLog
    ) -> Int {
        for index in start..<stop {
            let word = UInt64(bytes.number(4 * index, as: UInt32.self))
            if word >> 28 < 2 {
                unsafe batch.words[batch.count] = time.offsetBits &+ EVT2Decoder.event(word)
                batch.count += 1
            } else if word >> 28 == EVT2Decoder.timeHigh {
                guard time.take(word & 0xFFF_FFFF, batch, isEmpty: batch.count == 0, log) else { return index }
            } else {
                note(word >> 28, log)
            }
        }
        return stop
    }

    /// The event of a word, but for the upper time.
    @inline(__always)
    private static func event(_ word: UInt64) -> UInt64 {
        (word >> 22 & 0x3F) << 32 | (word >> 28 & 1) << 31 | (word & 0x7FF) << 16 | (word >> 11 & 0x7FF)
    }

    /// The index of the first upper time word; events before it are counted.
    private func skipToTime(_ bytes: EventBytes, _ words: Int, _ log: EventLog) -> Int {
        for index in 0..<words {
            let kind = UInt64(bytes.number(4 * index, as: UInt32.self) >> 28)
            if kind == EVT2Decoder.timeHigh { return index }
            if kind < 2 { log.tally[.eventsBeforeTimeBase] += 1 } else { note(kind, log) }
        }
        return words
    }

    private func note(_ kind: UInt64, _ log: EventLog) {
        switch kind {
        case EVT2Decoder.trigger: log.tally[.triggers] += 1
        case EVT2Decoder.others, EVT2Decoder.continued: break
        default: log.tally[.unknown] += 1
        }
    }
}
