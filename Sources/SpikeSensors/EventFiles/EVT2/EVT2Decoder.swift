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
final class EVT2Decoder: EventDecoder {
    let minimumBytes = 4

    static let timeHigh: UInt32 = 0x8
    static let trigger: UInt32 = 0xA
    static let others: UInt32 = 0xE
    static let continued: UInt32 = 0xF

    private var time = EVT2Time()

    func decode(_ bytes: EventBytes, into batch: EventBatch, log: EventLog) -> DecodeStep {
        let words = bytes.count / 4
        var index = 0
        var count = batch.count
        let out = unsafe batch.words
        if count == 0 { time.rebase(batch) }
        var base = time.offsetBits
        if !time.isKnown { index = skipToTime(bytes, words, log) }
        while index < words, count < EventBatch.capacity {
            let stop = min(words, index + EventBatch.capacity - count)
            var word: UInt32 = 0
            while index < stop {
                word = bytes.number(4 * index, as: UInt32.self)
                if word >> 29 != 0 { break }
                let wide = UInt64(word)
                unsafe out[count] =
                    base &+ ((wide >> 22 & 0x3F) << 32) | (wide >> 28) << 31 | (wide & 0x7FF) << 16 | (wide >> 11 & 0x7FF)
                count &+= 1
                index &+= 1
            }
            guard index < stop else { continue }
            if word >> 28 == EVT2Decoder.timeHigh {
                guard time.take(Int64(word & 0xFFF_FFFF) << 6, batch, isEmpty: count == 0, log) else {
                    batch.count = count
                    return DecodeStep(used: 4 * index, isBatchDone: true)
                }
                base = time.offsetBits
            } else {
                note(word >> 28, log)
            }
            index += 1
        }
        batch.count = count
        if batch.isFull { return DecodeStep(used: 4 * index, isBatchDone: true) }
        guard bytes.isLast, bytes.count % 4 != 0 else { return DecodeStep(used: 4 * index) }
        log.noteCut("a word", at: bytes.offset + Int64(4 * words), bytes: bytes.count % 4)
        return DecodeStep(used: bytes.count)
    }

    /// The index of the first upper time word; events before it are counted.
    private func skipToTime(_ bytes: EventBytes, _ words: Int, _ log: EventLog) -> Int {
        for index in 0..<words {
            let kind = bytes.number(4 * index, as: UInt32.self) >> 28
            if kind == EVT2Decoder.timeHigh { return index }
            if kind < 2 { log.tally[.eventsBeforeTimeBase] += 1 } else { note(kind, log) }
        }
        return words
    }

    private func note(_ kind: UInt32, _ log: EventLog) {
        switch kind {
        case EVT2Decoder.trigger: log.tally[.triggers] += 1
        case EVT2Decoder.others, EVT2Decoder.continued: break
        default: log.tally[.unknown] += 1
        }
    }
}
