import CEventKernels
import SpikeSignals

/// Counts the events of a batch that are earlier than the one before or outside the sensor.
enum EventAudit {
    /// Checks `batch`, whose first event follows one at `last`, but for the first events if the log says that they are known
    /// to be in order and on the sensor.
    static func check(_ batch: EventBatch, after last: Int64?, log: EventLog, isWide: Bool = WideLoops.areThere) {
        let first = batch.time(of: batch[0])
        if let last, first < last { log.tally[.timeStepsBack] += 1 }
        guard log.audited < batch.count, isStrange(batch, from: log.audited, isWide: isWide) else { return }
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

    /// The last column and row of the sensor, or that an event can have where its size is not known.
    static func bounds(of batch: EventBatch) -> (right: UInt64, bottom: UInt64) {
        (batch.width > 0 ? UInt64(batch.width - 1) : 0xFFFF, batch.height > 0 ? UInt64(batch.height - 1) : 0x7FFF)
    }

    /// Whether there is anything to count from event `first` on; a pass without branches, about half a nanosecond an event.
    static func isStrange(_ batch: EventBatch, from first: Int = 0, isWide: Bool) -> Bool {
        let words = unsafe batch.words
        let (right, bottom) = bounds(of: batch)
        // Offsets are signed: moved up by half their range they compare as unsigned numbers.
        let middle: UInt64 = 1 << 63
        var before = unsafe (words[max(first - 1, 0)] ^ middle) >> 32
        if isWide {
            return unsafe ek_audit(words + first, batch.count - first, right, bottom, before) >> 63 != 0
        }
        var strange: UInt64 = 0
        for index in first..<batch.count {
            let word = unsafe words[index]
            let time = (word ^ middle) >> 32
            strange |= (time &- before) | (right &- (word & 0xFFFF)) | (bottom &- (word >> 16 & 0x7FFF))
            before = time
        }
        return strange >> 63 != 0
    }
}
