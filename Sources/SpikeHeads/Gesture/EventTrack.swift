import SpikeSignals

/// How many events came in each of the last ticks, as running sums.
struct EventTrack {
    /// Sums up to and including a tick; zero before the first tick.
    private var ring: [Int64]
    private var newest = 0

    /// A track of the last `ticks` ticks, at least 1.
    init(ticks: Int) { ring = [Int64](repeating: 0, count: ticks + 1) }

    /// Takes in the count of one tick.
    mutating func add(_ count: Int) {
        let sum = ring[newest] &+ Int64(count)
        newest = newest + 1 == ring.count ? 0 : newest + 1
        ring[newest] = sum
    }

    /// Events up to and including the tick that many ticks before the newest; as far back as the track reaches.
    func sum(ago: Int) -> Int64 {
        let slot = newest - min(max(ago, 0), ring.count - 1)
        return ring[slot < 0 ? slot + ring.count : slot]
    }

    /// Appends the sums, the oldest first.
    func write(to writer: inout IntegerWriter) {
        writer.append((1...ring.count).map { ring[(newest + $0) % ring.count] })
    }

    /// Takes over what ``write(to:)`` wrote; false if that cannot belong to a track like this one, which then is as it was.
    mutating func read(from reader: inout IntegerReader) -> Bool {
        // 2^60 events are more than a camera gives in the time that stream time spans.
        guard let sums = reader.list(limit: ring.count, of: Int64.self), sums.count == ring.count,
            zip(sums, sums.dropFirst()).allSatisfy({ $0 <= $1 }), let first = sums.first, let last = sums.last,
            first >= 0, last <= 1 << 60
        else { return false }
        (ring, newest) = (sums, sums.count - 1)
        return true
    }
}
