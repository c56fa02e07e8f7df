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
    private var time = EVT2Time()

    init(isUpperHalfFirst: Bool) { self.isUpperHalfFirst = isUpperHalfFirst }

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let words = bytes.count / 8
        let turn: UInt64 = isUpperHalfFirst ? 32 : 0
        var index = 0
        var count = batch.count
        let out = unsafe batch.words
        var time = time
        defer { self.time = time }
        if count == 0 { time.rebase(batch) }
        while index < words {
            let stored = bytes.number(8 * index, as: UInt64.self)
            let word = stored << turn | stored &>> (64 - turn)
            let kind = word >> 60
            if kind < 2 {
                let mask = UInt32(truncatingIfNeeded: word)
                if time.isKnown {
                    guard EventBatch.capacity - count >= 32 else {
                        batch.count = count
                        return DecodeStep(used: 8 * index, isBatchDone: true)
                    }
                    let base =
                        time.offsetBits &+ (word >> 54 & 0x3F) << 32 | kind << 31 | (word >> 32 & 0x7FF) << 16
                        | (word >> 43 & 0x7FF)
                    unsafe VectorExpansion.scatter(mask, base, into: out, &count)
                } else {
                    log.tally[.eventsBeforeTimeBase] += mask.nonzeroBitCount
                }
            } else if kind == 8 {
                guard time.take(word >> 32 & 0xFFF_FFFF, batch, isEmpty: count == 0, log) else {
                    batch.count = count
                    return DecodeStep(used: 8 * index, isBatchDone: true)
                }
            } else if kind == 0xA {
                log.tally[.triggers] += 1
            } else if kind < 0xE {
                log.tally[.unknown] += 1
            }
            index &+= 1
        }
        batch.count = count
        guard bytes.isLast, bytes.count % 8 != 0 else { return DecodeStep(used: 8 * index, isBatchDone: batch.isFull) }
        log.noteCut("a word", at: bytes.offset + Int64(8 * words), bytes: bytes.count % 8)
        return DecodeStep(used: bytes.count)
    }
}
