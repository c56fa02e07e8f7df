import SpikeSignals

/// Spikes in messages: a byte for most of them.
///
/// ```
/// channels | ns a tick | first tick | ticks | legend (1: there is one, 0: none) | tick | tick | ...
/// tick:    level, less that of the tick before, signed | how many channels fired | channel | channel | ...
/// channel: channels passed over since the last that fired, times 2, + 1 if it fired more than once
///          then, if it did: how often, less 2
/// ```
/// All numbers are of variable length. A legend goes with the first message of a run, with
/// every ``legendEvery`` after it, and when it is another one than before.
final class SpikeCoding: LiveCoding {
    static let legendEvery = 64

    private let gather: Int64
    private let held = SpikeBatch()
    private var sent = 0
    /// The legend that was sent last.
    private var told: ChannelLegend?

    init(gather: Int64) { self.gather = gather }

    func take(_ batch: SpikeBatch, _ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {
        guard batch.count > 0 else { return }
        if held.count > 0, let legend = batch.legend, legend != held.legend { try finish(send) }
        for tick in 0..<batch.count {
            let goesOn =
                held.channels == batch.channels && held.tickNanoseconds == batch.tickNanoseconds
                && held.firstTick + Int64(held.count) == batch.firstTick + Int64(tick)
            if held.count > 0, !goesOn { try finish(send) }
            if held.count == 0 {
                (held.channels, held.tickNanoseconds) = (batch.channels, batch.tickNanoseconds)
                held.firstTick = batch.firstTick + Int64(tick)
                held.legend = batch.legend
            }
            for spike in batch.spikes[batch.range(ofTick: tick)] {
                held.append(channel: Int(spike.channel), count: Int(spike.count))
            }
            held.endTick(level: batch.levels[tick])
            let isFull = held.spikes.count >= LiveBounds.mostItems || held.count >= LiveBounds.mostItems
            if isFull || Int64(held.count) * held.tickNanoseconds >= gather { try finish(send) }
        }
    }

    func finish(_ send: ([UInt8]) throws(SpikelineError) -> Void) throws(SpikelineError) {
        guard held.count > 0 else { return }
        var body: [UInt8] = []
        body.reserveCapacity(16 + 4 * held.count + held.spikes.count + held.spikes.count / 8)
        body.appendVariable(held.channels)
        body.appendVariable(UInt64(held.tickNanoseconds))
        body.appendVariable(UInt64(max(held.firstTick, 0)))
        body.appendVariable(held.count)
        if let legend = held.legend, sent % SpikeCoding.legendEvery == 0 || legend != told {
            told = legend
            body.append(1)
            legend.append(to: &body)
        } else {
            body.append(0)
        }
        sent += 1
        var level = Int64(0)
        for tick in 0..<held.count {
            body.appendVariable(signed: Int64(held.levels[tick]) - level)
            level = Int64(held.levels[tick])
            let range = held.range(ofTick: tick)
            body.appendVariable(range.count)
            var next = 0
            for spike in held.spikes[range] {
                body.appendVariable((Int(spike.channel) - next) << 1 | (spike.count > 1 ? 1 : 0))
                if spike.count > 1 { body.appendVariable(Int(spike.count) - 2) }
                next = Int(spike.channel) + 1
            }
        }
        held.removeAll()
        try send(body)
    }

    static func read(_ body: [UInt8], into batch: SpikeBatch) throws(SpikelineError) {
        var reader = VariableReader(body)
        let channels: Int = try reader.number("channels", in: 1...65_535)
        let tick = try reader.number("nanoseconds a tick", in: LiveBounds.tick)
        let first: Int64 = try reader.number("a first tick", in: 0...LiveBounds.latest / tick)
        // A tick takes two bytes at least.
        let ticks = try reader.count("ticks", bytes: 2)
        guard Int64(ticks) <= LiveBounds.latest / tick - first else {
            throw SpikelineError("the message goes beyond the end of stream time")
        }
        (batch.channels, batch.tickNanoseconds, batch.firstTick) = (channels, tick, first)
        switch try reader.byte() {
        case 0: break
        case 1: batch.legend = try ChannelLegend(&reader, channels: channels)
        case let other: throw SpikelineError("expected 0 or 1 for a legend in the message, found \(other)")
        }
        var level: Int64 = 0
        for _ in 0..<ticks {
            level += try reader.signed("a change of level", in: -65_535...65_535)
            guard let exact = Int16(exactly: level) else {
                throw SpikelineError("the message has the level \(level), which is none")
            }
            let count = try reader.count("spikes", bytes: 1)
            var next = 0
            for _ in 0..<count {
                let word: Int = try reader.number("a channel", in: 0...131_071)
                let channel = next + word >> 1
                guard channel < channels else {
                    throw SpikelineError("expected channels below \(channels) in the message, found \(channel)")
                }
                let spikes: Int = word & 1 == 0 ? 1 : try reader.number("a count", in: 0...65_533) + 2
                batch.append(channel: channel, count: spikes)
                next = channel + 1
            }
            batch.endTick(level: exact)
        }
        try reader.expectEnd()
    }
}

extension ChannelLegend {
    /// Appends the legend: 1, axes, how many centres, and each as 64 bits; or 2 and the eight numbers of cells.
    fileprivate func append(to body: inout [UInt8]) {
        switch kind {
        case .bands(let centres, let axes):
            body.append(1)
            body.appendVariable(axes)
            body.appendVariable(centres.count)
            for centre in centres {
                for shift in stride(from: 0, to: 64, by: 8) {
                    body.append(UInt8(truncatingIfNeeded: centre.bitPattern >> UInt64(shift)))
                }
            }
        case .cells(let columns, let rows, let polarities, let region):
            body.append(2)
            for number in [columns, rows, polarities, region.x, region.y, region.width, region.height] {
                body.appendVariable(number)
            }
        }
    }

    /// Reads a legend for so many channels.
    fileprivate convenience init(_ reader: inout VariableReader, channels: Int) throws(SpikelineError) {
        switch try reader.byte() {
        case 1:
            let axes: Int = try reader.number("axes", in: 1...65_535)
            let count = try reader.count("centres", bytes: 8)
            guard count * axes == channels else {
                throw SpikelineError("expected a legend for \(channels) channels in the message, found another")
            }
            var centres: [Double] = []
            for _ in 0..<count {
                var bits: UInt64 = 0
                for shift in stride(from: 0, to: 64, by: 8) { bits |= UInt64(try reader.byte()) << UInt64(shift) }
                let centre = Double(bitPattern: bits)
                guard centre.isFinite else { throw SpikelineError("the message has a band without a frequency") }
                centres.append(centre)
            }
            self.init(.bands(centres: centres, axes: axes))
        case 2:
            var numbers: [Int] = []
            for _ in 0..<7 { numbers.append(try reader.number("a number of cells", in: 0...65_535)) }
            guard numbers[0] * numbers[1] * numbers[2] == channels else {
                throw SpikelineError("expected a legend for \(channels) channels in the message, found another")
            }
            self.init(
                .cells(
                    columns: numbers[0], rows: numbers[1], polarities: numbers[2],
                    region: Region(x: numbers[3], y: numbers[4], width: numbers[5], height: numbers[6])))
        case let other: throw SpikelineError("the message has a legend of kind \(other), which is not known")
        }
    }
}
