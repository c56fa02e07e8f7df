import SpikeSignals

/// What snapshots of heads say of time: the length of a tick (0 before the first batch), the tick that comes next, and how
/// many records were made.
struct HeadClock {
    /// The latest that stream time reaches in a state that is read, so that sums and products with it cannot overflow.
    static let latest: Int64 = 1 << 61

    var tickNanoseconds: Int64
    var nextTick: Int64
    var sequence: Int

    init(tickNanoseconds: Int64, nextTick: Int64, sequence: Int) {
        (self.tickNanoseconds, self.nextTick, self.sequence) = (tickNanoseconds, nextTick, sequence)
    }

    func write(to writer: inout IntegerWriter) {
        for number in [tickNanoseconds, nextTick, Int64(sequence)] { writer.append(number) }
    }

    /// Reads a clock; nil if it cannot be one.
    init?(_ reader: inout IntegerReader) {
        guard let tick = reader.integer(Int64.self), let next = reader.integer(Int64.self),
            let sequence = reader.integer(Int64.self), (0...1 << 40).contains(tick),
            (0...HeadClock.latest / max(tick, 1)).contains(next), (0...1 << 56).contains(sequence)
        else { return nil }
        self.init(tickNanoseconds: tick, nextTick: next, sequence: Int(sequence))
    }
}
