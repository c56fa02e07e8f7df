import SpikeSignals

/// The sound levels of the last ticks.
struct LevelTrack {
    /// How many ticks the track holds.
    private(set) var filled = 0

    private var ring: [Int16]
    private var newest = 0

    /// A track of the last `ticks` ticks, at least 1.
    init(ticks: Int) { ring = [Int16](repeating: SpikeBatch.unknownLevel, count: ticks) }

    /// Takes in the level of one tick, in hundredths of a dB or ``SpikeBatch/unknownLevel``.
    mutating func add(_ level: Int16) {
        newest = newest + 1 == ring.count ? 0 : newest + 1
        filled = min(filled + 1, ring.count)
        ring[newest] = level
    }

    /// The level that many ticks before the newest; unknown outside the track.
    func level(ago: Int) -> Int16 {
        guard ago >= 0, ago < filled else { return SpikeBatch.unknownLevel }
        let slot = newest - ago
        return ring[slot < 0 ? slot + ring.count : slot]
    }

    /// The loudest known level from `oldest` to `latest` ticks ago, both included, and when it was (the earliest of
    /// equals); nil if all are unknown.
    func loudest(from oldest: Int, to latest: Int) -> (ago: Int, level: Int16)? {
        var best: (ago: Int, level: Int16)?
        for ago in stride(from: min(oldest, filled - 1), through: max(latest, 0), by: -1) {
            let level = level(ago: ago)
            guard level != SpikeBatch.unknownLevel, level > best?.level ?? SpikeBatch.unknownLevel else { continue }
            best = (ago, level)
        }
        return best
    }

    /// Appends the levels.
    func write(to writer: inout IntegerWriter) {
        writer.append(ring)
        writer.append(Int64(newest))
        writer.append(Int64(filled))
    }

    /// Takes over what ``write(to:)`` wrote; false if that cannot belong to a track like this one, which then is as it was.
    mutating func read(from reader: inout IntegerReader) -> Bool {
        guard let ring = reader.list(limit: self.ring.count, of: Int16.self), ring.count == self.ring.count,
            let newest = reader.integer(Int64.self), (0..<Int64(ring.count)).contains(newest),
            let filled = reader.integer(Int64.self), (0...Int64(ring.count)).contains(filled)
        else { return false }
        (self.ring, self.newest, self.filled) = (ring, Int(newest), Int(filled))
        return true
    }
}
