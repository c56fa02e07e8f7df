import SpikeSignals

/// Counts of events over time, in at most ``mostBins`` bins of equal length: when a recording outgrows them, neighbours
/// are added up and the bins become twice as long.
public struct EventTimeline: Sendable {
    /// Off and on events in each bin; the last may be cut short by the end of the recording.
    public private(set) var counts: [(off: Int, on: Int)] = []
    /// The length of a bin in microseconds.
    public private(set) var binDuration: Int64 = 1_000
    /// The sensor time at which the first bin begins.
    public private(set) var origin: Int64 = 0

    /// The most bins: 2,048.
    public static let mostBins = 2_048

    mutating func start(at time: Int64) { origin = time }

    mutating func add(_ batch: EventBatch) {
        var start: Int64 = .max
        var end: Int64 = .min
        var bin = 0
        for event in batch {
            let time = batch.time(of: event)
            if time < start || time >= end {
                bin = place(time)
                start = bin == 0 ? .min : origin + Int64(bin) * binDuration
                end = origin + Int64(bin + 1) * binDuration
            }
            if event.isOn { counts[bin].on += 1 } else { counts[bin].off += 1 }
        }
    }

    /// The bin of `time`; times before the origin fall into the first.
    private mutating func place(_ time: Int64) -> Int {
        let elapsed = max(0, time - origin)
        while elapsed / binDuration >= Int64(EventTimeline.mostBins) { merge() }
        let bin = Int(elapsed / binDuration)
        while counts.count <= bin { counts.append((0, 0)) }
        return bin
    }

    private mutating func merge() {
        counts = stride(from: 0, to: counts.count, by: 2).map { first in
            let second = first + 1 < counts.count ? counts[first + 1] : (0, 0)
            return (counts[first].off + second.0, counts[first].on + second.1)
        }
        binDuration *= 2
    }
}
