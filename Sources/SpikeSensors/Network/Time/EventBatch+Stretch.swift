import SpikeSignals

/// A run of events of a batch that were looked at.
struct EventStretch {
    /// Where it ends: the index of the first event that was not looked at.
    var end: Int
    /// Events left out because one before them, or what was promised to be complete, is later.
    var late = 0
    /// The sensor time of the earliest of those.
    var earliestLate: Int64?
    /// The sensor time of the last event that was taken.
    var last: Int64?
}

extension EventBatch {
    /// Appends the events of `other` from `start` on to this empty batch, in the order of time, up to the first whose
    /// sensor time is not in `times`. Left out are events before sensor time `limit` or one taken, and events outside the
    /// sensor.
    func takeOrdered(
        _ other: EventBatch, from start: Int, accepting times: ClosedRange<Int64>, notBefore limit: Int64
    ) -> EventStretch {
        precondition(count == 0 && start >= 0 && start <= other.count, "an empty batch takes what another one holds")
        var stretch = EventStretch(end: start)
        var limit = limit
        var taken = 0
        let right = width > 0 ? width : .max
        let bottom = height > 0 ? height : .max
        while stretch.end < other.count {
            let event = unsafe PixelEvent(bits: other.words[stretch.end])
            let time = other.time(of: event)
            guard times.contains(time) else { break }
            stretch.end += 1
            if time < limit {
                stretch.late += 1
                stretch.earliestLate = Swift.min(stretch.earliestLate ?? time, time)
            } else if Int(event.x) < right, Int(event.y) < bottom {
                unsafe words[taken] = event.bits
                taken += 1
                limit = time
                stretch.last = time
            }
        }
        count = taken
        return stretch
    }
}
