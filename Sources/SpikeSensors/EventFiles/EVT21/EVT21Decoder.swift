import CEventKernels
import SpikeSignals

/// Decodes EVT 2.1 (Prophesee, "EVT 2.1 Format", docs.prophesee.ai, data/encoding_formats/evt21): words of 64 bits.
///
/// ```
///  63  60 59     54 53        43 42        32 31                        0
/// ┌──────┬─────────┬────────────┬────────────┬───────────────────────────┐
/// │ 0, 1 │ µs      │ column     │ row        │ a bit for each of 32 columns from there on: off or on events
/// │ 8    │ 64 µs, 28 bits                    │                           │
/// │ A    │ ... triggers;  E, F others, continued                         │
/// └──────┴───────────────────────────────────┴───────────────────────────┘
/// ```
/// A GenX320 sends the word lowest byte first, an IMX636 the upper half before the lower one, each lowest byte first;
/// the header's `endianness=legacy` means the latter.
final class EVT21Decoder: EventDecoder {
    let minimumBytes = 8

    private let isUpperHalfFirst: Bool
    private let isWide: Bool
    private var time = EVT2Time()

    init(isUpperHalfFirst: Bool, isWide: Bool = WideLoops.areThere) {
        self.isUpperHalfFirst = isUpperHalfFirst
        self.isWide = isWide
    }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let words = bytes.count / 8
        let turn: UInt64 = isUpperHalfFirst ? 32 : 0
        var index = 0
        var count = batch.count
        var time = time
        defer { self.time = time }
        if count == 0 { time.rebase(batch) }
        while index < words {
            if isWide, time.isKnown {
                index += takeWide(bytes, from: index, to: words, batch, &time, &count)
                if index == words { break }
            }
            let stored = bytes.number(8 * index, as: UInt64.self)
            let word = stored << turn | stored &>> (64 - turn)
            let isTaken =
                word >> 60 < 2
                ? takeVector(word, time, batch, &count, log) : takeOther(word, &time, batch, isEmpty: count == 0, log)
            guard isTaken else {
                batch.count = count
                return DecodeStep(used: 8 * index, isBatchDone: true)
            }
            index &+= 1
        }
        batch.count = count
        guard bytes.isLast, bytes.count % 8 != 0 else { return DecodeStep(used: 8 * index, isBatchDone: batch.isFull) }
        log.noteCut("a word", at: bytes.offset + Int64(8 * words), bytes: bytes.count % 8)
        return DecodeStep(used: bytes.count)
    }

    /// Decodes with wide vectors as far as that goes; the number of words.
    private func takeWide(
        _ bytes: EventBytes, from start: Int, to stop: Int, _ batch: EventBatch, _ time: inout EVT2Time,
        _ count: inout Int
    ) -> Int {
        var (upper, base) = (time.raw, time.offsetBits)
        let source = unsafe (bytes.base + 8 * start).assumingMemoryBound(to: UInt8.self)
        let used = unsafe ek_evt21(
            source, stop - start, isUpperHalfFirst ? 32 : 0, &upper, &base, time.room(in: batch), batch.words,
            EventBatch.capacity, &count)
        _ = time.settle(at: upper, batch)
        return used
    }

    /// Takes a vector of events; false if the batch has no room for it.
    @inline(__always)
    private func takeVector(
        _ word: UInt64, _ time: EVT2Time, _ batch: EventBatch, _ count: inout Int, _ log: EventLog
    ) -> Bool {
        let mask = UInt32(truncatingIfNeeded: word)
        guard time.isKnown else {
            log.tally[.eventsBeforeTimeBase] += mask.nonzeroBitCount
            return true
        }
        guard EventBatch.capacity - count >= 32 else { return false }
        let place = (word >> 54 & 0x3F) << 32 | (word >> 60) << 31 | (word >> 32 & 0x7FF) << 16 | (word >> 43 & 0x7FF)
        unsafe VectorExpansion.scatter(mask, time.offsetBits &+ place, into: batch.words, &count)
        return true
    }

    /// Takes a word that is no vector; false if the batch must be handed on first.
    private func takeOther(
        _ word: UInt64, _ time: inout EVT2Time, _ batch: EventBatch, isEmpty: Bool, _ log: EventLog
    ) -> Bool {
        switch word >> 60 {
        case 0x8: return time.take(word >> 32 & 0xFFF_FFFF, batch, isEmpty: isEmpty, log)
        case 0xA: log.tally[.triggers] += 1
        case 0xE, 0xF: break
        default: log.tally[.unknown] += 1
        }
        return true
    }
}
