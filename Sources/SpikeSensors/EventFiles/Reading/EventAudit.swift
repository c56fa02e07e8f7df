import CEventKernels
import SpikeSignals

/// Counts the events of a batch that are earlier than the one before or outside the sensor.
enum EventAudit {
    /// Checks `batch`, whose first event follows one at `last`.
    static func check(_ batch: EventBatch, after last: Int64?, log: EventLog, isWide: Bool = WideLoops.areThere) {
        let first = batch.time(of: batch[0])
        if let last, first < last { log.tally[.timeStepsBack] += 1 }
        guard isStrange(batch, isWide: isWide) else { return }
        var time = first
        for event in batch {
            let now = batch.time(of: event)
            if now < time { log.tally[.timeStepsBack] += 1 }
            time = now
            if batch.width > 0, Int(event.x) >= batch.width || Int(event.y) >= batch.height {
                log.tally[.outsideSensor] += 1
            }
        }
    }

    /// Whether there is anything to count; a pass without branches, about half a nanosecond an event.
    static func isStrange(_ batch: EventBatch, isWide: Bool) -> Bool {
        let words = unsafe batch.words
        let right = batch.width > 0 ? UInt64(batch.width - 1) : 0xFFFF
        let bottom = batch.height > 0 ? UInt64(batch.height - 1) : 0x7FFF
        // Offsets are signed: moved up by half their range they compare as unsigned numbers.
        let middle: UInt64 = 1 << 63
        var before = unsafe (words[0] ^ middle) >> 32
        if isWide { return unsafe ek_audit(words, batch.count, right, bottom, before) >> 63 != 0 }
        var strange: UInt64 = 0
        for index in 0..<batch.count {
            let word = unsafe words[index]
            let time = (word ^ middle) >> 32
            strange |= (time &- before) | (right &- (word & 0xFFFF)) | (bottom &- (word >> 16 & 0x7FFF))
            before = time
        }
        return strange >> 63 != 0
    }
}
